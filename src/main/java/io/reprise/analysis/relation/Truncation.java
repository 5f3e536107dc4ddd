package io.reprise.analysis.relation;

import java.util.Optional;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * What is kept of a W that an operator reads with. W is cut before β multiplies it, and b stays as it is.
 *
 * @param rank how many singular values; all if absent
 * @param residual cut W − I instead, and add I again: what the blocks add to the stream is of low rank, not the stream itself
 */
public record Truncation(Optional<Integer> rank, boolean residual) {
    public static final Truncation NONE = new Truncation(Optional.empty(), false);

    public Truncation {
        if (rank.isPresent() && rank.get() < 1) {
            throw new IllegalArgumentException("read_rank = " + rank.get() + "; expected 1 or more");
        }
    }

    /** @throws IllegalArgumentException if {@code residual} and the ends are not both of the residual stream */
    RealMatrix apply(RealMatrix w, Ends ends) {
        if (residual && (ends.from().kind() != End.Kind.STREAM || ends.to().kind() != End.Kind.STREAM)) {
            throw new IllegalArgumentException("residual = true needs both ends in the residual stream, but they are "
                    + ends + "; choose blocks, or residual = false");
        }
        if (rank.isEmpty()) {
            return w;
        }
        if (!residual) {
            return Svd.of(w).truncated(rank.get());
        }
        RealMatrix identity = MatrixUtils.createRealIdentityMatrix(w.getRowDimension());
        return Svd.of(w.subtract(identity)).truncated(rank.get()).add(identity);
    }
}
