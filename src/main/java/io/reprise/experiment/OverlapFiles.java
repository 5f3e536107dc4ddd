package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.overlap.within.PairwiseOverlap;
import io.reprise.analysis.overlap.within.ScoreOverlap;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Circuits from their files, and what every two of them share. */
public final class OverlapFiles {
    private OverlapFiles() {}

    /**
     * What is compared.
     *
     * @param files two or more
     * @param size of a published list's model, where the list doesn't say
     * @param headsOnly whether MLPs are left out of circuits and universe
     * @param draws permutations of scores, where circuits have some
     * @param seed of these
     */
    public record Request(List<Path> files, Optional<CircuitFile.Size> size, boolean headsOnly, int draws, long seed) {
        public Request {
            files = List.copyOf(files);
            if (files.size() < 2) {
                throw new IllegalArgumentException(
                        "one circuit, " + files.get(0) + "; give another to compare it with");
            }
        }
    }

    /** @throws IllegalArgumentException if a file is no circuit, or the circuits are of different models or units */
    public static PairwiseOverlap compare(Request request) throws IOException {
        List<Circuit> circuits = new ArrayList<>();
        for (Path file : request.files()) {
            Circuit circuit = CircuitFile.read(file, request.size());
            circuits.add(request.headsOnly() ? CompareCircuits.heads(circuit) : circuit);
        }
        return PairwiseOverlap.of(
                distinct(circuits, request.files()),
                new ScoreOverlap(request.draws(), Rng.of(request.seed()).split("overlap")));
    }

    /** Circuits of one name, such as those of several seeds, are called by their files. */
    private static List<Circuit> distinct(List<Circuit> circuits, List<Path> files) {
        List<String> names = circuits.stream().map(Circuit::name).toList();
        List<Circuit> distinct = new ArrayList<>();
        for (int i = 0; i < circuits.size(); i++) {
            boolean twice = names.indexOf(names.get(i)) != names.lastIndexOf(names.get(i));
            // a file given twice is compared with itself, under two names
            String file = files.indexOf(files.get(i)) < i
                    ? files.get(i) + " (" + (i + 1) + ")"
                    : files.get(i).toString();
            distinct.add(twice ? CompareCircuits.named(circuits.get(i), file) : circuits.get(i));
        }
        return distinct;
    }
}
