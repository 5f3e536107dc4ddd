package io.reprise.report;

import io.reprise.run.DataSummary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Sizes of the splits, what test and training share, and the notes. */
final class DataSection {
    /** The five overlaps, from the strictest to the weakest. */
    private static final Map<String, String[]> OVERLAPS = new LinkedHashMap<>();

    static {
        OVERLAPS.put("examples", new String[] {"whole examples", "identical sequences"});
        OVERLAPS.put("prefixes", new String[] {"prefixes", "how a sequence begins"});
        OVERLAPS.put("windows", new String[] {"windows", "a test sequence inside a training one"});
        OVERLAPS.put("prefix_next", new String[] {"prefix → next", "the same context with the same continuation"});
        OVERLAPS.put("previous_next", new String[] {"previous → next", "single steps, all a bigram needs"});
    }

    private DataSection() {}

    static void write(Html html, DataSummary data) {
        if (data.examples().isEmpty() && data.notes().isEmpty()) {
            return; // of a run without a task
        }
        html.open("section", "id", "data").leaf("h2", "Data");
        String sizes = data.examples().entrySet().stream()
                .map(entry -> Words.spaced(entry.getKey()) + " " + Numbers.count(entry.getValue()))
                .collect(Collectors.joining(" · "));
        html.leaf("p", "Examples: " + sizes + ". Vocabulary: " + Words.plural(data.vocabularySize(), "token") + ".");
        overlaps(html, data.overlaps());
        if (!data.notes().isEmpty()) {
            html.open("ul", "class", "notes");
            data.notes().forEach(note -> html.leaf("li", note));
            html.end();
        }
        html.end();
    }

    private static void overlaps(Html html, Map<String, Double> overlaps) {
        if (overlaps.isEmpty()) {
            return;
        }
        html.open("table", "class", "overlaps");
        html.leaf("caption", "Share of the test set that also occurs in training");
        html.open("tbody");
        Map<String, String[]> rows = new LinkedHashMap<>(OVERLAPS);
        overlaps.keySet().forEach(key -> rows.putIfAbsent(key, new String[] {Words.spaced(key), ""}));
        rows.forEach((key, words) -> {
            double share = overlaps.getOrDefault(key, Double.NaN);
            html.open("tr").open("th", "scope", "row").text(words[0]);
            html.leaf("small", words[1]).close();
            html.open("td");
            Page.bar(html, share, "share");
            html.close().leaf("td", Numbers.percent(share), "class", "number");
            html.end();
        });
        html.close().end();
    }
}
