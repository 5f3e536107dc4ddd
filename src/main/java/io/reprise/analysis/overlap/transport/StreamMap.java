package io.reprise.analysis.overlap.transport;

import org.apache.commons.math3.linear.RealMatrix;

/**
 * A linear map from one model's residual stream to another's. It has no intercept: it maps differences of streams, and what a
 * component writes is known up to such differences only.
 */
public final class StreamMap {
    private final RealMatrix matrix;
    private final double penalty;
    private final double heldOutError;

    StreamMap(RealMatrix matrix, double penalty, double heldOutError) {
        this.matrix = matrix;
        this.penalty = penalty;
        this.heldOutError = heldOutError;
    }

    /** [d_model of the second, d_model of the first]; not copied. */
    public RealMatrix matrix() {
        return matrix;
    }

    /** The chosen penalty of ridge; 0 without one. */
    public double penalty() {
        return penalty;
    }

    /** Share of the second stream's variance on held-out sequences that is not explained; 0 is best. */
    public double heldOutError() {
        return heldOutError;
    }

    /** [d_model of the second]. */
    public double[] apply(double[] difference) {
        return matrix.operate(difference);
    }
}
