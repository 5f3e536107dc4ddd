package io.reprise.analysis.overlap.transport;

import io.reprise.tensor.Rng;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/** A rotation drawn at random: Gram and Schmidt on Gaussian vectors, which is uniform over rotations. */
final class RandomMap {
    private RandomMap() {}

    /** [to, from]; orthonormal columns if {@code to} is as large as {@code from} or larger, else orthonormal rows. */
    static RealMatrix orthogonal(int to, int from, Rng rng) {
        if (to < from) {
            return orthogonal(from, to, rng).transpose();
        }
        double[][] basis = new double[from][to];
        for (int i = 0; i < from; i++) {
            for (int j = 0; j < to; j++) {
                basis[i][j] = rng.nextGaussian();
            }
            // twice is enough (Giraud et al. 2005): the second pass takes off what rounding left in the first
            for (int pass = 0; pass < 2; pass++) {
                for (int k = 0; k < i; k++) {
                    double along = dot(basis[i], basis[k]);
                    for (int j = 0; j < to; j++) {
                        basis[i][j] -= along * basis[k][j];
                    }
                }
            }
            double norm = Math.sqrt(dot(basis[i], basis[i]));
            for (int j = 0; j < to; j++) {
                basis[i][j] /= norm;
            }
        }
        return new Array2DRowRealMatrix(basis, false).transpose();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
