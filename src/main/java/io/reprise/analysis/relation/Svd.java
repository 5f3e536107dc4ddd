package io.reprise.analysis.relation;

import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * A = U·diag(s)·Vᵀ, s falling, on Commons Math in float64 (about 5 s at 768 × 768 on one core; LAPACK's gesvd through ND4J took 3 to
 * 14 s there, so nothing was gained by it). Singular values up to max(rows, columns)·2⁻⁵²·s₀ count as zero.
 */
public final class Svd {
    private final RealMatrix u;
    private final RealMatrix v;
    private final double[] s;
    private final int rank;

    private Svd(RealMatrix u, double[] s, RealMatrix v, int rank) {
        this.u = u;
        this.s = s;
        this.v = v;
        this.rank = rank;
    }

    /** @throws IllegalArgumentException if an entry is not finite: the decomposition would never end */
    public static Svd of(RealMatrix a) {
        requireFinite(a, "the matrix");
        if (a.getFrobeniusNorm() == 0) { // Commons Math gives U = 0 here, which is not orthogonal; no rank uses it
            int k = Math.min(a.getRowDimension(), a.getColumnDimension());
            return new Svd(
                    new Array2DRowRealMatrix(a.getRowDimension(), k),
                    new double[k],
                    new Array2DRowRealMatrix(a.getColumnDimension(), k),
                    0);
        }
        var decomposition = new SingularValueDecomposition(a);
        double[] s = decomposition.getSingularValues();
        double zero = Math.max(a.getRowDimension(), a.getColumnDimension()) * Math.ulp(1.0) * s[0];
        int rank = (int) IntStream.range(0, s.length).filter(i -> s[i] > zero).count();
        return new Svd(decomposition.getU(), s, decomposition.getV(), rank);
    }

    static void requireFinite(RealMatrix a, String name) {
        for (int i = 0; i < a.getRowDimension(); i++) {
            for (int j = 0; j < a.getColumnDimension(); j++) {
                if (!Double.isFinite(a.getEntry(i, j))) {
                    throw new IllegalArgumentException(name + " holds " + a.getEntry(i, j) + " at [" + i + ", " + j
                            + "]; the model overflows here: choose another layer, or float64");
                }
            }
        }
    }

    /** Falling; min(rows, columns) of them. */
    public double[] singularValues() {
        return s.clone();
    }

    /** How many singular values are not zero. */
    public int rank() {
        return rank;
    }

    /** The i-th left singular vector. */
    public double[] left(int i) {
        return u.getColumn(i);
    }

    /** The i-th right singular vector. */
    public double[] right(int i) {
        return v.getColumn(i);
    }

    /** The nearest matrix of rank ≤ {@code r} (Eckart and Young 1936); of all that there are, if there are fewer. */
    public RealMatrix truncated(int r) {
        int keep = Math.min(positive(r), rank);
        if (keep == 0) {
            return MatrixUtils.createRealMatrix(u.getRowDimension(), v.getRowDimension());
        }
        RealMatrix left =
                u.getSubMatrix(0, u.getRowDimension() - 1, 0, keep - 1).copy();
        for (int j = 0; j < keep; j++) {
            for (int i = 0; i < left.getRowDimension(); i++) {
                left.multiplyEntry(i, j, s[j]);
            }
        }
        return left.multiply(
                v.getSubMatrix(0, v.getRowDimension() - 1, 0, keep - 1).transpose());
    }

    /**
     * V_r·diag(1/s_r)·U_rᵀ·x: the shortest y for which A_r·y is as near to x as it can be. Where A has fewer than {@code r} singular
     * values that are not zero, those there are.
     *
     * @throws IllegalArgumentException if A is zero
     */
    public double[] solve(int r, double[] x) {
        int keep = Math.min(positive(r), rank);
        if (keep == 0) {
            throw new IllegalArgumentException(
                    "W is zero: no change of h changes z, so it can't be inverted; choose a layer below the"
                            + " last one, and a subject that the prompt's end can see");
        }
        double[] y = new double[v.getRowDimension()];
        for (int j = 0; j < keep; j++) {
            double along = 0;
            for (int i = 0; i < x.length; i++) {
                along += u.getEntry(i, j) * x[i];
            }
            for (int i = 0; i < y.length; i++) {
                y[i] += v.getEntry(i, j) * (along / s[j]);
            }
        }
        return y;
    }

    private static int positive(int r) {
        if (r < 1) {
            throw new IllegalArgumentException("rank " + r + "; expected 1 or more");
        }
        return r;
    }
}
