package io.reprise.analysis.circuit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Units that do a task together, with where they come from.
 *
 * @param name for people
 * @param origin how it was found
 * @param universe what it was chosen from
 * @param units the members
 * @param scores what discovery said about units, members or not; empty for published lists
 * @param figures what was measured of it, by name, such as {@code trials}, {@code requested} and {@code kept}
 */
public record Circuit(
        String name,
        Origin origin,
        Universe universe,
        Set<Unit> units,
        Map<Unit, Double> scores,
        Map<String, Double> figures) {

    /**
     * How a circuit was found; what is missing is not known (published lists say little).
     *
     * @param model for people: a path or a name
     * @param fingerprint of its weights
     * @param task name of the prompts
     * @param data digest of the prompts, {@link io.reprise.data.PairSet#digest()}
     * @param processing of the weights, such as {@code fold_layer_norm}; empty for none
     */
    public record Origin(
            Optional<String> model,
            Optional<String> fingerprint,
            Optional<String> task,
            Optional<String> data,
            Optional<String> method,
            Optional<Ablation> ablation,
            Optional<Metric> metric,
            List<String> processing) {
        public Origin {
            processing = List.copyOf(processing);
        }

        public static Origin unknown() {
            return new Origin(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
        }
    }

    public Circuit {
        universe.require(units);
        universe.require(scores.keySet());
        Set<Unit> members = new LinkedHashSet<>(universe.units());
        members.retainAll(units);
        units = Collections.unmodifiableSet(members);
        scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    public int size() {
        return units.size();
    }
}
