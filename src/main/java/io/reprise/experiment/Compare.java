package io.reprise.experiment;

import io.reprise.report.ComparisonReport;
import io.reprise.report.ComparisonTable;
import io.reprise.run.Comparison;
import io.reprise.run.RunIndex;
import io.reprise.run.RunState;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finished runs side by side, grouped by config, over seeds. */
public final class Compare {
    private static final List<String> USUAL = List.of(
            "test/determined_accuracy", "test/whole_answer", "held_out/determined_accuracy", "final/train/loss");

    private Compare() {}

    /**
     * Rows of text under headings.
     *
     * @param page where the comparison is drawn, if it is
     */
    public record Compared(List<String> headings, List<List<String>> rows, Optional<Path> page) {}

    /**
     * Writes compare.html, too, if there is one directory that all runs are of, the one given or the one that all those given are in, and
     * it can be written to.
     *
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
        Optional<Path> page =
                directory(places).filter(Files::isWritable).map(directory -> directory.resolve("compare.html"));
        if (page.isPresent()) {
            String title = "Runs of "
                    + page.get().toAbsolutePath().normalize().getParent().getFileName();
            new AtomicFile()
                    .write(page.get(), ComparisonReport.html(table(title, comparison), ComparisonReport.Preface.NONE));
        }
        return new Compared(headings(comparison), rows(comparison), page);
    }

    private static Optional<Path> directory(List<Path> places) {
        if (places.size() == 1 && !RunIndex.isRun(places.get(0))) {
            return Optional.of(places.get(0));
        }
        List<Path> parents = places.stream()
                .map(place -> place.toAbsolutePath().normalize().getParent())
                .distinct()
                .toList();
        return parents.size() == 1 && parents.get(0) != null ? Optional.of(parents.get(0)) : Optional.empty();
    }

    private static ComparisonTable table(String title, Comparison comparison) {
        List<ComparisonTable.Row> rows = new ArrayList<>();
        for (Comparison.Group group : comparison.groups()) {
            Map<String, List<Double>> values = new LinkedHashMap<>();
            for (String metric : comparison.metrics()) {
                values.put(
                        metric,
                        group.runs().stream()
                                .map(run -> Optional.ofNullable(run.metrics().get(metric))
                                        .map(Comparison.Value::last)
                                        .orElse(Double.NaN))
                                .toList());
            }
            List<String> labels =
                    group.seeds().stream().map(seed -> "seed " + seed).toList();
            rows.add(new ComparisonTable.Row(group.values(), labels, values));
        }
        List<ComparisonTable.Metric> metrics = comparison.metrics().stream()
                .map(metric -> new ComparisonTable.Metric(
                        metric, Comparison.Direction.of(metric) == Comparison.Direction.HIGHER))
                .toList();
        return new ComparisonTable(title, comparison.by(), metrics, rows);
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
