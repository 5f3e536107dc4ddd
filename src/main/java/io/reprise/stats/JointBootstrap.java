package io.reprise.stats;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Resampling of things that were measured several times each: a drawn thing brings all its measurements with it. */
public final class JointBootstrap {
    private JointBootstrap() {}

    /**
     * The 95% percentile interval of a function of the columns' means.
     *
     * @param columns as many values each, one per thing
     * @param ofMeans of the columns' means, in their order; NaN where a resample has no value, such as a ratio whose denominator has
     *     the wrong sign. Such resamples count as beyond both ends
     * @return empty if an end falls among the resamples without a value
     */
    public static Optional<Interval> percentile(
            List<double[]> columns, ToDoubleFunction<double[]> ofMeans, int resamples, Rng rng) {
        if (columns.isEmpty() || columns.get(0).length == 0 || resamples < 2) {
            throw new IllegalArgumentException(columns.size() + " columns and " + resamples
                    + " resamples; expected at least 1 column with values and 2 resamples");
        }
        int n = columns.get(0).length;
        if (columns.stream().anyMatch(column -> column.length != n)) {
            throw new IllegalArgumentException("columns have "
                    + columns.stream().map(column -> column.length).toList() + " values; expected as many in each");
        }
        double[] statistics = new double[resamples];
        double[] means = new double[columns.size()];
        int[] drawn = new int[n];
        int lost = 0;
        for (int r = 0; r < resamples; r++) {
            Arrays.setAll(drawn, i -> rng.nextInt(n));
            Arrays.setAll(means, column -> mean(columns.get(column), drawn));
            double value = ofMeans.applyAsDouble(means);
            if (Double.isNaN(value)) {
                lost++;
            }
            statistics[r] = value;
        }
        double tail = (1 - Proportions.LEVEL) / 2;
        if (lost > 0 && lost >= (int) (tail * (resamples - 1))) {
            return Optional.empty();
        }
        Arrays.sort(statistics); // NaN comes last, where it stands for beyond the upper end
        double high = Bootstrap.quantile(statistics, 1 - tail);
        double[] lower = new double[resamples];
        Arrays.fill(lower, 0, lost, Double.NaN);
        System.arraycopy(statistics, 0, lower, lost, resamples - lost);
        return Optional.of(new Interval(Bootstrap.quantile(lower, tail), high));
    }

    private static double mean(double[] values, int[] drawn) {
        double sum = 0;
        for (int i : drawn) {
            sum += values[i];
        }
        return sum / drawn.length;
    }
}
