package io.reprise.analysis.circuit.evaluation;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Measures {@link Minimality}. */
final class MeasureMinimality {
    /** Largest K; as many as the backups that a unit is usually found to have. */
    private static final int LARGEST = 3;

    private final Measurements measured;
    private final Universe universe;
    private final int knockouts;
    private final Rng rng;

    MeasureMinimality(Measurements measured, int knockouts, Rng rng) {
        this.measured = measured;
        this.universe = measured.model().universe();
        this.knockouts = knockouts;
        this.rng = rng;
    }

    /** A unit's largest change, and after which K. */
    private record Largest(double change, Set<Unit> knockout) {}

    Minimality of(Set<Unit> circuit, int atMost) {
        List<Set<Unit>> taken = new ArrayList<>(List.of(Set.of()));
        for (int k = 0; k < knockouts && !circuit.isEmpty(); k++) {
            taken.add(few(circuit));
        }
        List<Unit> outside = new ArrayList<>(universe.without(circuit));
        List<Double> others = new ArrayList<>();
        int[] order = rng.permutation(outside.size());
        for (int i = 0; i < Math.min(atMost, outside.size()); i++) {
            others.add(largest(circuit, outside.get(order[i]), taken).change());
        }
        List<Minimality.Change> changes = new ArrayList<>();
        for (Unit unit : universe.inOrder(circuit)) {
            Largest largest = largest(circuit, unit, taken);
            long asLarge =
                    others.stream().filter(other -> other >= largest.change()).count();
            changes.add(new Minimality.Change(
                    unit.name(),
                    largest.change(),
                    largest.knockout().stream().map(Unit::name).toList(),
                    others.isEmpty() ? Optional.empty() : Optional.of((1.0 + asLarge) / (others.size() + 1.0))));
        }
        Optional<Double> mean = others.isEmpty()
                ? Optional.empty()
                : Optional.of(others.stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow());
        return new Minimality(taken.size(), changes, others.size(), mean);
    }

    private Largest largest(Set<Unit> circuit, Unit unit, List<Set<Unit>> taken) {
        Largest largest = new Largest(-1, Set.of());
        for (Set<Unit> out : taken) {
            Set<Unit> with = new LinkedHashSet<>(circuit);
            with.removeAll(out);
            Set<Unit> without = new LinkedHashSet<>(with);
            with.add(unit);
            without.remove(unit);
            double change = Math.abs(measured.score(with) - measured.score(without));
            if (change > largest.change()) {
                Set<Unit> knockout = new LinkedHashSet<>(out);
                knockout.remove(unit);
                largest = new Largest(change, knockout);
            }
        }
        return largest;
    }

    private Set<Unit> few(Set<Unit> circuit) {
        List<Unit> units = new ArrayList<>(universe.inOrder(circuit));
        int size = 1 + rng.nextInt(Math.min(LARGEST, units.size()));
        int[] order = rng.permutation(units.size());
        Set<Unit> few = new LinkedHashSet<>();
        for (int i = 0; i < size; i++) {
            few.add(units.get(order[i]));
        }
        return universe.inOrder(few);
    }
}
