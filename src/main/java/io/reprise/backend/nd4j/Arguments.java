package io.reprise.backend.nd4j;

import io.reprise.backend.Gradients;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks arguments; every message names the argument. */
final class Arguments {
    private final Memory memory;

    Arguments(Memory memory) {
        this.memory = memory;
    }

    /** The open tensor of this backend behind {@code tensor}. */
    Nd4jTensor own(String name, Tensor tensor) {
        if (!(tensor instanceof Nd4jTensor own) || own.memory() != memory) {
            throw new IllegalArgumentException(
                    name + " " + tensor.shape() + " belongs to another backend; download it there and upload it here");
        }
        own.array(name);
        return own;
    }

    INDArray array(String name, Tensor tensor) {
        return own(name, tensor).array(name);
    }

    INDArray ofShape(String name, Tensor tensor, int... expected) {
        Nd4jTensor own = own(name, tensor);
        Shape shape = Shape.of(expected);
        if (!own.shape().equals(shape)) {
            throw wrong(name, tensor, shape.toString());
        }
        return own.array(name);
    }

    INDArray matrix(String name, Tensor tensor) {
        Nd4jTensor own = own(name, tensor);
        if (own.shape().rank() != 2) {
            throw wrong(name, tensor, "a matrix");
        }
        return own.array(name);
    }

    /** A matrix with {@code columns} columns. */
    INDArray withColumns(String name, Tensor tensor, int columns) {
        INDArray array = matrix(name, tensor);
        if (tensor.shape().dim(1) != columns) {
            throw wrong(name, tensor, "[rows, " + columns + "]");
        }
        return array;
    }

    /** k of a tensor [k·rows, columns]; rows is not 0. */
    int copies(String name, Tensor tensor, int rows, int columns) {
        matrix(name, tensor);
        if (tensor.shape().dim(1) != columns || tensor.shape().dim(0) % rows != 0) {
            throw wrong(name, tensor, "[k·" + rows + ", " + columns + "]");
        }
        return tensor.shape().dim(0) / rows;
    }

    /** As {@link #copies}, and one copy only where weight gradients are wanted. */
    int cotangentCopies(Tensor cotangents, int rows, int columns, Gradients gradients) {
        int k = copies("cotangents", cotangents, rows, columns);
        if (k != 1 && gradients != Gradients.NONE) {
            throw new IllegalArgumentException("cotangents " + cotangents.shape() + " holds " + k + " copies of " + rows
                    + " rows; weight gradients are for one copy, pass Gradients.NONE");
        }
        return k;
    }

    /** The accumulator of {@code weight}, if its gradient is wanted. */
    Optional<INDArray> accumulator(String name, Tensor weight, Gradients gradients) {
        return gradients
                .of(weight)
                .map(target ->
                        ofShape("gradient of " + name, target, weight.shape().toArray()));
    }

    /** Indices into {@code extent} places of {@code tensor}; -1 passes where {@code low} says so. */
    static void inRange(String name, int[] indices, int low, int extent, String tensorName, Tensor tensor) {
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < low || indices[i] >= extent) {
                throw new IllegalArgumentException(name + "[" + i + "] = " + indices[i] + " is outside " + low + ".."
                        + (extent - 1) + " for " + tensorName + " " + tensor.shape());
            }
        }
    }

    static IllegalArgumentException wrong(String name, Tensor tensor, String expected) {
        return new IllegalArgumentException(name + " is " + tensor.shape() + ", expected " + expected);
    }
}
