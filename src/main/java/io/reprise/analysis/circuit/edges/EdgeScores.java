package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What each edge does to the metric.
 *
 * <p>Sign: {@code effects} are changes of the mean metric when this edge alone carries the other run's value, (other − own) · slope.
 * Noising an edge that the model uses makes logit difference or probability smaller: its effect is negative. Denoising it makes them
 * larger: its effect is positive. Of KL, where smaller is better, both are the other way round. {@link #support} is free of all this:
 * positive means that the edge helps.
 *
 * @param method {@code EAP}, {@code EAP-IG 5}, {@code exact}
 * @param universe edges
 * @param task name of the prompts
 * @param data digest of the prompts
 * @param effects of every edge, in the order of the universe
 */
public record EdgeScores(
        String method,
        Universe universe,
        Metric metric,
        Ablation ablation,
        String task,
        String data,
        Map<Unit, Double> effects) {
    public EdgeScores {
        universe.require(effects.keySet());
        effects.forEach((unit, effect) -> {
            if (!Double.isFinite(effect)) {
                throw new IllegalArgumentException("the effect of " + unit.name() + " is " + effect
                        + "; expected finite numbers: do the model's weights hold any that aren't?");
            }
        });
        effects = Collections.unmodifiableMap(new LinkedHashMap<>(effects));
    }

    /** How much the edge helps: the effect, with the sign turned where edits do harm or where less is better. */
    public double support(Unit edge) {
        Double effect = effects.get(edge);
        if (effect == null) {
            throw new IllegalArgumentException(edge.name() + " has no score");
        }
        return supportSign() * effect;
    }

    private int supportSign() {
        boolean turned = (ablation.direction() == Ablation.Direction.NOISING) != (metric == Metric.KL);
        return turned ? -1 : 1;
    }

    /**
     * Attribution of whole heads and MLPs: all edges out of one together (Nanda 2023, Attribution Patching). For attribution this is
     * the component's own derivative, since what it writes is read by all edges alike; of exact effects it is a sum, no more.
     */
    public Map<Unit, Double> nodeEffects() {
        Map<Unit, Double> nodes = new LinkedHashMap<>();
        Universe.nodes(universe.shape()).units().forEach(node -> nodes.put(node, 0.0));
        effects.forEach((unit, effect) -> {
            if (((Unit.Edge) unit).from() instanceof Unit node) {
                nodes.merge(node, effect, Double::sum);
            }
        });
        return nodes;
    }
}
