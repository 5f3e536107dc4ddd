package io.reprise.analysis.circuit;

import io.reprise.tensor.Rng;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Random circuits that match a given one: as many units of each type in each layer ({@link Unit#stratum()}). */
public final class RandomCircuits {
    private final Map<String, List<Unit>> strata;
    private final Universe universe;
    private final Rng rng;

    public RandomCircuits(Universe universe, Rng rng) {
        this.universe = universe;
        this.strata = universe.strata();
        this.rng = rng;
    }

    /** One that is uniform among those with the strata of {@code circuit}. */
    public Set<Unit> like(Set<Unit> circuit) {
        universe.require(circuit);
        Set<Unit> drawn = new LinkedHashSet<>();
        strata.forEach((stratum, units) -> {
            int members = (int) units.stream().filter(circuit::contains).count();
            int[] order = rng.permutation(units.size());
            for (int i = 0; i < members; i++) {
                drawn.add(units.get(order[i]));
            }
        });
        return drawn;
    }

    /**
     * The share of the circuit's units that stand in a stratum with units outside the circuit, and so could have been others. At 0
     * a random circuit is the circuit itself and can be no control.
     */
    public double freedom(Set<Unit> circuit) {
        if (circuit.isEmpty()) {
            return 0;
        }
        long free = strata.values().stream()
                .filter(units -> !circuit.containsAll(units))
                .flatMap(List::stream)
                .filter(circuit::contains)
                .count();
        return (double) free / circuit.size();
    }
}
