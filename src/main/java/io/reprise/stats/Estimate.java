package io.reprise.stats;

import java.util.Optional;

/**
 * A figure with its 95% interval, or why there is none.
 *
 * @param value empty if it is not identifiable
 * @param interval empty where {@code value} is, or where there was nothing to resample
 * @param problem why there is no value
 */
public record Estimate(Optional<Double> value, Optional<Interval> interval, Optional<String> problem) {
    public Estimate {
        if (value.isPresent() == problem.isPresent() || (interval.isPresent() && value.isEmpty())) {
            throw new IllegalArgumentException("an estimate has a value or a reason why not; got value " + value
                    + ", interval " + interval + " and problem " + problem);
        }
        value.filter(v -> !Double.isFinite(v)).ifPresent(v -> {
            throw new IllegalArgumentException("an estimate of " + v + "; say why it is not identifiable instead");
        });
    }

    public static Estimate of(double value) {
        return new Estimate(Optional.of(value), Optional.empty(), Optional.empty());
    }

    public static Estimate of(double value, Interval interval) {
        return new Estimate(Optional.of(value), Optional.of(interval), Optional.empty());
    }

    /** Not identifiable. */
    public static Estimate none(String problem) {
        return new Estimate(Optional.empty(), Optional.empty(), Optional.of(problem));
    }
}
