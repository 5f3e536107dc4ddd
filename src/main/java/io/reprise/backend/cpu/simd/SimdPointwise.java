package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdMath.LANES;
import static io.reprise.backend.cpu.simd.SimdMath.S;

import io.reprise.backend.Activation;
import io.reprise.backend.cpu.AdamFactors;
import io.reprise.backend.cpu.PointwiseKernel;
import jdk.incubator.vector.FloatVector;

/** Whole vectors here, the last few elements by the plain twin. */
public final class SimdPointwise implements PointwiseKernel {
    private final PointwiseKernel plain;

    public SimdPointwise(PointwiseKernel plain) {
        this.plain = plain;
    }

    private static int wholeEnd(int from, int to) {
        return from + ((to - from) & -LANES);
    }

    @Override
    public void activate(Activation activation, float[] x, float[] y, int from, int to) {
        int end = whole(activation, x, y, from, to, false);
        plain.activate(activation, x, y, end, to);
    }

    @Override
    public void activateKeepingSlope(Activation activation, float[] x, float[] y, int from, int to) {
        int end = whole(activation, x, y, from, to, true);
        plain.activateKeepingSlope(activation, x, y, end, to);
    }

    /** Whole vectors; returns where the rest begins. */
    private static int whole(Activation activation, float[] x, float[] y, int from, int to, boolean keepSlope) {
        int end = wholeEnd(from, to);
        switch (activation) {
            case NONE -> end = from;
            case RELU -> SimdActivation.relu(x, y, from, end, keepSlope);
            case GELU -> SimdActivation.gelu(x, y, from, end, keepSlope);
            case GELU_NEW -> SimdActivation.geluNew(x, y, from, end, keepSlope);
        }
        return end;
    }

    @Override
    public void add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        int end = n & -LANES;
        for (int i = 0; i < end; i += LANES) {
            FloatVector.fromArray(S, a, aAt + i)
                    .add(FloatVector.fromArray(S, b, bAt + i))
                    .intoArray(out, outAt + i);
        }
        plain.add(a, aAt + end, b, bAt + end, out, outAt + end, n - end);
    }

    @Override
    public void multiply(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        int end = n & -LANES;
        for (int i = 0; i < end; i += LANES) {
            FloatVector.fromArray(S, a, aAt + i)
                    .mul(FloatVector.fromArray(S, b, bAt + i))
                    .intoArray(out, outAt + i);
        }
        plain.multiply(a, aAt + end, b, bAt + end, out, outAt + end, n - end);
    }

    @Override
    public void addRows(float[] sum, int sumAt, float[] x, int xAt, int stride, int rows, int columns) {
        int j = 0;
        for (; j + 4 * LANES <= columns; j += 4 * LANES) {
            addRows4(sum, sumAt + j, x, xAt + j, stride, rows);
        }
        for (; j + LANES <= columns; j += LANES) {
            addRows1(sum, sumAt + j, x, xAt + j, stride, rows);
        }
        plain.addRows(sum, sumAt + j, x, xAt + j, stride, rows, columns - j);
    }

    private static void addRows4(float[] sum, int sumAt, float[] x, int xAt, int stride, int rows) {
        FloatVector s0 = FloatVector.fromArray(S, sum, sumAt);
        FloatVector s1 = FloatVector.fromArray(S, sum, sumAt + LANES);
        FloatVector s2 = FloatVector.fromArray(S, sum, sumAt + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(S, sum, sumAt + 3 * LANES);
        for (int i = 0; i < rows; i++) {
            int at = xAt + i * stride;
            s0 = s0.add(FloatVector.fromArray(S, x, at));
            s1 = s1.add(FloatVector.fromArray(S, x, at + LANES));
            s2 = s2.add(FloatVector.fromArray(S, x, at + 2 * LANES));
            s3 = s3.add(FloatVector.fromArray(S, x, at + 3 * LANES));
        }
        s0.intoArray(sum, sumAt);
        s1.intoArray(sum, sumAt + LANES);
        s2.intoArray(sum, sumAt + 2 * LANES);
        s3.intoArray(sum, sumAt + 3 * LANES);
    }

    private static void addRows1(float[] sum, int sumAt, float[] x, int xAt, int stride, int rows) {
        FloatVector s = FloatVector.fromArray(S, sum, sumAt);
        for (int i = 0; i < rows; i++) {
            s = s.add(FloatVector.fromArray(S, x, xAt + i * stride));
        }
        s.intoArray(sum, sumAt);
    }

    @Override
    public void adam(float[] w, float[] g, float[] m, float[] v, int from, int to, AdamFactors f) {
        int end = wholeEnd(from, to);
        FloatVector fresh1 = FloatVector.broadcast(S, f.fresh1());
        FloatVector l2 = FloatVector.broadcast(S, f.l2());
        FloatVector step = FloatVector.broadcast(S, -f.stepSize());
        for (int i = from; i < end; i += LANES) {
            FloatVector old = FloatVector.fromArray(S, w, i);
            FloatVector gradient = l2.fma(old, FloatVector.fromArray(S, g, i).mul(f.gradientScale()));
            FloatVector oldFirst = FloatVector.fromArray(S, m, i);
            FloatVector first = fresh1.fma(gradient.sub(oldFirst), oldFirst);
            FloatVector second = gradient.mul(f.fresh2())
                    .fma(gradient, FloatVector.fromArray(S, v, i).mul(f.beta2()));
            FloatVector root = second.sqrt().div(f.correction2()).add(f.epsilon());
            first.intoArray(m, i);
            second.intoArray(v, i);
            step.fma(first.div(root), old.mul(f.keep())).intoArray(w, i);
        }
        plain.adam(w, g, m, v, end, to, f);
    }

    @Override
    public void rotate(float[] x, int xAt, float[] out, int outAt, int half, float[] cos, float[] sin, int at) {
        int i = 0;
        for (; i + LANES <= half; i += LANES) {
            FloatVector a = FloatVector.fromArray(S, x, xAt + i);
            FloatVector b = FloatVector.fromArray(S, x, xAt + half + i);
            FloatVector c = FloatVector.fromArray(S, cos, at + i);
            FloatVector s = FloatVector.fromArray(S, sin, at + i);
            a.fma(c, b.mul(s).neg()).intoArray(out, outAt + i);
            b.fma(c, a.mul(s)).intoArray(out, outAt + half + i);
        }
        for (; i < half; i++) {
            float a = x[xAt + i];
            float b = x[xAt + half + i];
            out[outAt + i] = Math.fma(a, cos[at + i], -(b * sin[at + i]));
            out[outAt + half + i] = Math.fma(b, cos[at + i], a * sin[at + i]);
        }
    }
}
