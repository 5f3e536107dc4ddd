package io.reprise.experiment;

import io.reprise.run.Comparison;
import io.reprise.run.RunIndex;
import io.reprise.run.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Finished runs side by side, grouped by config, over seeds. */
public final class Compare {
    private static final List<String> USUAL = List.of(
            "test/determined_accuracy", "test/whole_answer", "held_out/determined_accuracy", "final/train/loss");

    private Compare() {}

    /** Rows of text under headings. */
    public record Compared(List<String> headings, List<List<String>> rows) {}

    /**
     * @param by config keys that tell groups apart; what differs between the runs, if empty
     * @param metrics the usual ones that some run has, if empty
     */
    public static Compared runs(List<Path> places, List<String> by, List<String> metrics) throws IOException {
        List<Comparison.Run> runs = new ArrayList<>();
        for (Path place : places) {
            for (RunIndex.Found found : RunIndex.find(place)) {
                if (found.state() == RunState.FINISHED) {
                    runs.add(Comparison.Run.read(found.layout()));
                }
            }
        }
        List<String> keys = by.isEmpty() ? Comparison.varying(runs) : by;
        List<String> wanted = metrics.isEmpty()
                ? USUAL.stream()
                        .filter(metric ->
                                runs.stream().anyMatch(run -> run.metrics().containsKey(metric)))
                        .toList()
                : metrics;
        Comparison comparison = Comparison.of(runs, keys, wanted);
        return new Compared(headings(comparison), rows(comparison));
    }

    private static List<String> headings(Comparison comparison) {
        List<String> headings = new ArrayList<>(comparison.by());
        headings.add("seeds");
        for (String metric : comparison.metrics()) {
            headings.add(metric + " (mean ± sd)");
            headings.add("best");
        }
        return headings;
    }

    private static List<List<String>> rows(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        for (Comparison.Group group : comparison.groups()) {
            List<String> row = new ArrayList<>(group.values());
            row.add(group.seeds().stream().map(String::valueOf).collect(Collectors.joining(" ")));
            for (String metric : comparison.metrics()) {
                Comparison.Cell cell = group.cells().get(metric);
                row.add(
                        cell == null
                                ? "–"
                                : number(cell.last().mean()) + " ± "
                                        + number(cell.last().sd()));
                row.add(cell == null ? "–" : number(cell.bestOfAll()));
            }
            rows.add(row);
        }
        return rows;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.4f", value);
    }
}
