package io.reprise.analysis.circuit.discovery;

import java.util.Optional;

/**
 * How greedy pruning goes on.
 *
 * @param keepPercent a unit stays out if more than this much of the model's performance is left, in %
 * @param oneIteration stop after one backward and one forward sweep, stable or not
 * @param orderSeed a random order for each sweep; the published order if missing
 */
public record PruningOptions(double keepPercent, boolean oneIteration, Optional<Long> orderSeed) {
    public PruningOptions {
        if (!(keepPercent > 0 && keepPercent < 100)) {
            throw new IllegalArgumentException(
                    "keep_percent = " + keepPercent
                            + "; expected more than 0 and less than 100, such as 80: what a circuit must keep of the model's score");
        }
    }

    /** 80%, until stable, in the published order. */
    public static PruningOptions defaults() {
        return new PruningOptions(80, false, Optional.empty());
    }

    public PruningOptions withOrderSeed(long seed) {
        return new PruningOptions(keepPercent, oneIteration, Optional.of(seed));
    }
}
