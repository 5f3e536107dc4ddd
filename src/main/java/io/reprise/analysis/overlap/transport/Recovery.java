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

    /** Numerators and denominators of one patch, per prompt. */
    static final class Ratio {
        private final double[] over;
        private final double[] under;
        private final double sign;

        Ratio(double[] over, double[] under) {
            this.over = over;
            this.under = under;
            this.sign = Math.signum(mean(under));
        }

        private double over(double[] prompts) {
            return sign * sum(over, prompts);
        }

        private double under(double[] prompts) {
            return sign * sum(under, prompts);
        }

        private static double sum(double[] values, double[] prompts) {
            double sum = 0;
            for (double prompt : prompts) {
                sum += values[(int) prompt];
            }
            return sum;
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

    /**
     * One ratio, or of several what all numerators recover of all denominators, each counted in the direction of its denominator: a
     * mean of the ratios would be ruled by components that do next to nothing. The same prompts are resampled for all.
     */
    Recovered of(List<Ratio> ratios) {
        double[] prompts =
                IntStream.range(0, ratios.get(0).under.length).asDoubleStream().toArray();
        // always the same stream: intervals of one pair are over the same resamples
        double whole = share(ratios, prompts);
        Interval interval = Bootstrap.percentile(
                prompts,
                drawn -> {
                    double ratio = share(ratios, drawn);
                    return Double.isNaN(ratio) ? whole : ratio;
                },
                resamples,
                rng.at(0));
        return new Recovered(whole, interval);
    }

    private static double share(List<Ratio> ratios, double[] prompts) {
        double over = ratios.stream().mapToDouble(ratio -> ratio.over(prompts)).sum();
        double under =
                ratios.stream().mapToDouble(ratio -> ratio.under(prompts)).sum();
        // a resample in which the clean values do nothing at all says nothing
        return under == 0 ? Double.NaN : over / under;
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static String shown(double value) {
        return String.format(java.util.Locale.ROOT, "%.3g", value);
    }
}
