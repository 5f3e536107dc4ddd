package io.reprise.analysis.circuit.evaluation;

import java.util.List;

/**
 * Whether circuit and model still do the same when units of the circuit are taken out of both: if not, the model has more that does
 * the task than the circuit holds.
 *
 * @param knockouts how many sets K were tried: each unit of the circuit is in K with a chance of one half
 * @param incompleteness mean |m(C∖K) − m(M∖K)| over K, in units of the metric (Wang et al. 2023, Interpretability in the wild,
 *     section 4); 0 is best
 * @param worst the largest of these
 * @param worstKnockout its K, as names
 * @param divergence mean KL(M∖K ‖ C∖K) in nats over K and prompts (Miller, Chughtai and Saunders 2024, Transformer circuit
 *     evaluation metrics are not robust: the same under knockouts); 0 is best
 */
public record Completeness(
        int knockouts, Figure incompleteness, double worst, List<String> worstKnockout, Figure divergence) {
    public Completeness {
        worstKnockout = List.copyOf(worstKnockout);
    }
}
