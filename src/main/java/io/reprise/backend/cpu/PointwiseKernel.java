package io.reprise.backend.cpu;

import io.reprise.backend.Activation;

/** Maps over flat ranges, and sums of rows. Every element's bits are independent of its place in the range. */
public interface PointwiseKernel {
    /** y = f(x), element by element from {@code from} to {@code to}; y must not be x. */
    void activate(Activation activation, float[] x, float[] y, int from, int to);

    /** y = f(x), then x becomes f'(x). */
    void activateKeepingSlope(Activation activation, float[] x, float[] y, int from, int to);

    /** out = a + b; out may be a or b at the same offset. */
    void add(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n);

    /** out = a·b element by element; out may be a or b at the same offset. */
    void multiply(float[] a, int aAt, float[] b, int bAt, float[] out, int outAt, int n);

    /** sum[j] += Σ_i x[i, j], in order of i; x has {@code columns} columns side by side, rows {@code stride} apart. */
    void addRows(float[] sum, int sumAt, float[] x, int xAt, int stride, int rows, int columns);

    /** One step of Adam over elements {@code from} to {@code to}. */
    void adam(float[] w, float[] g, float[] m, float[] v, int from, int to, AdamFactors factors);

    /** Turns each pair (x[i], x[i + half]) by the angle with cosine cos[i] and sine sin[i], i &lt; half, into out. */
    void rotate(float[] x, int xAt, float[] out, int outAt, int half, float[] cos, float[] sin, int at);
}
