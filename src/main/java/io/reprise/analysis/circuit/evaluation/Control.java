package io.reprise.analysis.circuit.evaluation;

import io.reprise.stats.Bootstrap;
import io.reprise.stats.Interval;
import java.util.Arrays;

/**
 * A figure of random circuits that have as many units of each type in each layer as the circuit.
 *
 * @param circuits how many
 * @param mean of the figure
 * @param range from 2.5% to 97.5% of the circuits
 * @param p (1 + random circuits at least as good) / (circuits + 1); never 0 (Phipson and Smyth 2010)
 */
public record Control(int circuits, double mean, Interval range, double p) {
    /** What is good. */
    enum Better {
        /** More is. */
        MORE,
        /** Less is. */
        LESS
    }

    static Control of(double value, double[] random, Better better) {
        double[] sorted = random.clone();
        Arrays.sort(sorted);
        long asGood = Arrays.stream(random)
                .filter(other -> better == Better.MORE ? other >= value : other <= value)
                .count();
        return new Control(
                random.length,
                Arrays.stream(random).average().orElseThrow(),
                new Interval(Bootstrap.quantile(sorted, 0.025), Bootstrap.quantile(sorted, 0.975)),
                (1.0 + asGood) / (random.length + 1.0));
    }
}
