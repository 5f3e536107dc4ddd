package io.reprise.report;

import io.reprise.report.ComparisonTable.Metric;
import io.reprise.report.ComparisonTable.Row;
import io.reprise.report.ComparisonTable.Summary;
import io.reprise.run.ExpectationResult;
import io.reprise.stats.Estimate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A comparison of groups of runs, as a self-contained page and as text for a terminal. */
public final class ComparisonReport {
    private ComparisonReport() {}

    /**
     * What an experiment of several runs was for.
     *
     * @param question blank if none was asked
     * @param answer blank if none was found yet
     * @param expectations judged over all runs
     * @param comparisons of groups, by {@code comparison/<name>/<figure>}
     */
    public record Preface(
            String question, String answer, List<ExpectationResult> expectations, Map<String, Estimate> comparisons) {
        /** Of runs that share no experiment. */
        public static final Preface NONE = new Preface("", "", List.of(), Map.of());

        public Preface {
            expectations = List.copyOf(expectations);
            comparisons = Collections.unmodifiableMap(new LinkedHashMap<>(comparisons));
        }
    }

    /** The page: a table of groups by metrics and, per metric, a chart with a dot for every run. */
    public static String html(ComparisonTable table, Preface preface) {
        return Page.of(table.title() + " · Reprise", html -> {
            html.open("header").leaf("p", "Reprise comparison", "class", "eyebrow");
            html.leaf("h1", table.title());
            if (!preface.question().isBlank()) {
                html.leaf("p", preface.question(), "class", "question");
            }
            if (!preface.answer().isBlank()) {
                html.leaf("p", preface.answer(), "class", "answer");
            }
            int runs = table.rows().stream().mapToInt(row -> row.runs().size()).sum();
            html.leaf(
                    "p",
                    Words.plural(runs, "run") + " in "
                            + Words.plural(table.rows().size(), "group")
                            + (table.groupKeys().isEmpty()
                                    ? "."
                                    : ", by " + String.join(" and ", table.groupKeys()) + "."),
                    "class",
                    "answer");
            html.end();
            HeadSection.expectations(html, preface.expectations());
            GroupsSection.write(html, preface.comparisons());
            table(html, table);
            PowerSection.write(html, table);
            List<Picture> charts = pictures(table);
            if (!charts.isEmpty()) {
                html.open("section", "id", "runs").leaf("h2", "Every run");
                Page.figures(html, charts);
                html.end();
            }
            runs(html, table);
        });
    }

    /** The dot charts, for files of their own; a metric that no run has is left out. */
    static List<Picture> pictures(ComparisonTable table) {
        return table.metrics().stream()
                .filter(metric -> table.rows().stream()
                        .anyMatch(row -> !row.of(metric.name()).isEmpty()))
                .map(metric -> StripChart.draw(table, metric))
                .toList();
    }

    private static void table(Html html, ComparisonTable table) {
        html.open("section", "id", "groups").leaf("h2", "Groups");
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards comparison").open("thead").open("tr");
        for (String key : keys(table)) {
            html.leaf("th", key, "scope", "col");
        }
        html.leaf("th", "runs", "scope", "col", "class", "number");
        for (Metric metric : table.metrics()) {
            html.leaf("th", metric.name(), "scope", "col", "class", "number");
        }
        html.close().close().open("tbody").raw("\n");
        for (Row row : table.rows()) {
            html.open("tr");
            List<String> group = table.groupKeys().isEmpty() ? List.of("all runs") : row.group();
            for (int i = 0; i < group.size(); i++) {
                html.leaf(
                        "th",
                        group.get(i),
                        "scope",
                        "row",
                        "data-label",
                        keys(table).get(i));
            }
            Page.cell(html, "runs", String.valueOf(row.runs().size()), "number");
            for (Metric metric : table.metrics()) {
                Summary summary = row.summary(metric);
                html.open("td", "class", "number", "data-label", metric.name());
                html.leaf("b", summary.meanAndSd());
                html.leaf("small", extremes(summary, row)).close();
            }
            html.end();
        }
        html.close().end().end();
        html.leaf(
                "p",
                "Mean ± sample standard deviation over runs (n − 1), with the best and the worst run beneath.",
                "class",
                "key");
        html.end();
    }

    private static String extremes(Summary summary, Row row) {
        if (summary.count() == 1 && row.runs().size() == 1) {
            return "one run";
        }
        String text = "best " + Numbers.fixed(summary.best()) + " · worst " + Numbers.fixed(summary.worst());
        return summary.count() == row.runs().size() ? text : text + " · " + summary.count() + " measured";
    }

    private static List<String> keys(ComparisonTable table) {
        return table.groupKeys().isEmpty()
                ? List.of("group")
                : List.copyOf(table.shortKeys().values());
    }

    private static void runs(Html html, ComparisonTable table) {
        html.open("section", "id", "values").leaf("h2", "Values");
        Page.details(html, "Every run's value of every metric", () -> {
            html.open("div", "class", "scroll");
            html.open("table", "class", "cards comparison").open("thead").open("tr");
            html.leaf("th", "group", "scope", "col").leaf("th", "run", "scope", "col");
            table.metrics().forEach(m -> html.leaf("th", m.name(), "scope", "col", "class", "number"));
            html.close().close().open("tbody").raw("\n");
            for (Row row : table.rows()) {
                for (int run = 0; run < row.runs().size(); run++) {
                    html.open("tr").leaf("th", table.label(row), "scope", "row");
                    Page.cell(html, "run", row.runs().get(run), "words");
                    for (Metric metric : table.metrics()) {
                        List<Double> values = row.values().get(metric.name());
                        double value = values == null ? Double.NaN : values.get(run);
                        Page.cell(html, metric.name(), Numbers.number(value), "number");
                    }
                    html.end();
                }
            }
            html.close().end().end();
        });
        html.end();
    }

    /** Lines of aligned columns, ending in a line break: groups, runs, and per metric mean ± sd; best for the first metric. */
    public static String text(ComparisonTable table) {
        List<List<String>> lines = new ArrayList<>();
        List<String> head = new ArrayList<>(keys(table));
        head.add("runs");
        for (int i = 0; i < table.metrics().size(); i++) {
            head.add(table.metrics().get(i).name() + " (mean ± sd)");
            if (i == 0) {
                head.add("best");
            }
        }
        lines.add(head);
        for (Row row : table.rows()) {
            List<String> line = new ArrayList<>(table.groupKeys().isEmpty() ? List.of("all runs") : row.group());
            line.add(String.valueOf(row.runs().size()));
            for (int i = 0; i < table.metrics().size(); i++) {
                Summary summary = row.summary(table.metrics().get(i));
                line.add(summary.meanAndSd());
                if (i == 0) {
                    line.add(Numbers.fixed(summary.best()));
                }
            }
            lines.add(line);
        }
        return aligned(lines);
    }

    private static String aligned(List<List<String>> lines) {
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder aligned = new StringBuilder();
            for (int column = 0; column < line.size(); column++) {
                int at = column;
                int width =
                        lines.stream().mapToInt(l -> l.get(at).length()).max().orElse(0);
                aligned.append(line.get(column))
                        .append(" ".repeat(width - line.get(column).length() + 3));
            }
            text.append(aligned.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
