package io.reprise.backend.cpu;

import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/** Checks of what callers pass in. */
final class Arguments {
    private Arguments() {}

    /** An open tensor of this backend. */
    static CpuTensor tensor(Tensor tensor, String name) {
        if (!(tensor instanceof CpuTensor own)) {
            throw new IllegalArgumentException(name + " " + tensor.shape()
                    + " belongs to another backend; upload its numbers to the cpu backend first");
        }
        own.data(name);
        return own;
    }

    static CpuTensor matrix(Tensor tensor, String name) {
        CpuTensor own = tensor(tensor, name);
        if (own.shape().rank() != 2) {
            throw new IllegalArgumentException(name + " is " + own.shape() + ", expected a matrix [rows, columns]");
        }
        return own;
    }

    /** A matrix with {@code columns} columns. */
    static CpuTensor matrix(Tensor tensor, String name, int columns) {
        CpuTensor own = matrix(tensor, name);
        if (own.columns() != columns) {
            throw new IllegalArgumentException(name + " is " + own.shape() + ", expected [rows, " + columns + "]");
        }
        return own;
    }

    /** A matrix with {@code columns} columns whose rows are k copies of {@code rows}. */
    static CpuTensor copies(Tensor tensor, String name, int rows, int columns) {
        CpuTensor own = matrix(tensor, name, columns);
        if (rows == 0 ? own.rows() != 0 : own.rows() % rows != 0) {
            throw new IllegalArgumentException(name + " is " + own.shape() + ", expected [k·" + rows + ", " + columns
                    + "] for a block applied at " + rows + " rows");
        }
        return own;
    }

    /** As {@link #copies}; a pullback that adds weight gradients takes one copy. */
    static void one(CpuTensor cotangents, int rows) {
        if (cotangents.rows() != rows) {
            throw new IllegalArgumentException("cotangents is " + cotangents.shape() + ", expected " + rows
                    + " rows: a pullback into weight gradients takes one cotangent per row");
        }
    }

    static CpuTensor shaped(Tensor tensor, String name, Shape shape) {
        CpuTensor own = tensor(tensor, name);
        if (!own.shape().equals(shape)) {
            throw new IllegalArgumentException(name + " is " + own.shape() + ", expected " + shape);
        }
        return own;
    }

    /** A vector of {@code size} elements, whatever its rank; null if absent. */
    static CpuTensor vector(Optional<Tensor> tensor, String name, int size) {
        if (tensor.isEmpty()) {
            return null;
        }
        CpuTensor own = tensor(tensor.get(), name);
        if (own.shape().size() != size) {
            throw new IllegalArgumentException(name + " is " + own.shape() + ", expected [" + size + "]");
        }
        return own;
    }

    /** Array of a tensor that may be null. */
    static float[] dataOrNull(CpuTensor tensor) {
        return tensor == null ? null : tensor.data();
    }
}
