package io.reprise.backend.cpu;

import io.reprise.backend.Applied;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;

/** Rotation of q and k: linear, so the pushforward is the block itself and the pullback turns back. */
final class RotaryBlock implements Applied {
    private final Engine engine;
    private final AttentionSpec spec;
    private final int half;
    /** [length, half] each. */
    private final float[] cos;

    private final float[] sin;
    private final float[] minusSin;
    private final CpuTensor value;

    RotaryBlock(Engine engine, Tensor qkv, AttentionSpec spec, int rotaryDim, double base, int firstPosition) {
        this.engine = engine;
        this.spec = spec;
        if (rotaryDim < 0 || rotaryDim % 2 != 0 || rotaryDim > spec.dHead()) {
            throw new IllegalArgumentException(
                    "rotary_dim = " + rotaryDim + ", expected an even number up to d_head = " + spec.dHead());
        }
        CpuTensor x = Arguments.matrix(qkv, "qkv", 3 * spec.width());
        AttentionBlock.checkRows(x, spec);
        this.half = rotaryDim / 2;
        this.cos = new float[spec.length() * half];
        this.sin = new float[spec.length() * half];
        this.minusSin = new float[spec.length() * half];
        for (int i = 0; i < half; i++) {
            double frequency = StrictMath.pow(base, -2.0 * i / rotaryDim);
            for (int t = 0; t < spec.length(); t++) {
                double angle = (firstPosition + t) * frequency;
                cos[t * half + i] = (float) StrictMath.cos(angle);
                sin[t * half + i] = (float) StrictMath.sin(angle);
                minusSin[t * half + i] = -sin[t * half + i];
            }
        }
        this.value = turn(x, sin);
    }

    private CpuTensor turn(CpuTensor from, float[] sines) {
        CpuTensor to = engine.allocate(from.rows(), from.columns());
        float[] x = from.data();
        float[] y = to.data();
        engine.split(from.rows(), 1, 4L * x.length, (begin, end) -> {
            System.arraycopy(x, begin * from.columns(), y, begin * from.columns(), (end - begin) * from.columns());
            PointwiseKernel kernel = engine.kernels().pointwise();
            for (int row = begin; row < end; row++) {
                int table = row % spec.length() * half;
                for (int head = 0; head < 2 * spec.heads(); head++) { // those of q, then those of k
                    int at = row * from.columns() + head * spec.dHead();
                    kernel.rotate(x, at, y, at, half, cos, sines, table);
                }
            }
        });
        return to;
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        return turn(Arguments.copies(tangents, "tangents", spec.rows(), 3 * spec.width()), sin);
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        return turn(Arguments.copies(cotangents, "cotangents", spec.rows(), 3 * spec.width()), minusSin);
    }
}
