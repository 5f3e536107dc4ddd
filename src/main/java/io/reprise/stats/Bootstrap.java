package io.reprise.stats;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Resampling with replacement (Efron 1979). */
public final class Bootstrap {
    private Bootstrap() {}

    /**
     * The 95% percentile interval of {@code statistic} over {@code resamples} resamples of {@code values}: the order statistics
     * at 2.5% and 97.5%, interpolated linearly between ranks.
     */
    public static Interval percentile(double[] values, ToDoubleFunction<double[]> statistic, int resamples, Rng rng) {
        if (values.length == 0 || resamples < 2) {
            throw new IllegalArgumentException(values.length + " values and " + resamples
                    + " resamples; expected at least 1 value and 2 resamples");
        }
        double[] statistics = new double[resamples];
        double[] resample = new double[values.length];
        for (int r = 0; r < resamples; r++) {
            for (int i = 0; i < resample.length; i++) {
                resample[i] = values[rng.nextInt(values.length)];
            }
            statistics[r] = statistic.applyAsDouble(resample);
            if (!Double.isFinite(statistics[r])) {
                throw new IllegalArgumentException(
                        "the statistic of a resample is " + statistics[r] + ", expected a finite number");
            }
        }
        Arrays.sort(statistics);
        double tail = (1 - Proportions.LEVEL) / 2;
        return new Interval(quantile(statistics, tail), quantile(statistics, 1 - tail));
    }

    /** The order statistic at {@code share} of {@code sorted}, interpolated linearly between ranks (Hyndman and Fan 1996, type 7). */
    public static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
