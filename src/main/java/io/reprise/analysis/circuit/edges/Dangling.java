package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes out edges that lie on no path from the embedding to the logits. An edge into any of a head's q, k and v counts as one into
 * the head. What comes from a component without input is no information about the prompt, and what nobody reads has no effect.
 */
public final class Dangling {
    private Dangling() {}

    /** Those of {@code edges} that lie on a path, in the order of the universe. */
    public static Set<Unit> without(Universe universe, Set<Unit> edges) {
        if (universe.kind() != Universe.Kind.EDGES) {
            throw new IllegalArgumentException("paths are made of edges; given were " + universe);
        }
        universe.require(edges);
        Wiring wiring = new Wiring(universe.shape());
        boolean[] fed = new boolean[wiring.senders()];
        boolean[] read = new boolean[wiring.senders()];
        fed[0] = true;
        List<Unit> units = universe.units();
        // every edge into a component comes before every edge out of it, so one sweep each way is enough
        for (Unit unit : units) {
            Unit.Edge edge = (Unit.Edge) unit;
            if (edges.contains(edge) && fed[wiring.number(edge.from())] && !isLogits(edge)) {
                fed[component(wiring, edge.to())] = true;
            }
        }
        for (int i = units.size() - 1; i >= 0; i--) {
            Unit.Edge edge = (Unit.Edge) units.get(i);
            if (edges.contains(edge) && (isLogits(edge) || read[component(wiring, edge.to())])) {
                read[wiring.number(edge.from())] = true;
            }
        }
        Set<Unit> onPaths = new LinkedHashSet<>();
        for (Unit unit : units) {
            Unit.Edge edge = (Unit.Edge) unit;
            if (edges.contains(edge)
                    && fed[wiring.number(edge.from())]
                    && (isLogits(edge) || read[component(wiring, edge.to())])) {
                onPaths.add(edge);
            }
        }
        return onPaths;
    }

    private static boolean isLogits(Unit.Edge edge) {
        return edge.to() instanceof Receiver.Logits;
    }

    /** The sender that a receiver belongs to. */
    private static int component(Wiring wiring, Receiver receiver) {
        return receiver instanceof Receiver.HeadInput input
                ? wiring.head(input.layer(), input.head())
                : wiring.mlp(receiver.layer());
    }
}
