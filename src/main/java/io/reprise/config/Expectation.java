package io.reprise.config;

import java.util.List;
import java.util.Optional;

/**
 * A line under {@code expect:}: the bounds that a metric must keep, set before the seeds are drawn.
 *
 * @param atLeast lower bound, included
 * @param atMost upper bound, included
 * @param between both bounds, included
 * @param control a metric or baseline to show beside it, such as {@code bigram}
 */
public record Expectation(
        Optional<Double> atLeast, Optional<Double> atMost, Optional<List<Double>> between, Optional<String> control) {
    public Expectation {
        long given = List.of(atLeast, atMost, between).stream()
                .filter(Optional::isPresent)
                .count();
        if (given != 1) {
            throw new IllegalArgumentException(
                    "expected exactly one of at_least, at_most and between, got " + (given == 0 ? "none" : given));
        }
        between = between.map(List::copyOf);
        between.ifPresent(bounds -> {
            if (bounds.size() != 2 || bounds.get(0) > bounds.get(1)) {
                throw new IllegalArgumentException("between = " + bounds + "; expected [lower, upper]");
            }
        });
    }

    /** The lower bound, minus infinity if there is none. */
    public double low() {
        return between.map(bounds -> bounds.get(0)).or(() -> atLeast).orElse(Double.NEGATIVE_INFINITY);
    }

    /** The upper bound, plus infinity if there is none. */
    public double high() {
        return between.map(bounds -> bounds.get(1)).or(() -> atMost).orElse(Double.POSITIVE_INFINITY);
    }

    /** Whether a measured value keeps the bounds; NaN never does. */
    public boolean holds(double measured) {
        return measured >= low() && measured <= high();
    }

    /** "at least 0.98", "between 0.35 and 0.65". */
    public String describe() {
        if (between.isPresent()) {
            return "between " + low() + " and " + high();
        }
        return atLeast.isPresent() ? "at least " + low() : "at most " + high();
    }
}
