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

    /** @throws IllegalArgumentException if the two cannot be of one model, or are made of other kinds of units */
    public void requireSameModel(Circuit other) {
        requireUniverse(other.universe, other.name);
        Optional<String> mine = origin.fingerprint();
        Optional<String> theirs = other.origin.fingerprint();
        if (mine.isPresent() && theirs.isPresent() && !mine.equals(theirs)) {
            throw new IllegalArgumentException(name + " is a circuit of another model than " + other.name
                    + ": the weights' fingerprints are " + mine.get() + " and " + theirs.get()
                    + ". Give circuits of one model");
        }
    }

    /**
     * @param owner whose universe it is, for the message
     * @throws IllegalArgumentException if this circuit was chosen from another universe
     */
    public void requireUniverse(Universe wanted, String owner) {
        if (universe.kind() != wanted.kind()) {
            throw new IllegalArgumentException(
                    name + " is made of " + universe.kind().key() + " and " + owner + " of "
                            + wanted.kind().key() + ". Give circuits of one granularity");
        }
        if (!universe.same(wanted)) {
            throw new IllegalArgumentException(name + " is a circuit of another model: it was chosen from " + universe
                    + ", " + owner + " has " + wanted
                    + (universe.shape().equals(wanted.shape()) ? " with other roles" : "")
                    + ". Give a circuit of this model");
        }
    }

    public int size() {
        return units.size();
    }
}
