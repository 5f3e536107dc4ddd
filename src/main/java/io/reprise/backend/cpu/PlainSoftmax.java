package io.reprise.backend.cpu;

import java.util.Arrays;

/** Plain Java. */
final class PlainSoftmax implements SoftmaxKernel {
    private static final int LANES = NormKernel.LANES;

    @Override
    public void attention(
            float[] s, int at, int stride, int rows, int width, int firstQuery, int firstKey, int window, float scale) {
        float[] sums = new float[LANES];
        for (int row = 0; row < rows; row++) {
            int from = at + row * stride;
            int query = firstQuery + row;
            int hidden = window == 0 ? 0 : Math.max(0, query - window + 1 - firstKey);
            int visible = Math.min(width, query + 1 - firstKey);
            Arrays.fill(s, from, from + hidden, 0f);
            Arrays.fill(s, from + visible, from + width, 0f);
            float max = Float.NEGATIVE_INFINITY;
            for (int j = hidden; j < visible; j++) {
                float score = s[from + j] * scale;
                s[from + j] = score;
                max = score > max ? score : max;
            }
            Arrays.fill(sums, 0f);
            for (int j = hidden; j < visible; j++) {
                float e = FloatMath.exp(s[from + j] - max);
                s[from + j] = e;
                sums[j & (LANES - 1)] += e;
            }
            float inverse = 1 / PlainNorm.total(sums, 0);
            for (int j = hidden; j < visible; j++) {
                s[from + j] *= inverse;
            }
        }
    }

    @Override
    public void derivative(
            float[] p, int pAt, float[] x, int xAt, int stride, int rows, int keys, int width, float scale) {
        float[] sums = new float[LANES];
        for (int row = 0; row < rows; row++) {
            int pRow = pAt + row * stride;
            int xRow = xAt + row * stride;
            Arrays.fill(x, xRow + keys, xRow + width, 0f);
            Arrays.fill(sums, 0f);
            for (int j = 0; j < width; j++) {
                sums[j & (LANES - 1)] = Math.fma(p[pRow + j], x[xRow + j], sums[j & (LANES - 1)]);
            }
            float mean = PlainNorm.total(sums, 0);
            for (int j = 0; j < width; j++) {
                x[xRow + j] = p[pRow + j] * scale * (x[xRow + j] - mean);
            }
        }
    }

    @Override
    public void exponentials(float[] x, float[] e, float[] stats, int n, int from, int to) {
        float[] sums = new float[LANES];
        for (int row = from; row < to; row++) {
            int at = row * n;
            float max = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                max = x[at + j] > max ? x[at + j] : max;
            }
            Arrays.fill(sums, 0f);
            for (int j = 0; j < n; j++) {
                float value = FloatMath.exp(x[at + j] - max);
                e[at + j] = value;
                sums[j & (LANES - 1)] += value;
            }
            stats[2 * row] = max;
            stats[2 * row + 1] = PlainNorm.total(sums, 0);
        }
    }

    @Override
    public void scaled(float[] x, int xAt, float factor, float[] out, int outAt, int n) {
        for (int i = 0; i < n; i++) {
            out[outAt + i] = x[xAt + i] * factor;
        }
    }
}
