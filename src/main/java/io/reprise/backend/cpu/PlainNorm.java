package io.reprise.backend.cpu;

/** Plain Java. */
final class PlainNorm implements NormKernel {
    @Override
    public void forward(
            float[] x, float[] gain, float[] bias, float epsilon, float[] y, float[] stats, int d, int from, int to) {
        float[] sums = new float[LANES];
        for (int row = from; row < to; row++) {
            int at = row * d;
            clear(sums);
            for (int j = 0; j < d; j++) {
                sums[j & (LANES - 1)] += x[at + j];
            }
            float mean = total(sums) / d;
            clear(sums);
            for (int j = 0; j < d; j++) {
                float centred = x[at + j] - mean;
                sums[j & (LANES - 1)] = Math.fma(centred, centred, sums[j & (LANES - 1)]);
            }
            float rstd = reciprocalRoot(total(sums), d, epsilon);
            stats[2 * row] = mean;
            stats[2 * row + 1] = rstd;
            for (int j = 0; j < d; j++) {
                y[at + j] = affine((x[at + j] - mean) * rstd, gain, bias, j);
            }
        }
    }

    /** 1/√(sum/d + ε), the root in float64. */
    static float reciprocalRoot(float sum, int d, float epsilon) {
        return (float) (1 / Math.sqrt((double) sum / d + epsilon));
    }

    /** x̂·gain + bias of column j; gain and bias may be null. */
    static float affine(float normalized, float[] gain, float[] bias, int j) {
        if (gain == null) {
            return bias == null ? normalized : normalized + bias[j];
        }
        return bias == null ? normalized * gain[j] : Math.fma(normalized, gain[j], bias[j]);
    }

    @Override
    public void pushforward(
            float[] x, float[] stats, float[] gain, float[] t, float[] out, int d, int rows, int from, int to) {
        float[] sums = new float[2 * LANES];
        for (int row = from; row < to; row++) {
            project(x, stats, null, t, out, d, row, row % rows, sums);
            if (gain != null) {
                for (int j = 0; j < d; j++) {
                    out[row * d + j] *= gain[j];
                }
            }
        }
    }

    @Override
    public void pullback(
            float[] x, float[] stats, float[] gain, float[] u, float[] out, int d, int rows, int from, int to) {
        float[] sums = new float[2 * LANES];
        for (int row = from; row < to; row++) {
            project(x, stats, gain, u, out, d, row, row % rows, sums);
        }
    }

    /** out = (g - mean(g) - x̂·mean(g·x̂))·rstd with g = u·gain. */
    private static void project(
            float[] x, float[] stats, float[] gain, float[] u, float[] out, int d, int row, int point, float[] sums) {
        float mean = stats[2 * point];
        float rstd = stats[2 * point + 1];
        clear(sums);
        for (int j = 0; j < d; j++) {
            int lane = j & (LANES - 1);
            float g = gain == null ? u[row * d + j] : u[row * d + j] * gain[j];
            float normalized = (x[point * d + j] - mean) * rstd;
            sums[lane] += g;
            sums[LANES + lane] = Math.fma(g, normalized, sums[LANES + lane]);
        }
        float meanG = total(sums, 0) / d;
        float meanGx = total(sums, LANES) / d;
        for (int j = 0; j < d; j++) {
            float g = gain == null ? u[row * d + j] : u[row * d + j] * gain[j];
            float normalized = (x[point * d + j] - mean) * rstd;
            out[row * d + j] = Math.fma(-normalized, meanGx, g - meanG) * rstd;
        }
    }

    @Override
    public void addGainGradient(float[] x, float[] stats, float[] u, float[] sum, int d, int rows) {
        for (int row = 0; row < rows; row++) {
            float mean = stats[2 * row];
            float rstd = stats[2 * row + 1];
            for (int j = 0; j < d; j++) {
                sum[j] = Math.fma(u[row * d + j], (x[row * d + j] - mean) * rstd, sum[j]);
            }
        }
    }

    private static void clear(float[] sums) {
        java.util.Arrays.fill(sums, 0f);
    }

    private static float total(float[] sums) {
        return total(sums, 0);
    }

    /** The partial sums added in order. */
    static float total(float[] sums, int at) {
        float total = sums[at];
        for (int lane = 1; lane < LANES; lane++) {
            total += sums[at + lane];
        }
        return total;
    }
}
