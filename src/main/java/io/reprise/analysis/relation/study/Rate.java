package io.reprise.analysis.relation.study;

import io.reprise.stats.Interval;
import io.reprise.stats.Proportions;

/**
 * Successes among independent tries.
 *
 * @param correct how many succeeded
 * @param total how many were tried, at least one
 */
public record Rate(int correct, int total) {
    public Rate {
        if (total < 1 || correct < 0 || correct > total) {
            throw new IllegalArgumentException(
                    correct + " correct of " + total + "; expected 0 <= correct <= total and at least one try");
        }
    }

    /** correct/total. */
    public double value() {
        return (double) correct / total;
    }

    /** Wilson's 95% interval. */
    public Interval interval() {
        return Proportions.wilson(correct, total);
    }
}
