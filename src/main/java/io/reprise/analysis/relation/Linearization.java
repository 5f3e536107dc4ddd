package io.reprise.analysis.relation;

import org.apache.commons.math3.linear.RealMatrix;

/** z(h) and its derivative at one prompt, both from one function: z ≈ J·h' + b for h' near h, exactly for h' = h. */
public final class Linearization {
    private final State state;
    private final RealMatrix jacobian;

    /** @param jacobian dz_i/dh_j [d_model, d_model] */
    public Linearization(State state, RealMatrix jacobian) {
        if (jacobian.getRowDimension() != state.z().length || jacobian.getColumnDimension() != state.h().length) {
            throw new IllegalArgumentException(
                    "the Jacobian is [" + jacobian.getRowDimension() + ", " + jacobian.getColumnDimension()
                            + "], expected [" + state.z().length + ", " + state.h().length + "]");
        }
        this.state = state;
        this.jacobian = jacobian;
    }

    public State state() {
        return state;
    }

    public RealMatrix jacobian() {
        return jacobian;
    }

    /** b = z - J·h. */
    public double[] bias() {
        double[] image = jacobian.operate(state.h());
        double[] bias = new double[image.length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = state.z()[i] - image[i];
        }
        return bias;
    }
}
