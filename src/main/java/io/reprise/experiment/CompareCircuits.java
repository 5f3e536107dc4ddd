package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.within.PairwiseOverlap;
import io.reprise.analysis.overlap.within.ScoreOverlap;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.run.OverlapResults;
import io.reprise.run.OverlapResults.Comparison;
import io.reprise.run.OverlapResults.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Circuits from files, and what every two of them share: heads alone and with MLPs, where circuits are made of such nodes. */
final class CompareCircuits {
    private final List<Path> files;
    private final List<Circuit> circuits;

    private CompareCircuits(List<Path> files, List<Circuit> circuits) {
        this.files = files;
        this.circuits = circuits;
    }

    /**
     * Reads all files and says at once which circuits cannot be compared.
     *
     * @throws IllegalArgumentException if a file is no circuit, two have one name, or they are of different models or units
     */
    static CompareCircuits read(List<Path> files) throws IOException {
        List<Circuit> circuits = new ArrayList<>();
        Map<String, Path> names = new LinkedHashMap<>();
        for (Path file : files) {
            Circuit circuit = CircuitFile.read(file);
            Circuit named = named(circuit, circuit.name().replaceAll("[^A-Za-z0-9_]+", "_"));
            Path twin = names.put(named.name(), file);
            if (twin != null) {
                throw new IllegalArgumentException(
                        "circuits: " + twin + " and " + file + " both hold a circuit named " + named.name()
                                + "; give it another \"name\" in one of them, which metrics and files are called by");
            }
            circuits.add(named);
        }
        for (int i = 1; i < circuits.size(); i++) {
            StructuralOverlap.requireSame(circuits.get(i), circuits.get(0));
        }
        return new CompareCircuits(List.copyOf(files), List.copyOf(circuits));
    }

    /** In the order of the files. */
    List<Circuit> circuits() {
        return circuits;
    }

    /** Of the model that they are of. */
    String words() {
        Universe universe = circuits.get(0).universe();
        return circuits.get(0)
                        .origin()
                        .model()
                        .map(model -> "circuits of " + model + ": ")
                        .orElse("")
                + universe;
    }

    OverlapResults results(ScoreOverlap scores) {
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < circuits.size(); i++) {
            Circuit.Origin origin = circuits.get(i).origin();
            sources.add(new Source(
                    circuits.get(i).name(), files.get(i).toString(), origin.model(), origin.task(), origin.method()));
        }
        Universe universe = circuits.get(0).universe();
        List<Comparison> comparisons = new ArrayList<>();
        if (universe.kind() == Universe.Kind.NODES && universe.shape().hasMlps()) {
            comparisons.add(new Comparison(
                    "heads",
                    "heads",
                    PairwiseOverlap.of(
                            circuits.stream().map(CompareCircuits::heads).toList(), scores)));
        }
        comparisons.add(new Comparison(universe.kind().key(), units(universe), PairwiseOverlap.of(circuits, scores)));
        return new OverlapResults(sources, comparisons);
    }

    private static String units(Universe universe) {
        return switch (universe.kind()) {
            case NODES -> universe.shape().hasMlps() ? "heads and MLPs" : "heads";
            case NEURONS -> "heads and neurons";
            case EDGES -> "edges";
            case CHANNELS -> "channels by role";
        };
    }

    /** {@code overlap/heads/numerals-months/jaccard} and so on, what is not identifiable left out. */
    static Map<String, Double> metrics(OverlapResults results) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (Comparison comparison : results.comparisons()) {
            PairwiseOverlap all = comparison.overlap();
            String prefix = "overlap/" + comparison.key() + "/";
            metrics.put(prefix + "all/shared", (double) all.core().size());
            metrics.put(prefix + "all/expected_shared", all.expectedCore());
            metrics.put(prefix + "all/union", (double) all.union());
            for (PairwiseOverlap.Pair pair : all.pairs()) {
                metrics(metrics, prefix + pair.one() + "-" + pair.other() + "/", pair, all.universe());
            }
        }
        metrics.values().removeIf(value -> !Double.isFinite(value));
        return metrics;
    }

    private static void metrics(Map<String, Double> metrics, String name, PairwiseOverlap.Pair pair, int universe) {
        StructuralOverlap overlap = pair.overlap();
        metrics.put(name + "shared", (double) overlap.shared());
        metrics.put(name + "expected_shared", (double) overlap.a() * overlap.b() / universe);
        metrics.put(name + "stratified_expected_shared", overlap.stratified().expectedShared());
        metrics.put(name + "jaccard", overlap.jaccard());
        metrics.put(name + "expected_jaccard", overlap.expectedJaccard());
        metrics.put(name + "stratified_expected_jaccard", overlap.stratified().expectedJaccard());
        metrics.put(name + "overlap_coefficient", overlap.overlapCoefficient());
        metrics.put(name + "contained", overlap.containedA());
        metrics.put(name + "contains", overlap.containedB());
        overlap.adjustedJaccard().ifPresent(value -> metrics.put(name + "adjusted_jaccard", value));
        overlap.stratified()
                .expectedAdjusted()
                .ifPresent(value -> metrics.put(name + "stratified_expected_adjusted_jaccard", value));
        overlap.kappa().ifPresent(value -> metrics.put(name + "kappa", value));
        metrics.put(name + "log_p", overlap.logP());
        metrics.put(name + "stratified_log_p", overlap.stratified().logP());
        pair.q().ifPresent(value -> metrics.put(name + "q", value));
        pair.stratifiedQ().ifPresent(value -> metrics.put(name + "stratified_q", value));
        pair.scores().ifPresent(scores -> scores.measures()
                .forEach((measure, found) -> found.value().ifPresent(value -> metrics.put(name + measure, value))));
    }

    /** The circuit's heads, among the heads. */
    static Circuit heads(Circuit circuit) {
        if (circuit.universe().kind() != Universe.Kind.NODES) {
            throw new IllegalArgumentException(circuit.name() + " is a circuit of "
                    + circuit.universe().kind().key() + "; heads alone can be compared of circuits of nodes");
        }
        Set<Unit> units = circuit.units().stream()
                .filter(Unit.Head.class::isInstance)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Map<Unit, Double> scores = new LinkedHashMap<>(circuit.scores());
        scores.keySet().removeIf(unit -> !(unit instanceof Unit.Head));
        return new Circuit(
                circuit.name(),
                circuit.origin(),
                Universe.heads(circuit.universe().shape()),
                units,
                scores,
                circuit.figures());
    }

    /** The same circuit under another name. */
    static Circuit named(Circuit circuit, String name) {
        return new Circuit(
                name, circuit.origin(), circuit.universe(), circuit.units(), circuit.scores(), circuit.figures());
    }

    /** What the pairs share, in a sentence. */
    static Optional<String> answer(OverlapResults results) {
        return results.comparisons().stream()
                .map(comparison -> "Of " + comparison.overlap().universe() + " " + comparison.units() + ", "
                        + comparison.overlap().pairs().stream()
                                .map(pair -> pair.one() + " and " + pair.other() + " share "
                                        + pair.overlap().shared())
                                .collect(Collectors.joining(", "))
                        + ".")
                .reduce((one, other) -> one + " " + other);
    }
}
