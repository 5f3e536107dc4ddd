package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Two circuits from their files, and what they share. */
public final class OverlapFiles {
    private OverlapFiles() {}

    /**
     * What is compared.
     *
     * @param size of a published list's model, where the list doesn't say
     * @param headsOnly whether MLPs are left out of circuits and universe
     */
    public record Request(Path one, Path other, Optional<CircuitFile.Size> size, boolean headsOnly) {}

    /**
     * The outcome.
     *
     * @param one name of the first circuit
     * @param other name of the second
     * @param shared names of the units in both, in the order of the forward pass
     */
    public record Outcome(String one, String other, List<String> shared, StructuralOverlap overlap) {
        public Outcome {
            shared = List.copyOf(shared);
        }
    }

    /** @throws IllegalArgumentException if a file is no circuit, or the two are circuits of different models or units */
    public static Outcome compare(Request request) throws IOException {
        Circuit one = read(request.one(), request);
        Circuit other = read(request.other(), request);
        StructuralOverlap overlap = StructuralOverlap.of(one, other);
        List<String> shared = one.units().stream()
                .filter(other.units()::contains)
                .map(Unit::name)
                .toList();
        return new Outcome(one.name(), other.name(), shared, overlap);
    }

    private static Circuit read(Path file, Request request) throws IOException {
        Circuit circuit = CircuitFile.read(file, request.size());
        return request.headsOnly() ? heads(circuit) : circuit;
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
}
