package io.reprise.backend.cpu;

import io.reprise.backend.Activation;

/** Plain Java. */
final class PlainPointwise implements PointwiseKernel {
    @Override
    public void activate(Activation activation, float[] x, float[] y, int from, int to) {
        switch (activation) {
            case NONE -> System.arraycopy(x, from, y, from, to - from);
            case RELU -> {
                for (int i = from; i < to; i++) {
                    y[i] = x[i] < 0 ? 0 : x[i];
                }
            }
            case GELU -> {
                for (int i = from; i < to; i++) {
                    y[i] = FloatMath.gelu(x[i]);
                }
            }
            case GELU_NEW -> {
                for (int i = from; i < to; i++) {
                    y[i] = FloatMath.geluNew(x[i]);
                }
            }
        }
    }

    @Override
    public void activateKeepingSlope(Activation activation, float[] x, float[] y, int from, int to) {
        activate(activation, x, y, from, to);
        for (int i = from; i < to; i++) {
            x[i] = slope(activation, x[i]);
        }
    }

    private static float slope(Activation activation, float x) {
        return switch (activation) {
            case NONE -> 1;
            case RELU -> x > 0 ? 1 : 0;
            case GELU -> FloatMath.geluSlope(x);
            case GELU_NEW -> FloatMath.geluNewSlope(x);
        };
    }

    @Override
    public void add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        for (int i = 0; i < n; i++) {
            out[outAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    @Override
    public void multiply(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n) {
        for (int i = 0; i < n; i++) {
            out[outAt + i] = a[aAt + i] * b[bAt + i];
        }
    }

    @Override
    public void addRows(float[] sum, int sumAt, float[] x, int xAt, int stride, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                sum[sumAt + j] += x[xAt + i * stride + j];
            }
        }
    }

    @Override
    public void adam(float[] w, float[] g, float[] m, float[] v, int from, int to, AdamFactors f) {
        for (int i = from; i < to; i++) {
            float weight = w[i] * f.keep();
            float gradient = Math.fma(f.l2(), w[i], g[i] * f.gradientScale());
            float first = Math.fma(f.fresh1(), gradient - m[i], m[i]);
            float second = Math.fma(f.fresh2() * gradient, gradient, f.beta2() * v[i]);
            float root = (float) Math.sqrt(second) / f.correction2() + f.epsilon();
            m[i] = first;
            v[i] = second;
            w[i] = Math.fma(-f.stepSize(), first / root, weight);
        }
    }

    @Override
    public void rotate(float[] x, int xAt, float[] out, int outAt, int half, float[] cos, float[] sin, int at) {
        for (int i = 0; i < half; i++) {
            float a = x[xAt + i];
            float b = x[xAt + half + i];
            out[outAt + i] = Math.fma(a, cos[at + i], -(b * sin[at + i]));
            out[outAt + half + i] = Math.fma(b, cos[at + i], a * sin[at + i]);
        }
    }
}
