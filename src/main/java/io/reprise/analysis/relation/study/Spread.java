package io.reprise.analysis.relation.study;

import io.reprise.stats.Interval;
import io.reprise.stats.Summary;
import java.util.List;
import java.util.Optional;

/**
 * One measure over trials.
 *
 * @param n trials
 * @param mean arithmetic mean
 * @param sd sample standard deviation (divisor n − 1); absent for one trial
 * @param se sd/√n; absent for one trial
 * @param interval Student's 95% interval of the mean, whose ends may lie outside 0..1; absent for one trial
 */
public record Spread(int n, double mean, Optional<Double> sd, Optional<Double> se, Optional<Interval> interval) {
    /** @throws IllegalArgumentException if there is no value, or one is not finite */
    public static Spread of(List<Double> values) {
        Summary summary =
                Summary.of(values.stream().mapToDouble(Double::doubleValue).toArray());
        boolean several = summary.n() > 1;
        return new Spread(
                summary.n(),
                summary.mean(),
                several ? Optional.of(summary.sd()) : Optional.empty(),
                several ? Optional.of(summary.sd() / Math.sqrt(summary.n())) : Optional.empty(),
                several ? Optional.of(summary.interval()) : Optional.empty());
    }
}
