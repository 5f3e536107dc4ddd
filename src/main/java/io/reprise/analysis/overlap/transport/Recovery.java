package io.reprise.analysis.overlap.transport;

import io.reprise.stats.Bootstrap;
import io.reprise.stats.Interval;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Ratios of means over the same prompts, and their intervals. */
final class Recovery {
    /** Of what the whole clean run changes: less than that could be float32 rounding, which no standard error sees. */
    private static final double LEAST = 1e-3;

    private final int resamples;
    private final Rng rng;

    Recovery(int resamples, Rng rng) {
        this.resamples = resamples;
        this.rng = rng;
    }

    /** Numerators and denominators of one patch, per prompt, and what it weighs among others. */
    static final class Ratio {
        private final double weight;
        private final double[] over;
        private final double[] under;

        Ratio(double weight, double[] over, double[] under) {
            this.weight = weight;
            this.over = over;
            this.under = under;
        }

        private double of(double[] prompts) {
            double numerator = 0;
            double denominator = 0;
            for (double prompt : prompts) {
                numerator += over[(int) prompt];
                denominator += under[(int) prompt];
            }
            // a resample in which the clean value does nothing at all says nothing
            return denominator == 0 ? Double.NaN : numerator / denominator;
        }
    }

    /**
     * Why a ratio over this denominator cannot be told; empty if it can.
     *
     * @param whole what the whole clean run changes
     */
    static Optional<String> problem(double[] under, double whole) {
        if (under.length < 2) {
            return Optional.of("one prompt has no spread; give at least two");
        }
        Summary summary = Summary.of(under);
        double error = summary.sd() / Math.sqrt(under.length);
        String change = "the component's own clean value changes the metric by " + shown(summary.mean());
        if (!(Math.abs(summary.mean()) > 2 * error)) {
            return Optional.of(change + ", below two standard errors (" + shown(2 * error) + ")");
        }
        return Math.abs(summary.mean()) > LEAST * Math.abs(whole)
                ? Optional.empty()
                : Optional.of(change + ", which is nothing beside the " + shown(whole) + " of the whole clean run");
    }

    /** The mean of the ratios by weight. The same prompts are resampled for all. */
    Recovered of(List<Ratio> ratios) {
        double[] prompts =
                IntStream.range(0, ratios.get(0).under.length).asDoubleStream().toArray();
        // always the same stream: intervals of one pair are over the same resamples
        double whole = mean(ratios, prompts);
        Interval interval = Bootstrap.percentile(
                prompts,
                drawn -> {
                    double ratio = mean(ratios, drawn);
                    return Double.isNaN(ratio) ? whole : ratio;
                },
                resamples,
                rng.at(0));
        return new Recovered(whole, interval);
    }

    private static double mean(List<Ratio> ratios, double[] prompts) {
        double weights = ratios.stream().mapToDouble(ratio -> ratio.weight).sum();
        return ratios.stream()
                        .mapToDouble(ratio -> ratio.weight * ratio.of(prompts))
                        .sum()
                / weights;
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static String shown(double value) {
        return String.format(java.util.Locale.ROOT, "%.3g", value);
    }
}
