package io.reprise.analysis.overlap.transport;

import java.util.List;
import java.util.Optional;

/**
 * What transport found.
 *
 * @param task name of the prompts
 * @param metric key
 * @param prompts how many
 * @param spec as asked for
 * @param pairs in the order of the matches
 * @param all the pairs whose effect is known, together; empty if there is none
 */
public record TransportResult(
        String task, String metric, int prompts, TransportSpec spec, List<Pair> pairs, Optional<Aggregate> all) {
    /**
     * One matched pair.
     *
     * @param from component of the first model
     * @param to component of the second
     * @param mass of the match
     * @param penalty of the map; 0 without one
     * @param heldOutError share of the second stream's variance on held-out random sequences that the map leaves unexplained
     * @param corrupt mean metric of the second model's corrupt run
     * @param own mean metric when the second component's own clean value is put in
     * @param problem why the fractions cannot be told, if they cannot
     * @param transport what the mapped component recovers; empty with a problem
     * @param controls none with a problem
     */
    public record Pair(
            String from,
            String to,
            double mass,
            double penalty,
            double heldOutError,
            double corrupt,
            double own,
            Optional<String> problem,
            Optional<Recovered> transport,
            List<Control> controls) {
        public Pair {
            controls = List.copyOf(controls);
        }
    }

    /**
     * All pairs together: what is recovered of all that the matches' own clean values do.
     *
     * @param share of the mass that is in it
     * @param controls of each kind the strongest of every pair that has one
     */
    public record Aggregate(double share, Recovered transport, List<Control> controls) {
        public Aggregate {
            controls = List.copyOf(controls);
        }
    }

    public TransportResult {
        pairs = List.copyOf(pairs);
    }
}
