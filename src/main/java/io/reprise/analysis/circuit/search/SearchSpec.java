package io.reprise.analysis.circuit.search;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Universe;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How a circuit is looked for.
 *
 * @param units what it is made of
 * @param method how units are chosen
 * @param metric what is to be kept
 * @param ablation what takes the place of what is left out
 * @param direction which run is edited
 * @param positions roles of the positions where it is edited; all if empty
 * @param keep share of the model's metric that a circuit has to keep; 0.8 as published
 * @param steps of EAP-IG
 */
public record SearchSpec(
        Universe.Kind units,
        Method method,
        Metric metric,
        Ablation.Kind ablation,
        Ablation.Direction direction,
        List<String> positions,
        double keep,
        int steps) {
    /** How units are chosen. */
    public enum Method {
        /** Every subset of a small universe: the best of the smallest that keep enough. */
        EXHAUSTIVE,
        /** Units go one by one as long as enough is left, as published for sequence continuation. */
        GREEDY,
        /** Edges by attribution, as many as keep enough (Syed et al. 2023). */
        EAP,
        /** The same with gradients averaged along a path from the corrupt prompt (Hanna et al. 2024). */
        EAP_IG,
        /** Edges by what patching each alone does. */
        EXACT_EDGES;

        /** As in YAML and JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it chooses edges, and nothing else. */
        public boolean ofEdges() {
            return this == EAP || this == EAP_IG || this == EXACT_EDGES;
        }
    }

    public SearchSpec {
        positions = List.copyOf(positions);
        if (!(keep > 0 && keep < 1)) {
            throw new IllegalArgumentException(
                    "keep = " + keep + "; expected a share above 0 and below 1, such as 0.8");
        }
        if (steps < 1) {
            throw new IllegalArgumentException("steps = " + steps + "; expected 1 or more");
        }
        if (method.ofEdges() && units != Universe.Kind.EDGES) {
            throw new IllegalArgumentException("method = " + method.key() + " chooses edges, and units = " + units.key()
                    + "; write units: edges, or method: greedy");
        }
        new Ablation(ablation, direction, Set.copyOf(positions)); // its problems are this record's problems
    }

    public static SearchSpec defaults() {
        return new SearchSpec(
                Universe.Kind.NODES,
                Method.GREEDY,
                Metric.LOGIT_DIFFERENCE,
                Ablation.Kind.MEAN,
                Ablation.Direction.NOISING,
                List.of(),
                0.8,
                5);
    }

    public SearchSpec withUnits(Universe.Kind other) {
        return new SearchSpec(other, method, metric, ablation, direction, positions, keep, steps);
    }

    /** Kind, direction and positions together. */
    public Ablation replacement() {
        return new Ablation(ablation, direction, Set.copyOf(positions));
    }
}
