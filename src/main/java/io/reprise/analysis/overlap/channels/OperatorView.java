package io.reprise.analysis.overlap.channels;

import io.reprise.analysis.relation.Svd;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * An operator in token space as it is compared: centred both ways, since a constant added to all logits changes nothing and a
 * constant added to all tokens says nothing of one.
 */
final class OperatorView {
    private final RealMatrix centred;
    private final double norm;
    private final RealMatrix gram;
    private final Svd svd;

    /** @param operator [token out, token in] */
    OperatorView(RealMatrix operator) {
        this.centred = centred(operator);
        this.norm = centred.getFrobeniusNorm();
        this.gram = centred.transpose().multiply(centred);
        for (int i = 0; i < gram.getRowDimension(); i++) {
            gram.setEntry(i, i, 0); // the unbiased estimator leaves the diagonal out
        }
        this.svd = Svd.of(centred);
    }

    /** Cosine of the two as vectors: tokens are the same ones in both models, so that no rotation need be allowed for. */
    double cosine(OperatorView other) {
        double norms = norm * other.norm;
        double dot = 0;
        for (int i = 0; i < centred.getRowDimension(); i++) {
            for (int j = 0; j < centred.getColumnDimension(); j++) {
                dot += centred.getEntry(i, j) * other.centred.getEntry(i, j);
            }
        }
        return norms > 0 ? dot / norms : 0;
    }

    /**
     * Linear CKA (Kornblith et al. 2019) with input tokens as examples and output logits as features, by the unbiased estimator of
     * HSIC (Song et al. 2012): 0 in the mean for operators that have nothing to do with each other, whatever their number of tokens.
     */
    double cka(OperatorView other) {
        double own = hsic(gram, gram) * hsic(other.gram, other.gram);
        return own > 0 ? hsic(gram, other.gram) / Math.sqrt(own) : 0;
    }

    private static double hsic(RealMatrix k, RealMatrix l) {
        int n = k.getRowDimension();
        double trace = 0;
        double cross = 0;
        double sumK = 0;
        double sumL = 0;
        for (int i = 0; i < n; i++) {
            double rowK = 0;
            double rowL = 0;
            for (int j = 0; j < n; j++) {
                trace += k.getEntry(i, j) * l.getEntry(i, j);
                rowK += k.getEntry(i, j);
                rowL += l.getEntry(i, j);
            }
            cross += rowK * rowL;
            sumK += rowK;
            sumL += rowL;
        }
        double terms = trace + sumK * sumL / ((n - 1.0) * (n - 2)) - 2 * cross / (n - 2);
        return terms / (n * (n - 3.0));
    }

    /** Mean squared cosine of the principal angles (Björck and Golub 1973) between the k directions written most. */
    double written(OperatorView other, int k) {
        return angles(svd, other.svd, k, true);
    }

    /** The same of the k directions read most. */
    double read(OperatorView other, int k) {
        return angles(svd, other.svd, k, false);
    }

    private static double angles(Svd a, Svd b, int k, boolean left) {
        double squares = 0;
        for (int i = 0; i < Math.min(k, a.rank()); i++) {
            double[] x = left ? a.left(i) : a.right(i);
            for (int j = 0; j < Math.min(k, b.rank()); j++) {
                double[] y = left ? b.left(j) : b.right(j);
                double dot = 0;
                for (int t = 0; t < x.length; t++) {
                    dot += x[t] * y[t];
                }
                squares += dot * dot;
            }
        }
        return squares / k;
    }

    private static RealMatrix centred(RealMatrix operator) {
        int rows = operator.getRowDimension();
        int columns = operator.getColumnDimension();
        double[] rowMeans = new double[rows];
        double[] columnMeans = new double[columns];
        double mean = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                rowMeans[i] += operator.getEntry(i, j) / columns;
                columnMeans[j] += operator.getEntry(i, j) / rows;
                mean += operator.getEntry(i, j) / rows / columns;
            }
        }
        RealMatrix centred = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                centred.setEntry(i, j, operator.getEntry(i, j) - rowMeans[i] - columnMeans[j] + mean);
            }
        }
        return centred;
    }
}
