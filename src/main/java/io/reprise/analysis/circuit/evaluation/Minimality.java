package io.reprise.analysis.circuit.evaluation;

import java.util.List;
import java.util.Optional;

/**
 * Whether every unit of a circuit does something (Wang et al. 2023, Interpretability in the wild, section 4): the change
 * |m(C∖K) − m((C∖K)∖v)| of the metric for the best K of a few small ones, since a unit may matter only when its stand-in is gone.
 * Beside it the same change for units that are not in the circuit, put into it: what a redundant unit looks like (Shi et al. 2024,
 * Hypothesis testing the circuit hypothesis in LLMs).
 *
 * @param knockouts the number of K: none, and small random sets of the circuit's units
 * @param units the circuit's, in the order of the forward pass
 * @param others how many units from outside were tried, at most as many as random circuits
 * @param otherMean their mean change; empty if the circuit is the model
 */
public record Minimality(int knockouts, List<Change> units, int others, Optional<Double> otherMean) {
    /**
     * What one unit changes.
     *
     * @param unit its name
     * @param change in units of the metric
     * @param knockout the K for which it is largest, as names
     * @param p (1 + units from outside that change as much) / (others + 1); empty if the circuit is the model
     */
    public record Change(String unit, double change, List<String> knockout, Optional<Double> p) {
        public Change {
            knockout = List.copyOf(knockout);
        }
    }

    public Minimality {
        units = List.copyOf(units);
    }
}
