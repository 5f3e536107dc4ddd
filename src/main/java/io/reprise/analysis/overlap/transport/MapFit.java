package io.reprise.analysis.overlap.transport;

import io.reprise.analysis.relation.Svd;
import io.reprise.tensor.Rng;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/** Fits M so that M·x is near y, for streams x and y of the same tokens with their means of each position taken off. */
final class MapFit {
    /** Cholesky's bounds, relative and absolute: the penalty alone decides how singular a matrix may be. */
    private static final double ASYMMETRY = 1e-8;

    private final TransportSpec spec;

    MapFit(TransportSpec spec) {
        this.spec = spec;
    }

    /** @throws IllegalArgumentException if x does not vary */
    StreamMap fit(StreamSample x, StreamSample y) {
        return switch (spec.method()) {
            case RIDGE -> ridge(x, y);
            case PROCRUSTES -> procrustes(x, y);
        };
    }

    /** y of other sequences in the place of each: what the fit makes of streams that have nothing to do with each other. */
    StreamMap shuffled(StreamSample x, StreamSample y, double penalty, Rng rng) {
        StreamSample dealt = y.shuffled(rng);
        return spec.method() == MapMethod.RIDGE ? ridge(x, dealt, List.of(penalty)) : procrustes(x, dealt);
    }

    private StreamMap ridge(StreamSample x, StreamSample y) {
        return ridge(x, y, spec.penalties());
    }

    /** M = (Y'X)(X'X + λ·tr(X'X)/d·I)⁻¹. */
    private static StreamMap ridge(StreamSample x, StreamSample y, List<Double> penalties) {
        RealMatrix fitted = x.fitted();
        RealMatrix gram = fitted.transpose().multiply(fitted);
        RealMatrix cross = fitted.transpose().multiply(y.fitted());
        int d = gram.getRowDimension();
        double scale = variance(gram) / d;
        StreamMap best = null;
        for (double penalty : penalties) {
            RealMatrix a = gram.add(MatrixUtils.createRealIdentityMatrix(d).scalarMultiply(penalty * scale));
            RealMatrix solved =
                    new CholeskyDecomposition(a, ASYMMETRY, 0).getSolver().solve(cross);
            StreamMap map = map(solved.transpose(), penalty, x, y);
            best = best == null || map.heldOutError() < best.heldOutError() ? map : best;
        }
        return best;
    }

    /**
     * M = s·U·V' with Y'X = U·S·V' and the s of least error. From d_A to a larger d_B, columns of U·V' are orthonormal; to a smaller
     * one, rows.
     */
    private static StreamMap procrustes(StreamSample x, StreamSample y) {
        variance(x.fitted().transpose().multiply(x.fitted()));
        Svd svd = Svd.of(y.fitted().transpose().multiply(x.fitted()));
        int rank = svd.rank();
        RealMatrix rotation = new Array2DRowRealMatrix(y.width(), x.width());
        for (int i = 0; i < rank; i++) {
            double[] left = svd.left(i);
            double[] right = svd.right(i);
            for (int row = 0; row < left.length; row++) {
                for (int column = 0; column < right.length; column++) {
                    rotation.addToEntry(row, column, left[row] * right[column]);
                }
            }
        }
        RealMatrix image = x.fitted().multiply(rotation.transpose());
        double norm = image.getFrobeniusNorm();
        double along = 0;
        for (double s : svd.singularValues()) {
            along += s;
        }
        double scale = norm == 0 ? 0 : along / (norm * norm);
        return map(rotation.scalarMultiply(scale), 0, x, y);
    }

    private static double variance(RealMatrix gram) {
        double variance = gram.getTrace();
        if (!(variance > 0)) {
            throw new IllegalArgumentException("the first model's stream is the same for all random sequences, so that"
                    + " nothing can be mapped; patch positions whose tokens vary, or those after them");
        }
        return variance;
    }

    private static StreamMap map(RealMatrix matrix, double penalty, StreamSample x, StreamSample y) {
        RealMatrix error = y.heldOut().subtract(x.heldOut().multiply(matrix.transpose()));
        double all = y.heldOut().getFrobeniusNorm();
        double ratio = all == 0 ? 1 : error.getFrobeniusNorm() / all;
        return new StreamMap(matrix, penalty, ratio * ratio);
    }
}
