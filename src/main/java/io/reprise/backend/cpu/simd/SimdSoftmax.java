package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdMath.LANES;
import static io.reprise.backend.cpu.simd.SimdMath.S;

import io.reprise.backend.cpu.SoftmaxKernel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Hidden and missing columns take part as -Infinity, whose exp is 0. */
public final class SimdSoftmax implements SoftmaxKernel {
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
            FloatVector max = mask(s, from, hidden, visible, end, scale);
            float inverse = 1 / normalise(s, from, end, maximum(max, lanes), lanes);
            for (int j = 0; j < end; j += LANES) {
                FloatVector.fromArray(S, s, from + j).mul(inverse).intoArray(s, from + j);
            }
            Arrays.fill(s, from + end, from + width, 0f);
        }
    }

    /** Scales the visible scores and hides the others; returns the maximum by lane. */
    private static FloatVector mask(float[] s, int from, int hidden, int visible, int end, float scale) {
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
            max = max.max(v);
        }
        return max;
    }

    private static float maximum(FloatVector v, float[] lanes) {
        v.intoArray(lanes, 0);
        float max = lanes[0];
        for (int lane = 1; lane < LANES; lane++) {
            max = Math.max(max, lanes[lane]);
        }
        return max;
    }

    /** s becomes exp(s - max); returns its sum. */
    private static float normalise(float[] s, int from, int end, float max, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int j = 0; j < end; j += LANES) {
            FloatVector e = SimdMath.exp(FloatVector.fromArray(S, s, from + j).sub(max));
            e.intoArray(s, from + j);
            sum = sum.add(e);
        }
        return SimdMath.total(sum, lanes);
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
            float mean = SimdMath.total(sum, lanes);
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
        float[] tail = new float[LANES];
        int end = n & -LANES;
        for (int row = from; row < to; row++) {
            int at = row * n;
            Arrays.fill(tail, Float.NEGATIVE_INFINITY);
            for (int j = end; j < n; j++) {
                tail[j - end] = x[at + j];
            }
            FloatVector last = FloatVector.fromArray(S, tail, 0);
            FloatVector max = last;
            for (int j = 0; j < end; j += LANES) {
                max = max.max(FloatVector.fromArray(S, x, at + j));
            }
            float most = maximum(max, lanes);
            FloatVector sum = FloatVector.zero(S);
            for (int j = 0; j < end; j += LANES) {
                FloatVector v = SimdMath.exp(FloatVector.fromArray(S, x, at + j).sub(most));
                v.intoArray(e, at + j);
                sum = sum.add(v);
            }
            if (end < n) {
                FloatVector v = SimdMath.exp(last.sub(most));
                v.intoArray(tail, 0);
                System.arraycopy(tail, 0, e, at + end, n - end);
                sum = sum.add(v);
            }
            stats[2 * row] = most;
            stats[2 * row + 1] = SimdMath.total(sum, lanes);
        }
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
