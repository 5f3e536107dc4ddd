package io.reprise.analysis.relation;

/** What an operator made of one subject: h [d_model], its z [d_model] and the tokens decoded from that. */
public final class Output {
    private final double[] h;
    private final double[] z;
    private final TopTokens top;

    Output(double[] h, double[] z, TopTokens top) {
        this.h = h;
        this.z = z;
        this.top = top;
    }

    public double[] h() {
        return h;
    }

    public double[] z() {
        return z;
    }

    public TopTokens top() {
        return top;
    }
}
