package io.reprise.report;

import io.reprise.stats.Estimate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Comparisons of an experiment's groups: a row each, between null (0) and ceiling (1), with a link to its page. */
final class GroupsSection {
    private static final Map<String, String> COLUMNS = columns();
    private static final List<String> VERDICTS = List.of("structural", "functional", "causal");

    private GroupsSection() {}

    private static Map<String, String> columns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("x_csi", "circuits: X-CSI");
        columns.put("lens", "lens");
        columns.put("operators", "operators");
        columns.put("tau_there", "transfer τ there");
        columns.put("tau_back", "transfer τ back");
        columns.put("transport", "transport");
        return columns;
    }

    /** @param figures by {@code comparison/<name>/<figure>} */
    static void write(Html html, Map<String, Estimate> figures) {
        Map<String, Map<String, Estimate>> comparisons = new LinkedHashMap<>();
        figures.forEach((name, figure) -> {
            String[] parts = name.split("/", 3);
            comparisons.computeIfAbsent(parts[1], key -> new LinkedHashMap<>()).put(parts[2], figure);
        });
        if (comparisons.isEmpty()) {
            return;
        }
        html.open("section", "id", "comparisons").leaf("h2", "Groups compared");
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards comparison").open("thead").open("tr");
        html.leaf("th", "comparison", "scope", "col");
        COLUMNS.values().forEach(head -> html.leaf("th", head, "scope", "col", "class", "number"));
        html.leaf("th", "shown", "scope", "col");
        html.close().close().open("tbody").raw("\n");
        comparisons.forEach((name, own) -> {
            html.open("tr").open("th", "scope", "row");
            html.leaf("a", Words.spaced(name), "href", "comparisons/" + name + "/comparison.html");
            html.close();
            COLUMNS.forEach((figure, column) -> CircuitSection.estimate(
                    html, column, Optional.ofNullable(own.get(figure)).orElseGet(() -> Estimate.none("not measured"))));
            Page.cell(html, "shown", shown(own), "words");
            html.end();
        });
        html.close().end().end();
        html.leaf(
                "p",
                "0: models that share nothing, or random circuits; 1: seeds of one architecture, or a task's own circuit. Last the"
                        + " verdicts that are shown; what is not shown is not disproved.",
                "class",
                "key");
        html.end();
    }

    private static String shown(Map<String, Estimate> own) {
        List<String> shown = VERDICTS.stream()
                .filter(verdict -> Optional.ofNullable(own.get(verdict))
                        .flatMap(Estimate::value)
                        .filter(value -> value == 1)
                        .isPresent())
                .toList();
        return shown.isEmpty() ? "none" : String.join(", ", shown);
    }
}
