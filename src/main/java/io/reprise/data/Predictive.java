package io.reprise.data;

/** A component's exact distribution over sequences. */
interface Predictive {
    /**
     * Writes P(next token | the sequence begins with the first {@code length} of {@code tokens}, and goes on) to {@code next}
     * (given as zeros) and returns the log of the probability of that condition: −∞ if it is impossible.
     *
     * @param next [vocabulary]
     */
    double predict(int[] tokens, int length, double[] next);

    /** Adds {@code share} times the expected number of (token before → token) pairs at scored positions. */
    void addPairs(double share, PairTable table);
}
