package io.reprise.stats;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Several measurements of one thing, for example over seeds.
 *
 * @param n how many
 * @param mean arithmetic mean
 * @param sd sample standard deviation (divisor n − 1), NaN for a single one
 * @param min smallest
 * @param max largest
 */
public record Summary(int n, double mean, double sd, double min, double max) {
    public static Summary of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values; a summary needs at least one");
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("values hold " + value + "; a summary needs finite ones");
            }
        }
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double sd = values.length == 1 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
        return new Summary(
                values.length,
                mean,
                sd,
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }

    /** Of b − a, pair by pair: its {@link #interval()} is the paired difference's. */
    public static Summary ofDifferences(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    a.length + " values against " + b.length + "; pairs need as many of both");
        }
        double[] differences = new double[a.length];
        Arrays.setAll(differences, i -> b[i] - a[i]);
        return of(differences);
    }

    /** Student's 95% interval of the mean: mean ± t(n−1) sd/√n. Needs two values. */
    public Interval interval() {
        if (n < 2) {
            throw new IllegalStateException("one value has no spread; an interval of the mean needs at least two");
        }
        double t = new TDistribution(null, n - 1).inverseCumulativeProbability(1 - (1 - Proportions.LEVEL) / 2);
        double half = t * sd / Math.sqrt(n);
        return new Interval(mean - half, mean + half);
    }
}
