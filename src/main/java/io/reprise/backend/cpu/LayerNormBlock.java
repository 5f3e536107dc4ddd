package io.reprise.backend.cpu;

import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/** (x - mean)·rstd·gain + bias; mean and rstd of each row are kept. */
final class LayerNormBlock implements Applied {
    private final Engine engine;
    private final CpuTensor x;
    private final CpuTensor gain;
    private final CpuTensor bias;
    private final CpuTensor stats;
    private final CpuTensor value;

    LayerNormBlock(Engine engine, Tensor input, Optional<Tensor> gain, Optional<Tensor> bias, double epsilon) {
        this.engine = engine;
        this.x = Arguments.matrix(input, "x");
        int d = x.columns();
        if (d == 0) {
            throw new IllegalArgumentException("x is " + x.shape() + ", expected at least one column to normalise");
        }
        this.gain = Arguments.vector(gain, "gain", d);
        this.bias = Arguments.vector(bias, "bias", d);
        this.value = engine.allocate(x.rows(), d);
        this.stats = engine.allocate(x.rows(), 2);
        float[] from = x.data();
        float[] gains = Arguments.dataOrNull(this.gain);
        float[] biases = Arguments.dataOrNull(this.bias);
        float[] kept = stats.data();
        float[] to = value.data();
        engine.split(x.rows(), 1, 4L * from.length, (begin, end) -> engine.kernels()
                .norm()
                .forward(from, gains, biases, (float) epsilon, to, kept, d, begin, end));
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        int d = x.columns();
        CpuTensor v = Arguments.copies(tangents, "tangents", x.rows(), d);
        CpuTensor out = engine.allocate(v.rows(), d);
        float[] at = x.data("x");
        float[] kept = stats.data();
        float[] gains = Arguments.dataOrNull(gain);
        float[] from = v.data();
        float[] to = out.data();
        engine.split(v.rows(), 1, 4L * from.length, (begin, end) -> engine.kernels()
                .norm()
                .pushforward(at, kept, gains, from, to, d, x.rows(), begin, end));
        return out;
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        int d = x.columns();
        CpuTensor u = Arguments.copies(cotangents, "cotangents", x.rows(), d);
        CpuTensor out = engine.allocate(u.rows(), d);
        float[] at = x.data("x");
        float[] kept = stats.data();
        float[] gains = Arguments.dataOrNull(gain);
        float[] from = u.data();
        float[] to = out.data();
        engine.split(u.rows(), 1, 4L * from.length, (begin, end) -> engine.kernels()
                .norm()
                .pullback(at, kept, gains, from, to, d, x.rows(), begin, end));
        Optional<Tensor> gainGradient = gain == null ? Optional.empty() : gradients.of(gain);
        if (gainGradient.isPresent()) {
            Arguments.one(u, x.rows());
            float[] sum = Arguments.shaped(gainGradient.get(), "gradient of gain", gain.shape())
                    .data();
            engine.kernels().norm().addGainGradient(at, kept, from, sum, d, x.rows());
        }
        Optional<Tensor> biasGradient = bias == null ? Optional.empty() : gradients.of(bias);
        if (biasGradient.isPresent()) {
            Arguments.one(u, x.rows());
            float[] sum = Arguments.shaped(biasGradient.get(), "gradient of bias", bias.shape())
                    .data();
            engine.kernels().pointwise().addRows(sum, 0, from, 0, d, x.rows(), d);
        }
        return out;
    }
}
