package io.reprise.analysis.circuit.evaluation;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All units of a universe, the most important first. */
public record Ranking(Universe universe, List<Unit> units) {
    /** What makes a unit important. */
    public enum Order {
        /** A large score, whatever its sign. */
        MAGNITUDE,
        /** A high score; units with negative ones come last. For scores that are positive where a unit helps. */
        SIGNED;

        /** As in YAML and JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Ranking {
        units = List.copyOf(units);
        if (units.size() != universe.size() || !universe.all().equals(new HashSet<>(units))) {
            throw new IllegalArgumentException(
                    "a ranking of " + units.size() + " units; expected each of the " + universe + " once");
        }
    }

    /** By scores; of equal ones the earlier in the forward pass comes first, and units without a score come last. */
    public static Ranking of(Universe universe, Map<Unit, Double> scores, Order order) {
        universe.require(scores.keySet());
        scores.forEach((unit, score) -> {
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException(
                        "the score of " + unit.name() + " is " + score + "; expected finite numbers");
            }
        });
        List<Unit> units = new ArrayList<>(universe.units());
        units.sort(Comparator.comparingDouble((Unit unit) -> {
                    double score = scores.getOrDefault(unit, Double.NEGATIVE_INFINITY);
                    return order == Order.MAGNITUDE && scores.containsKey(unit) ? Math.abs(score) : score;
                })
                .reversed());
        return new Ranking(universe, units);
    }

    /** One that puts units of the same type and layer at the same places, but any of them. */
    Ranking shuffled(Rng rng) {
        Map<String, List<Unit>> left = new LinkedHashMap<>();
        universe.strata().forEach((stratum, members) -> {
            List<Unit> order = new ArrayList<>();
            for (int i : rng.permutation(members.size())) {
                order.add(members.get(i));
            }
            left.put(stratum, order);
        });
        return new Ranking(
                universe,
                units.stream()
                        .map(unit -> {
                            List<Unit> stratum = left.get(unit.stratum());
                            return stratum.remove(stratum.size() - 1);
                        })
                        .toList());
    }
}
