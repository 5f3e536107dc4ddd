package io.reprise.backend.cpu;

/**
 * Layer norm over rows of d elements. Sums run in {@link #LANES} partial sums (element j into sum j mod LANES, in order of j),
 * which are then added in order.
 */
public interface NormKernel {
    int LANES = 8;

    /**
     * y = (x - mean)·rstd·gain + bias for rows {@code from} to {@code to}.
     *
     * @param gain null for none; so is {@code bias}
     * @param stats receives mean and 1/√(variance + ε) at 2·row, 2·row + 1
     */
    void forward(
            float[] x, float[] gain, float[] bias, float epsilon, float[] y, float[] stats, int d, int from, int to);

    /**
     * out = (t - mean(t) - x̂·mean(t·x̂))·rstd·gain, for rows {@code from} to {@code to} of the tangents t; row i belongs to
     * row i mod rows of the point.
     */
    void pushforward(float[] x, float[] stats, float[] gain, float[] t, float[] out, int d, int rows, int from, int to);

    /** out = (g - mean(g) - x̂·mean(g·x̂))·rstd with g = u·gain; rows as in {@link #pushforward}. */
    void pullback(float[] x, float[] stats, float[] gain, float[] u, float[] out, int d, int rows, int from, int to);

    /** sum[j] += Σ_i u[i, j]·x̂[i, j] over all rows, in order of i. */
    void addGainGradient(float[] x, float[] stats, float[] u, float[] sum, int d, int rows);
}
