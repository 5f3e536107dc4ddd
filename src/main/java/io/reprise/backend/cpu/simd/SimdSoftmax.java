package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdMath.LANES;
import static io.reprise.backend.cpu.simd.SimdMath.S;

import io.reprise.backend.cpu.SoftmaxKernel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Hidden and missing columns take part as -Infinity, whose exp is 0. */
public final class SimdSoftmax implements SoftmaxKernel {
    /** Elements whose exp is taken at once, while they are in the first-level cache. */
    private static final int STRETCH = 1024;

    private static final FloatVector COLUMN = FloatVector.fromArray(S, new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 0);

    @Override
    public void attention(
            float[] s, int at, int stride, int rows, int width, int firstQuery, int firstKey, int window, float scale) {
        float[] lanes = new float[LANES];
        for (int row = 0; row < rows; row++) {
            int from = at + row * stride;
            int query = firstQuery + row;
            int hidden = window == 0 ? 0 : Math.max(0, query - window + 1 - firstKey);
            int visible = Math.min(width, query + 1 - firstKey);
            int end = (visible + LANES - 1) & -LANES;
            mask(s, from, hidden, visible, end, scale, lanes);
            subtract(s, from, s, from, end, SimdMath.greatest(lanes));
            SimdMath.exp(s, from, from + end);
            sum(s, from, end, lanes);
            scaled(s, from, 1 / SimdMath.total(lanes), s, from, end);
            Arrays.fill(s, from + end, from + width, 0f);
        }
    }

    /** Scales the visible scores and hides the others; leaves the greatest score of each lane. */
    private static void mask(float[] s, int from, int hidden, int visible, int end, float scale, float[] lanes) {
        FloatVector max = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int j = 0; j < end; j += LANES) {
            FloatVector v = FloatVector.fromArray(S, s, from + j).mul(scale);
            if (j < hidden) {
                v = v.blend(Float.NEGATIVE_INFINITY, COLUMN.compare(VectorOperators.LT, (float) (hidden - j)));
            }
            if (j + LANES > visible) {
                v = v.blend(Float.NEGATIVE_INFINITY, COLUMN.compare(VectorOperators.GE, (float) (visible - j)));
            }
            v.intoArray(s, from + j);
            max = max.blend(v, v.compare(VectorOperators.GT, max));
        }
        max.intoArray(lanes, 0);
    }

    private static void subtract(float[] x, int xAt, float[] out, int outAt, int n, float max) {
        int end = n & -LANES;
        for (int j = 0; j < end; j += LANES) {
            FloatVector.fromArray(S, x, xAt + j).sub(max).intoArray(out, outAt + j);
        }
        for (int j = end; j < n; j++) {
            out[outAt + j] = x[xAt + j] - max;
        }
    }

    /** Element j of a row added to lane j mod 8, in order of j. */
    private static void sum(float[] x, int at, int n, float[] lanes) {
        int end = n & -LANES;
        FloatVector sum = FloatVector.zero(S);
        for (int j = 0; j < end; j += LANES) {
            sum = sum.add(FloatVector.fromArray(S, x, at + j));
        }
        sum.intoArray(lanes, 0);
        for (int j = end; j < n; j++) {
            lanes[j - end] += x[at + j];
        }
    }

    @Override
    public void derivative(
            float[] p, int pAt, float[] x, int xAt, int stride, int rows, int keys, int width, float scale) {
        float[] lanes = new float[LANES];
        for (int row = 0; row < rows; row++) {
            int pRow = pAt + row * stride;
            int xRow = xAt + row * stride;
            for (int j = keys; j < width; j++) {
                x[xRow + j] = 0;
            }
            FloatVector sum = FloatVector.zero(S);
            for (int j = 0; j < width; j += LANES) {
                sum = FloatVector.fromArray(S, p, pRow + j).fma(FloatVector.fromArray(S, x, xRow + j), sum);
            }
            sum.intoArray(lanes, 0);
            float mean = SimdMath.total(lanes);
            for (int j = 0; j < width; j += LANES) {
                FloatVector.fromArray(S, p, pRow + j)
                        .mul(scale)
                        .mul(FloatVector.fromArray(S, x, xRow + j).sub(mean))
                        .intoArray(x, xRow + j);
            }
        }
    }

    @Override
    public void exponentials(float[] x, float[] e, float[] stats, int n, int from, int to) {
        float[] lanes = new float[LANES];
        int group = Math.max(1, STRETCH / Math.max(1, n));
        for (int first = from; first < to; first += group) {
            int last = Math.min(to, first + group);
            for (int row = first; row < last; row++) {
                stats[2 * row] = max(x, row * n, n, lanes);
                subtract(x, row * n, e, row * n, n, stats[2 * row]);
            }
            SimdMath.exp(e, first * n, last * n);
            for (int row = first; row < last; row++) {
                sum(e, row * n, n, lanes);
                stats[2 * row + 1] = SimdMath.total(lanes);
            }
        }
    }

    private static float max(float[] x, int at, int n, float[] lanes) {
        int end = n & -LANES;
        FloatVector max = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int j = 0; j < end; j += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, at + j);
            max = max.blend(v, v.compare(VectorOperators.GT, max));
        }
        max.intoArray(lanes, 0);
        float most = SimdMath.greatest(lanes);
        for (int j = end; j < n; j++) {
            most = x[at + j] > most ? x[at + j] : most;
        }
        return most;
    }

    @Override
    public void scaled(float[] x, int xAt, float factor, float[] out, int outAt, int n) {
        int end = n & -LANES;
        for (int i = 0; i < end; i += LANES) {
            FloatVector.fromArray(S, x, xAt + i).mul(factor).intoArray(out, outAt + i);
        }
        for (int i = end; i < n; i++) {
            out[outAt + i] = x[xAt + i] * factor;
        }
    }
}
