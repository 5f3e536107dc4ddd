package io.reprise.analysis.overlap.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Unit;
import io.reprise.stats.FalseDiscovery;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Several circuits of one universe: what every two of them share, and what all do. p-values come with q, adjusted for the number of
 * pairs by Benjamini and Hochberg; pairs of which nothing can be said are no tests and don't count.
 *
 * @param universe how many units there are
 * @param circuits names and sizes
 * @param core names of the units that all circuits have, in the order of the forward pass
 * @param expectedCore how many units random circuits of these sizes all have, on average: N · Π(size / N)
 * @param union how many units are in any of them
 * @param pairs first with second, first with third, …
 */
public record PairwiseOverlap(
        int universe, List<Member> circuits, List<String> core, double expectedCore, int union, List<Pair> pairs) {

    /** A circuit. */
    public record Member(String name, int size) {}

    /**
     * Two circuits.
     *
     * @param shared names of the units in both, in the order of the forward pass
     * @param q adjusted p for random circuits of these sizes; empty if the overlap is not identifiable
     * @param stratifiedQ adjusted p for random circuits of the same types and layers; empty likewise
     * @param scores without a threshold; empty unless both have scores of at least two units
     */
    public record Pair(
            String one,
            String other,
            List<String> shared,
            StructuralOverlap overlap,
            Optional<Double> q,
            Optional<Double> stratifiedQ,
            Optional<ScoreOverlap.Result> scores) {
        public Pair {
            shared = List.copyOf(shared);
        }

        private Pair adjusted(double newQ, double newStratifiedQ) {
            return new Pair(one, other, shared, overlap, Optional.of(newQ), Optional.of(newStratifiedQ), scores);
        }
    }

    public PairwiseOverlap {
        circuits = List.copyOf(circuits);
        core = List.copyOf(core);
        pairs = List.copyOf(pairs);
    }

    /**
     * Compares every two of these.
     *
     * @param circuits two or more, with names of their own
     * @param scores how scores are compared, where both circuits have some
     * @throws IllegalArgumentException if they are circuits of different models or units, or two have one name
     */
    public static PairwiseOverlap of(List<Circuit> circuits, ScoreOverlap scores) {
        if (circuits.size() < 2) {
            throw new IllegalArgumentException(circuits.size() + " circuit; give two or more to compare");
        }
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < circuits.size(); i++) {
            for (int j = i + 1; j < circuits.size(); j++) {
                pairs.add(pair(circuits.get(i), circuits.get(j), scores));
            }
        }
        Set<Unit> core = new LinkedHashSet<>(circuits.get(0).units());
        Set<Unit> union = new LinkedHashSet<>();
        int universe = circuits.get(0).universe().size();
        double expectedCore = universe;
        for (Circuit circuit : circuits) {
            core.retainAll(circuit.units());
            union.addAll(circuit.units());
            expectedCore *= (double) circuit.size() / universe;
        }
        return new PairwiseOverlap(
                universe,
                circuits.stream()
                        .map(circuit -> new Member(circuit.name(), circuit.size()))
                        .toList(),
                core.stream().map(Unit::name).toList(),
                expectedCore,
                union.size(),
                adjusted(pairs));
    }

    private static Pair pair(Circuit one, Circuit other, ScoreOverlap scores) {
        if (one.name().equals(other.name())) {
            throw new IllegalArgumentException(
                    "two circuits are named " + one.name() + "; give them names of their own to tell them apart");
        }
        StructuralOverlap overlap = StructuralOverlap.of(one, other);
        long scored = one.scores().keySet().stream()
                .filter(other.scores()::containsKey)
                .count();
        return new Pair(
                one.name(),
                other.name(),
                one.units().stream()
                        .filter(other.units()::contains)
                        .map(Unit::name)
                        .toList(),
                overlap,
                Optional.empty(),
                Optional.empty(),
                scored < 2 ? Optional.empty() : Optional.of(scores.of(one, other)));
    }

    private static List<Pair> adjusted(List<Pair> pairs) {
        List<Pair> tests = pairs.stream()
                .filter(pair -> pair.overlap().problem().isEmpty())
                .toList();
        double[] q = adjust(tests, StructuralOverlap::p);
        double[] stratified = adjust(tests, overlap -> overlap.stratified().p());
        return pairs.stream()
                .map(pair -> {
                    int test = tests.indexOf(pair);
                    return test < 0 ? pair : pair.adjusted(q[test], stratified[test]);
                })
                .toList();
    }

    private static double[] adjust(List<Pair> tests, ToDoubleFunction<StructuralOverlap> p) {
        return FalseDiscovery.adjust(tests.stream()
                .mapToDouble(pair -> p.applyAsDouble(pair.overlap()))
                .toArray());
    }
}
