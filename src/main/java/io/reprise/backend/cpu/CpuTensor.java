package io.reprise.backend.cpu;

import io.reprise.backend.Scope;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** Row-major floats. Closing takes the array away, so a use after that can only fail, never read another tensor's numbers. */
final class CpuTensor implements Tensor {
    private static final AtomicReferenceFieldUpdater<CpuTensor, float[]> DATA =
            AtomicReferenceFieldUpdater.newUpdater(CpuTensor.class, float[].class, "data");

    private final Memory memory;
    private final Shape shape;
    private volatile float[] data;
    /** The scope that was last told to keep this tensor, or null. */
    private Scope keeper;

    CpuTensor(Memory memory, Shape shape, float[] data) {
        this.memory = memory;
        this.shape = shape;
        this.data = data;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public DType dtype() {
        return DType.FLOAT32;
    }

    /** @throws IllegalArgumentException if the tensor was closed */
    float[] data() {
        return data("a tensor kept by a block");
    }

    float[] data(String name) {
        float[] now = data;
        if (now == null) {
            throw new IllegalArgumentException(
                    name + " " + shape + " was closed; keep it open (Scope.keep) until its last use");
        }
        return now;
    }

    int rows() {
        return shape.rows();
    }

    int columns() {
        return shape.columns();
    }

    void keepBy(Scope scope) {
        keeper = scope;
    }

    boolean isKeptBy(Scope scope) {
        return keeper == scope;
    }

    @Override
    public void close() {
        float[] last = DATA.getAndSet(this, null);
        if (last != null) {
            memory.local().arrays().give(last);
        }
    }
}
