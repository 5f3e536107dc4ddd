package io.reprise.backend.cpu;

/** Softmax over rows. Sums in {@link NormKernel#LANES} partial sums as there; exp is {@link FloatMath#exp}. */
public interface SoftmaxKernel {
    /**
     * Softmax in place over attention scores. Row i belongs to query {@code firstQuery + i}, column j to key
     * {@code firstKey + j}; visible are keys above query - window (all, if window is 0) up to the query. The others become 0.
     *
     * @param width columns, a multiple of {@link NormKernel#LANES}; rows are {@code stride} apart
     * @param scale multiplies the scores first
     */
    void attention(
            float[] s, int at, int stride, int rows, int width, int firstQuery, int firstKey, int window, float scale);

    /**
     * In place of x, per row: scale·p·(x - Σ p·x), the softmax's Jacobian (symmetric) on x.
     *
     * @param keys columns that x has; those from there to width, a multiple of {@link NormKernel#LANES}, become 0
     */
    void derivative(float[] p, int pAt, float[] x, int xAt, int stride, int rows, int keys, int width, float scale);

    /**
     * Per row from {@code from} to {@code to}: e = exp(x - max), stats[2·row] = max, stats[2·row + 1] = Σ e. Any n.
     */
    void exponentials(float[] x, float[] e, float[] stats, int n, int from, int to);

    /** out = factor·x over n elements. */
    void scaled(float[] x, int xAt, float factor, float[] out, int outAt, int n);
}
