package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Unit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Circuits from scores. Edges on no path from the embedding to the logits are taken out at the end: the circuit's figures tell how
 * many were {@code requested}, {@code selected} and {@code kept}. Of equal scores the earlier edge comes first.
 */
public final class EdgeSelection {
    private final EdgeScores scores;
    private final Order order;

    /** What makes an edge large. */
    public enum Order {
        /** Whatever the sign: what matters, for better or worse. */
        MAGNITUDE,
        /** What helps; edges that do harm come last. */
        SUPPORT
    }

    public EdgeSelection(EdgeScores scores, Order order) {
        this.scores = scores;
        this.order = order;
    }

    /** The {@code count} largest. */
    public Circuit largest(int count) {
        requireCount(count);
        List<Unit> sorted = sorted();
        return circuit("largest " + count, count, sorted.subList(0, Math.min(count, sorted.size())));
    }

    /** All that are larger than {@code threshold}. */
    public Circuit above(double threshold) {
        if (Double.isNaN(threshold)) {
            throw new IllegalArgumentException("threshold is NaN; expected a number");
        }
        List<Unit> chosen =
                sorted().stream().filter(edge -> size(edge) > threshold).toList();
        return circuit("above " + threshold, chosen.size(), chosen);
    }

    /**
     * {@code count} edges, each the largest of those that lead into what is reached already, from the logits downwards (Hanna et al.
     * 2024, section 2.2).
     */
    public Circuit greedy(int count) {
        requireCount(count);
        Map<String, List<Unit>> into = new LinkedHashMap<>();
        for (Unit unit : sorted()) {
            into.computeIfAbsent(component(((Unit.Edge) unit).to()), key -> new ArrayList<>())
                    .add(unit);
        }
        Map<Unit, Integer> rank = new LinkedHashMap<>();
        sorted().forEach(unit -> rank.put(unit, rank.size()));
        PriorityQueue<Unit> open = new PriorityQueue<>(Comparator.comparing(rank::get));
        Set<String> reached = new LinkedHashSet<>(Set.of("logits"));
        open.addAll(into.getOrDefault("logits", List.of()));
        List<Unit> chosen = new ArrayList<>();
        while (chosen.size() < count && !open.isEmpty()) {
            Unit next = open.remove();
            chosen.add(next);
            String from = ((Unit.Edge) next).from().name();
            if (reached.add(from)) {
                open.addAll(into.getOrDefault(from, List.of()));
            }
        }
        return circuit("greedy " + count, count, chosen);
    }

    private static void requireCount(int count) {
        if (count < 0) {
            throw new IllegalArgumentException(count + " edges were asked for; expected 0 or more");
        }
    }

    /** The name of the sender that a receiver belongs to. */
    private static String component(Receiver receiver) {
        return receiver instanceof Receiver.HeadInput input
                ? new Unit.Head(input.layer(), input.head()).name()
                : receiver.name();
    }

    private double size(Unit edge) {
        return order == Order.MAGNITUDE ? Math.abs(scores.effects().get(edge)) : scores.support(edge);
    }

    private List<Unit> sorted() {
        List<Unit> units = new ArrayList<>(scores.universe().units());
        units.retainAll(scores.effects().keySet());
        units.sort(Comparator.comparingDouble(this::size).reversed());
        return units;
    }

    private Circuit circuit(String rule, int requested, List<Unit> chosen) {
        Set<Unit> kept = Dangling.without(scores.universe(), new LinkedHashSet<>(chosen));
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("requested", (double) requested);
        figures.put("selected", (double) chosen.size());
        figures.put("kept", (double) kept.size());
        Circuit.Origin origin = new Circuit.Origin(
                Optional.empty(),
                Optional.empty(),
                Optional.of(scores.task()),
                Optional.of(scores.data()),
                Optional.of(scores.method()),
                Optional.of(scores.ablation()),
                Optional.of(scores.metric()),
                List.of());
        return new Circuit(
                scores.task() + ", " + scores.method() + ", " + rule,
                origin,
                scores.universe(),
                kept,
                scores.effects(),
                figures);
    }
}
