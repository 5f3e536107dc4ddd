package io.reprise.report;

import io.reprise.analysis.probe.Part;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.probe.ProbeResult.Difference;
import io.reprise.analysis.probe.ProbeResult.Measure;
import io.reprise.run.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What probes on activations found, each beside its controls. */
final class ProbeSection {
    private static final Map<String, String> MEANINGS = Map.of(
            ProbeResult.ACCURACY, "fitted to the true labels",
            ProbeResult.FINE_TUNED, "head and blocks below trained together",
            ProbeResult.SHUFFLED, "fitted to, and tested on, shuffled labels",
            ProbeResult.MAJORITY, "the training part's most frequent class, always",
            ProbeResult.RANDOM_MODEL, "the same probe on a model of the same shape with random weights");

    private ProbeSection() {}

    /** The chart of each probe, and where it is wrong. */
    static List<Picture> pictures(List<ProbeResult> probes) {
        List<Picture> pictures = new ArrayList<>();
        for (ProbeResult probe : probes) {
            pictures.add(ProbeChart.draw(probe));
            pictures.add(confusion(probe));
        }
        return pictures;
    }

    static void write(Html html, List<ProbeResult> probes, List<Picture> pictures) {
        if (probes.isEmpty()) {
            return;
        }
        html.open("section", "id", "probes").leaf("h2", "Probes");
        html.leaf(
                "p",
                "A probe is a small classifier on the model's activations. It is fitted to some examples and scored on others,"
                        + " of which no sequence and no group is in both.");
        for (int i = 0; i < probes.size(); i++) {
            write(html, probes.get(i), pictures.get(2 * i), pictures.get(2 * i + 1));
        }
        html.end();
    }

    private static void write(Html html, ProbeResult probe, Picture chart, Picture confusion) {
        html.leaf("h3", probe.name() + ": " + probe.label());
        html.leaf(
                "p",
                "Reads " + String.join(" + ", probe.sites()) + ", " + probe.pool() + " ("
                        + Words.plural(probe.features(), "feature") + "); head " + probe.head() + ". Examples: "
                        + Stream.of(Part.values())
                                .map(part -> part.key() + " " + Numbers.count(probe.size(part)) + " in "
                                        + Words.plural(probe.groups().get(part.key()), "group"))
                                .collect(Collectors.joining(", "))
                        + ". Classes: "
                        + probe.parts().get(Part.TEST.key()).entrySet().stream()
                                .map(entry -> Numbers.count(entry.getValue()) + " " + entry.getKey())
                                .collect(Collectors.joining(", "))
                        + " in the test part.");
        Page.figures(html, List.of(chart));
        table(html, probe);
        for (Difference difference : probe.differences()) {
            html.leaf("p", words(difference));
        }
        Page.details(html, "Which classes it confuses", () -> Page.figures(html, List.of(confusion)));
    }

    private static void table(Html html, ProbeResult probe) {
        html.open("table", "class", "cards scores").open("thead").open("tr");
        Stream.of("Measure", "Accuracy", "95% interval", "Seeds", "Right")
                .forEach(head -> html.leaf("th", head, "scope", "col"));
        html.close().close().open("tbody");
        for (Measure measure : probe.measures()) {
            html.open("tr").open("th", "scope", "row").text(ProbeChart.name(measure));
            html.leaf("small", MEANINGS.getOrDefault(measure.kind(), "")).close();
            html.open("td", "class", "accuracy")
                    .leaf("b", Numbers.percent(measure.accuracy()))
                    .close();
            Page.cell(html, "95% interval", ProbeChart.interval(measure), "number");
            Page.cell(html, "seeds", Integer.toString(measure.perSeed().size()), "number");
            Page.cell(
                    html, "right", Numbers.count(measure.correct()) + " / " + Numbers.count(measure.total()), "number");
            html.end();
        }
        html.close().end();
        html.leaf(
                "p",
                "Intervals are Wilson's over the test examples; the answers of all seeds to one group are one cluster.",
                "class",
                "key");
    }

    private static String words(Difference difference) {
        String what = difference.kind().equals(ProbeResult.SELECTIVITY)
                ? "Selectivity (accuracy less that of shuffled labels): "
                : "Accuracy less that of random weights: ";
        String points = String.format(Locale.ROOT, "%.1f points", 100 * difference.mean());
        if (!Double.isFinite(difference.low())) {
            return what + points + ", from one seed.";
        }
        return what
                + points
                + String.format(
                        Locale.ROOT,
                        ", 95%% Student interval %.1f to %.1f over %d seeds.",
                        100 * difference.low(),
                        100 * difference.high(),
                        difference.seeds());
    }

    private static Picture confusion(ProbeResult probe) {
        List<List<Double>> shares = new ArrayList<>();
        for (List<Integer> row : probe.confusion()) {
            double sum = row.stream().mapToInt(Integer::intValue).sum();
            shares.add(row.stream().map(count -> sum == 0 ? 0 : count / sum).toList());
        }
        return Heatmap.draw(new Figure(
                "probe-" + probe.name() + "-confusion",
                "Probe " + probe.name() + ": true and predicted classes",
                "Rows add up to 1: what the probe says of the test examples of a class, over all seeds. The diagonal is right.",
                "share of the row",
                "true class",
                "predicted class",
                probe.classes(),
                probe.classes(),
                shares));
    }
}
