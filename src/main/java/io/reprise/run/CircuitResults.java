package io.reprise.run;

import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.overlap.within.Csi;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.analysis.overlap.within.Transfer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The content of circuits.json; the circuits themselves are files of their own.
 *
 * @param tasks a circuit each
 * @param overlaps of all pairs of tasks
 */
public record CircuitResults(List<Task> tasks, List<Overlap> overlaps) {
    /**
     * A task's circuit.
     *
     * @param name of the task, and of the circuit's file
     * @param prompts which they are
     * @param screening whether there is a circuit to be found
     * @param method how it was found
     * @param size units in the circuit
     * @param universe units that there are
     * @param score share of the model's metric that it keeps, on prompts that it was not found on
     * @param own how it does beside random circuits there
     * @param evaluation its figures there, one by one
     * @param check greedy pruning against every subset, where they are few enough to be measured
     */
    public record Task(
            String name,
            String prompts,
            Screening screening,
            String method,
            int size,
            int universe,
            double score,
            Transfer.Result own,
            CircuitEvaluation evaluation,
            Optional<String> check) {}

    /**
     * Two tasks' circuits.
     *
     * @param csi empty if no split gave two circuits that are neither empty nor the whole model
     * @param forward how the first task's circuit does on the second task
     * @param backward how the second task's does on the first
     */
    public record Overlap(
            String one,
            String other,
            StructuralOverlap structural,
            Optional<Csi.Result> csi,
            Transfer.Result forward,
            Transfer.Result backward) {}

    public CircuitResults {
        tasks = List.copyOf(tasks);
        overlaps = List.copyOf(overlaps);
    }

    /** @throws IOException naming the file, what is wrong and where */
    public static CircuitResults read(Path file) throws IOException {
        return Json.read(file, CircuitResults.class);
    }
}
