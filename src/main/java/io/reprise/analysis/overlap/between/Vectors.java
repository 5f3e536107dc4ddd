package io.reprise.analysis.overlap.between;

import java.util.Arrays;
import java.util.Optional;

/** Unit vectors whose inner product is a similarity between −1 and 1. */
final class Vectors {
    /** A variation this small beside the size of what varies is float32's rounding, summed over a forward pass. */
    private static final double ROUNDING = 1e-5;

    private Vectors() {}

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    /** {@code v} over its norm; empty if that is rounding beside {@code size}. */
    static Optional<double[]> unit(double[] v, double size) {
        double norm = norm(v);
        return norm > ROUNDING * size
                ? Optional.of(Arrays.stream(v).map(x -> x / norm).toArray())
                : Optional.empty();
    }

    static double[] minusMean(double[] v) {
        double mean = Arrays.stream(v).average().orElse(0);
        return Arrays.stream(v).map(x -> x - mean).toArray();
    }

    /** Each row minus its mean, row after row. */
    static double[] rowsCentred(double[][] m) {
        return Arrays.stream(m)
                .flatMapToDouble(row -> Arrays.stream(minusMean(row)))
                .toArray();
    }

    /**
     * A kernel matrix, U-centred (Székely and Rizzo 2014, section 3), diagonal 0: inner products of such matrices over the product
     * of their norms are the debiased CKA (Song et al. 2012's estimator of HSIC; Kornblith et al. 2019).
     *
     * @param gram [n][n] with n ≥ 4
     */
    static double[] uCentred(double[][] gram) {
        int n = gram.length;
        double[] sums = new double[n];
        double total = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                sums[i] += i == j ? 0 : gram[i][j];
            }
            total += sums[i];
        }
        double[] centred = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (i != j) {
                    centred[i * n + j] = gram[i][j] - (sums[i] + sums[j]) / (n - 2) + total / ((n - 1.0) * (n - 2));
                }
            }
        }
        return centred;
    }
}
