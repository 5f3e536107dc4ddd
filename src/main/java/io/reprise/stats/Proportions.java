package io.reprise.stats;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.interval.ClopperPearsonInterval;

/** Intervals of a share of {@code correct} among {@code total} independent trials. */
public final class Proportions {
    /** The level of every interval unless another is given. */
    public static final double LEVEL = 0.95;

    private Proportions() {}

    /**
     * Wilson's score interval (Wilson 1927): (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Good at small n and at shares of
     * 0 or 1. Commons Math has one, but only for int counts and with ends that leave 0..1 by rounding.
     */
    public static Interval wilson(long correct, long total) {
        check(correct, total);
        double z = new NormalDistribution(null, 0, 1).inverseCumulativeProbability(1 - (1 - LEVEL) / 2);
        double n = total;
        double p = correct / n;
        double centre = p + z * z / (2 * n);
        double half = z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        double scale = 1 + z * z / n;
        double low = correct == 0 ? 0 : (centre - half) / scale; // exact ends at 0 and n
        double high = correct == total ? 1 : (centre + half) / scale;
        return new Interval(low, high);
    }

    /** The exact interval (Clopper and Pearson 1934): never less than its level, and wider for that. */
    public static Interval clopperPearson(int correct, int total) {
        check(correct, total);
        // Commons Math 3.6.1 divides by zero at 0 and at n; the ends are then 0 and 1, and the other end in closed
        // form.
        double tail = (1 - LEVEL) / 2;
        if (correct == 0) {
            return new Interval(0, 1 - Math.pow(tail, 1.0 / total));
        }
        if (correct == total) {
            return new Interval(Math.pow(tail, 1.0 / total), 1);
        }
        var interval = new ClopperPearsonInterval().createInterval(total, correct, LEVEL);
        return new Interval(interval.getLowerBound(), interval.getUpperBound());
    }

    private static void check(long correct, long total) {
        if (total < 1 || correct < 0 || correct > total) {
            throw new IllegalArgumentException(
                    correct + " correct of " + total + "; expected 0 <= correct <= total and at least one trial");
        }
    }
}
