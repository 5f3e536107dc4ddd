package io.reprise.train;

/**
 * What a model says of one example: for each position i ≥ 1, its guess for token i from the tokens before it. Arrays are not
 * copied.
 */
public final class Forecast {
    private final int[] guesses;
    private final double[] logProbs;

    Forecast(int[] guesses, double[] logProbs) {
        this.guesses = guesses;
        this.logProbs = logProbs;
    }

    /** The most probable token at {@code position}; the smallest id of equals. */
    public int guess(int position) {
        return guesses[position];
    }

    /** ln P(the token that stands at {@code position} | those before it). */
    public double logProb(int position) {
        return logProbs[position];
    }
}
