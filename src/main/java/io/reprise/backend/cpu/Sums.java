package io.reprise.backend.cpu;

/** Sums in float64. */
final class Sums {
    private Sums() {}

    /** Σ x² in four partial sums (element i into sum i mod 4), added in order: a function of the numbers alone. */
    static double ofSquares(float[] x) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int end = x.length & -4;
        for (int i = 0; i < end; i += 4) {
            s0 += (double) x[i] * x[i];
            s1 += (double) x[i + 1] * x[i + 1];
            s2 += (double) x[i + 2] * x[i + 2];
            s3 += (double) x[i + 3] * x[i + 3];
        }
        for (int i = end; i < x.length; i++) {
            s0 += (double) x[i] * x[i];
        }
        return ((s0 + s1) + s2) + s3;
    }
}
