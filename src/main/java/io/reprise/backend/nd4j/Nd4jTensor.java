package io.reprise.backend.nd4j;

import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A handle to one pooled array, 'c' ordered and contiguous, of the tensor's own shape. */
final class Nd4jTensor implements Tensor {
    private final Memory memory;
    private final Shape shape;
    private final AtomicReference<INDArray> array;

    Nd4jTensor(Memory memory, Shape shape, INDArray array) {
        this.memory = memory;
        this.shape = shape;
        this.array = new AtomicReference<>(array);
    }

    Memory memory() {
        return memory;
    }

    boolean isClosed() {
        return array.get() == null;
    }

    /** The numbers; {@code name} is the argument's name for the message when the tensor was closed. */
    INDArray array(String name) {
        INDArray current = array.get();
        if (current == null) {
            throw new IllegalArgumentException(
                    name + " " + shape + " was closed; use a tensor inside the scope it was made in, or keep it");
        }
        return current;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public DType dtype() {
        return memory.dtype();
    }

    @Override
    public void close() {
        INDArray current = array.getAndSet(null);
        if (current != null) {
            memory.give(current);
        }
    }

    @Override
    public String toString() {
        return "nd4j " + dtype() + " " + shape + (isClosed() ? ", closed" : "");
    }
}
