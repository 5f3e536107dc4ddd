package io.reprise.analysis.lens;

/**
 * What a row says of one token.
 *
 * @param logit before the softmax
 * @param logProbability natural logarithm
 * @param rank 1 for the best: how many tokens have a logit at least as high, itself included, so that ties count against it
 */
public record TokenScore(int token, double logit, double logProbability, int rank) {
    public double probability() {
        return StrictMath.exp(logProbability);
    }
}
