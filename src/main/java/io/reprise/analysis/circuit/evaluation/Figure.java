package io.reprise.analysis.circuit.evaluation;

import io.reprise.stats.Estimate;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What was measured of a circuit, beside random ones.
 *
 * @param estimate with a 95% bootstrap interval over prompts
 * @param control empty if the figure is not identifiable, or if random circuits could not have been others
 */
public record Figure(Estimate estimate, Optional<Control> control) {
    /**
     * @param random the figure of random circuits; empty if there are none. Asked for only if there is an estimate
     */
    static Figure of(Estimate estimate, Supplier<Optional<double[]>> random, Control.Better better) {
        return new Figure(estimate, estimate.value().flatMap(value -> random.get()
                .map(others -> Control.of(value, others, better))));
    }
}
