package io.reprise.analysis.overlap.transport;

import io.reprise.analysis.circuit.Unit;

/**
 * Two components said to do the same.
 *
 * @param from of the first model
 * @param to of the second
 * @param mass what the pair weighs among all pairs
 */
public record Match(Unit from, Unit to, double mass) {
    public Match {
        if (!(mass > 0) || !Double.isFinite(mass)) {
            throw new IllegalArgumentException("the pair " + from.name() + ", " + to.name() + " has mass " + mass
                    + "; expected a positive number");
        }
    }
}
