package io.reprise.stats;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.special.Gamma;

/**
 * How many members two sets share by chance: the distribution of |A ∩ B| for random sets of given sizes, drawn from one population
 * or, stratum by stratum, from several. Exact, and in logarithms, so that small tails don't vanish.
 */
public final class Hypergeometric {
    private final double[] logs; // by number shared, from 0

    private Hypergeometric(double[] logs) {
        this.logs = logs;
    }

    /**
     * Two sets of {@code a} and {@code b} members of a population of {@code n}.
     *
     * @throws IllegalArgumentException if a set is larger than the population
     */
    public static Hypergeometric of(int n, int a, int b) {
        if (n < 0 || a < 0 || b < 0 || a > n || b > n) {
            throw new IllegalArgumentException(
                    "sets of " + a + " and " + b + " members of " + n + "; expected sizes from 0 to " + n);
        }
        double[] logs = new double[Math.min(a, b) + 1];
        double all = choose(n, b);
        for (int x = 0; x < logs.length; x++) {
            logs[x] = a + b - x > n ? Double.NEGATIVE_INFINITY : choose(a, x) + choose(n - a, b - x) - all;
        }
        return new Hypergeometric(logs);
    }

    /** The sum of this and an independent number: strata taken together. */
    public Hypergeometric plus(Hypergeometric other) {
        double[] sum = new double[logs.length + other.logs.length - 1];
        double[] terms = new double[Math.min(logs.length, other.logs.length)];
        for (int x = 0; x < sum.length; x++) {
            int from = Math.max(0, x - other.logs.length + 1);
            int to = Math.min(x, logs.length - 1);
            for (int i = from; i <= to; i++) {
                terms[i - from] = logs[i] + other.logs[x - i];
            }
            sum[x] = logSum(terms, 0, to - from + 1);
        }
        return new Hypergeometric(sum);
    }

    /** Natural logarithm of P(X = x). */
    public double logProbability(int x) {
        return x < 0 || x >= logs.length ? Double.NEGATIVE_INFINITY : logs[x];
    }

    /** Natural logarithm of P(X ≥ x). */
    public double logTail(int x) {
        int from = Math.max(0, x);
        return from >= logs.length ? Double.NEGATIVE_INFINITY : Math.min(0, logSum(logs, from, logs.length));
    }

    /** P(X ≥ x); 0 below the smallest double, where {@link #logTail} still tells. */
    public double tail(int x) {
        return Math.exp(logTail(x));
    }

    /** A p-value that is uniform under the null: P(X &gt; x) + u·P(X = x), for u uniform in [0, 1). */
    public double randomizedTail(int x, double u) {
        return Math.min(1, Math.exp(logTail(x + 1)) + u * Math.exp(logProbability(x))); // rounding
    }

    public double mean() {
        return expectation(x -> x);
    }

    public double variance() {
        double mean = mean();
        return expectation(x -> (x - mean) * (x - mean));
    }

    /** The mean of a function of the number shared. */
    public double expectation(IntToDoubleFunction function) {
        double sum = 0;
        for (int x = 0; x < logs.length; x++) {
            double probability = Math.exp(logs[x]);
            sum += probability == 0 ? 0 : probability * function.applyAsDouble(x);
        }
        return sum;
    }

    private static double choose(int n, int k) {
        return Gamma.logGamma(n + 1.0) - Gamma.logGamma(k + 1.0) - Gamma.logGamma(n - k + 1.0);
    }

    private static double logSum(double[] terms, int from, int to) {
        double top = Arrays.stream(terms, from, to).max().orElse(Double.NEGATIVE_INFINITY);
        if (top == Double.NEGATIVE_INFINITY) {
            return top;
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.exp(terms[i] - top);
        }
        return top + Math.log(sum);
    }
}
