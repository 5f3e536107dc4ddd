package io.reprise.analysis.circuit.nodes;

import io.reprise.backend.Backend;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;

/**
 * Numbers on the host as the backend has them: {@code float[]} or {@code double[]}. What outlives a forward pass is held so; there
 * is no tensor to close afterwards.
 */
final class Numbers {
    private final Backend backend;
    private final boolean floats;

    Numbers(Backend backend) {
        this.backend = backend;
        this.floats = backend.dtype() == DType.FLOAT32;
    }

    /** A matrix [rows, columns]. */
    record Matrix(Object data, int rows, int columns) {
        /** Copies {@code count} numbers to a matrix of the same kind. */
        void copy(int from, Matrix to, int at, int count) {
            System.arraycopy(data, from, to.data, at, count);
        }

        /** Adds the rows to those of {@code sum}, which is shorter and begins again where it ends. */
        void addFolded(double[] sum) {
            for (int i = 0; i < rows * columns; i++) {
                sum[i % sum.length] += at(i);
            }
        }

        double at(int index) {
            return data instanceof float[] floats ? floats[index] : ((double[]) data)[index];
        }

        Matrix copy() {
            Object copy = data instanceof float[] floats ? floats.clone() : ((double[]) data).clone();
            return new Matrix(copy, rows, columns);
        }
    }

    Matrix zeros(int rows, int columns) {
        return new Matrix(floats ? new float[rows * columns] : new double[rows * columns], rows, columns);
    }

    /** Rounded to what the backend has. */
    Matrix of(double[] values, int rows, int columns) {
        if (!floats) {
            return new Matrix(values, rows, columns);
        }
        float[] rounded = new float[values.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) values[i];
        }
        return new Matrix(rounded, rows, columns);
    }

    Matrix download(Tensor tensor) {
        return new Matrix(
                floats ? backend.download(tensor) : backend.downloadDoubles(tensor),
                tensor.shape().rows(),
                tensor.shape().columns());
    }

    Tensor upload(Matrix matrix) {
        Shape shape = Shape.of(matrix.rows(), matrix.columns());
        return matrix.data() instanceof float[] values
                ? backend.upload(shape, values)
                : backend.upload(shape, (double[]) matrix.data());
    }
}
