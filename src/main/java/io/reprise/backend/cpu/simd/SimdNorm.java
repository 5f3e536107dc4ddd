package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdMath.S;

import io.reprise.backend.cpu.NormKernel;
import jdk.incubator.vector.FloatVector;

/** Whole vectors of a row; a row's last few columns go to lanes 0, 1, … of the partial sums one by one. */
public final class SimdNorm implements NormKernel {
    @Override
    public void forward(
            float[] x, float[] gain, float[] bias, float epsilon, float[] y, float[] stats, int d, int from, int to) {
        float[] lanes = new float[LANES];
        int end = d & -LANES;
        for (int row = from; row < to; row++) {
            int at = row * d;
            float mean = sum(x, at, end, d, lanes) / d;
            float squares = squares(x, at, mean, end, d, lanes);
            float rstd = (float) (1 / Math.sqrt((double) squares / d + epsilon));
            stats[2 * row] = mean;
            stats[2 * row + 1] = rstd;
            if (gain == null || bias == null) {
                plainAffine(x, gain, bias, mean, rstd, y, at, 0, d);
            } else {
                for (int j = 0; j < end; j += LANES) {
                    FloatVector normalized =
                            FloatVector.fromArray(S, x, at + j).sub(mean).mul(rstd);
                    normalized
                            .fma(FloatVector.fromArray(S, gain, j), FloatVector.fromArray(S, bias, j))
                            .intoArray(y, at + j);
                }
                plainAffine(x, gain, bias, mean, rstd, y, at, end, d);
            }
        }
    }

    private static void plainAffine(
            float[] x, float[] gain, float[] bias, float mean, float rstd, float[] y, int at, int from, int to) {
        for (int j = from; j < to; j++) {
            float normalized = (x[at + j] - mean) * rstd;
            if (gain == null) {
                y[at + j] = bias == null ? normalized : normalized + bias[j];
            } else {
                y[at + j] = bias == null ? normalized * gain[j] : Math.fma(normalized, gain[j], bias[j]);
            }
        }
    }

    private static float sum(float[] x, int at, int end, int d, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int j = 0; j < end; j += LANES) {
            sum = sum.add(FloatVector.fromArray(S, x, at + j));
        }
        sum.intoArray(lanes, 0);
        for (int j = end; j < d; j++) {
            lanes[j - end] += x[at + j];
        }
        return SimdMath.total(lanes);
    }

    private static float squares(float[] x, int at, float mean, int end, int d, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        for (int j = 0; j < end; j += LANES) {
            FloatVector centred = FloatVector.fromArray(S, x, at + j).sub(mean);
            sum = centred.fma(centred, sum);
        }
        sum.intoArray(lanes, 0);
        for (int j = end; j < d; j++) {
            float centred = x[at + j] - mean;
            lanes[j - end] = Math.fma(centred, centred, lanes[j - end]);
        }
        return SimdMath.total(lanes);
    }

    @Override
    public void pushforward(
            float[] x, float[] stats, float[] gain, float[] t, float[] out, int d, int rows, int from, int to) {
        float[] lanes = new float[2 * LANES];
        int end = d & -LANES;
        for (int row = from; row < to; row++) {
            int point = row % rows;
            project(x, point * d, stats[2 * point], stats[2 * point + 1], t, out, row * d, end, d, lanes);
            if (gain != null) {
                scale(out, row * d, gain, end, d);
            }
        }
    }

    @Override
    public void pullback(
            float[] x, float[] stats, float[] gain, float[] u, float[] out, int d, int rows, int from, int to) {
        float[] lanes = new float[2 * LANES];
        int end = d & -LANES;
        for (int row = from; row < to; row++) {
            int point = row % rows;
            System.arraycopy(u, row * d, out, row * d, d);
            if (gain != null) {
                scale(out, row * d, gain, end, d);
            }
            project(x, point * d, stats[2 * point], stats[2 * point + 1], out, out, row * d, end, d, lanes);
        }
    }

    private static void scale(float[] out, int at, float[] gain, int end, int d) {
        for (int j = 0; j < end; j += LANES) {
            FloatVector.fromArray(S, out, at + j)
                    .mul(FloatVector.fromArray(S, gain, j))
                    .intoArray(out, at + j);
        }
        for (int j = end; j < d; j++) {
            out[at + j] *= gain[j];
        }
    }

    /** out = (g - mean(g) - x̂·mean(g·x̂))·rstd for one row; g may be out. */
    private static void project(
            float[] x, int xAt, float mean, float rstd, float[] g, float[] out, int at, int end, int d, float[] lanes) {
        FloatVector sum = FloatVector.zero(S);
        FloatVector products = FloatVector.zero(S);
        for (int j = 0; j < end; j += LANES) {
            FloatVector v = FloatVector.fromArray(S, g, at + j);
            FloatVector normalized =
                    FloatVector.fromArray(S, x, xAt + j).sub(mean).mul(rstd);
            sum = sum.add(v);
            products = v.fma(normalized, products);
        }
        products.intoArray(lanes, 0);
        for (int j = end; j < d; j++) {
            lanes[j - end] = Math.fma(g[at + j], (x[xAt + j] - mean) * rstd, lanes[j - end]);
        }
        float meanProduct = SimdMath.total(lanes) / d;
        sum.intoArray(lanes, 0);
        for (int j = end; j < d; j++) {
            lanes[j - end] += g[at + j];
        }
        float meanG = SimdMath.total(lanes) / d;
        FloatVector factor = FloatVector.broadcast(S, meanProduct);
        for (int j = 0; j < end; j += LANES) {
            FloatVector v = FloatVector.fromArray(S, g, at + j);
            FloatVector normalized =
                    FloatVector.fromArray(S, x, xAt + j).sub(mean).mul(rstd);
            normalized.neg().fma(factor, v.sub(meanG)).mul(rstd).intoArray(out, at + j);
        }
        for (int j = end; j < d; j++) {
            float normalized = (x[xAt + j] - mean) * rstd;
            out[at + j] = Math.fma(-normalized, meanProduct, g[at + j] - meanG) * rstd;
        }
    }

    @Override
    public void addGainGradient(float[] x, float[] stats, float[] u, float[] sum, int d, int rows) {
        int end = d & -LANES;
        for (int row = 0; row < rows; row++) {
            float mean = stats[2 * row];
            float rstd = stats[2 * row + 1];
            int at = row * d;
            for (int j = 0; j < end; j += LANES) {
                FloatVector normalized =
                        FloatVector.fromArray(S, x, at + j).sub(mean).mul(rstd);
                FloatVector.fromArray(S, u, at + j)
                        .fma(normalized, FloatVector.fromArray(S, sum, j))
                        .intoArray(sum, j);
            }
            for (int j = end; j < d; j++) {
                sum[j] = Math.fma(u[at + j], (x[at + j] - mean) * rstd, sum[j]);
            }
        }
    }
}
