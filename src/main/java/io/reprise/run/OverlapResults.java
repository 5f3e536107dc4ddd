package io.reprise.run;

import io.reprise.analysis.overlap.within.PairwiseOverlap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The content of overlaps.json: circuits from files, and what every two of them share. The circuits themselves are files of their
 * own, as in circuits.json.
 *
 * @param circuits where each comes from
 * @param comparisons by what is compared: heads alone, heads and MLPs
 */
public record OverlapResults(List<Source> circuits, List<Comparison> comparisons) {
    /**
     * A circuit's file.
     *
     * @param file as it was given
     * @param model empty if the file doesn't say; so with {@code task} and {@code method}
     */
    public record Source(
            String name, String file, Optional<String> model, Optional<String> task, Optional<String> method) {}

    /**
     * All pairs, in one universe.
     *
     * @param key in metrics: heads, nodes
     * @param units in words: heads and MLPs
     */
    public record Comparison(String key, String units, PairwiseOverlap overlap) {}

    public OverlapResults {
        circuits = List.copyOf(circuits);
        comparisons = List.copyOf(comparisons);
    }

    /** @throws IOException naming the file, what is wrong and where */
    public static OverlapResults read(Path file) throws IOException {
        return Json.read(file, OverlapResults.class);
    }
}
