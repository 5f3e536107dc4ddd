package io.reprise.analysis.relation;

/** What a prompt leaves at both ends: h at the subject [d_model] and z at the prompt's end [d_model]. */
public final class State {
    private final double[] h;
    private final double[] z;

    /** Neither array is copied. */
    public State(double[] h, double[] z) {
        this.h = h;
        this.z = z;
    }

    public double[] h() {
        return h;
    }

    public double[] z() {
        return z;
    }
}
