package io.reprise.backend.cpu;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;

/** f(x), with f'(x) kept. */
final class ActivationBlock implements Applied {
    private final Engine engine;
    private final CpuTensor value;
    private final CpuTensor slope;

    ActivationBlock(Engine engine, Tensor input, Activation activation) {
        this.engine = engine;
        CpuTensor x = Arguments.matrix(input, "x");
        value = engine.allocate(x.rows(), x.columns());
        slope = engine.allocate(x.rows(), x.columns());
        float[] from = x.data();
        float[] kept = slope.data();
        float[] to = value.data();
        engine.split(from.length, 1024, 32L * from.length, (begin, end) -> {
            System.arraycopy(from, begin, kept, begin, end - begin);
            engine.kernels().pointwise().activateKeepingSlope(activation, kept, to, begin, end);
        });
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        return times(tangents, "tangents");
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        return times(cotangents, "cotangents");
    }

    private Tensor times(Tensor tensor, String name) {
        CpuTensor v = Arguments.copies(tensor, name, value.rows(), value.columns());
        CpuTensor out = engine.allocate(v.rows(), v.columns());
        Slopes.multiply(engine, v.data(), slope.data(), out.data());
        return out;
    }
}
