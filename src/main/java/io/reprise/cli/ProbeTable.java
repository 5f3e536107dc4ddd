package io.reprise.cli;

import io.reprise.analysis.probe.Part;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.probe.ProbeResult.Difference;
import io.reprise.analysis.probe.ProbeResult.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A probe beside its controls, in a few lines. */
final class ProbeTable {
    private static final Map<String, String> NAMES = Map.of(
            ProbeResult.ACCURACY, "probe",
            ProbeResult.FINE_TUNED, "fine-tuned below",
            ProbeResult.SHUFFLED, "shuffled labels",
            ProbeResult.MAJORITY, "majority class",
            ProbeResult.RANDOM_MODEL, "random weights");

    private ProbeTable() {}

    static List<String> lines(ProbeResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(String.join(" + ", result.sites()) + " · " + result.pool() + " · " + result.features()
                + " features · " + result.head());
        lines.add("tested on " + Figures.count(result.size(Part.TEST)) + " examples in "
                + Figures.count(result.groups().get(Part.TEST.key())) + " groups: "
                + result.parts().get(Part.TEST.key()).entrySet().stream()
                        .map(entry -> Figures.count(entry.getValue()) + " " + entry.getKey())
                        .collect(Collectors.joining(", ")));
        lines.add(String.format(Locale.ROOT, "%-18s %9s   %-18s %s", "", "accuracy", "95% interval", "seeds"));
        for (Measure measure : result.measures()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-18s %9s   %-18s %d",
                    NAMES.getOrDefault(measure.kind(), measure.kind()),
                    Figures.percent(measure.accuracy()),
                    Figures.percent(measure.low()) + " – " + Figures.percent(measure.high()),
                    measure.perSeed().size()));
        }
        for (Difference difference : result.differences()) {
            lines.add(words(difference));
        }
        return lines;
    }

    private static String words(Difference difference) {
        String what = difference.kind().equals(ProbeResult.SELECTIVITY) ? "above shuffled" : "above random";
        String points = String.format(Locale.ROOT, "%-18s %+8.1f pt", what, 100 * difference.mean());
        return Double.isFinite(difference.low())
                ? points
                        + String.format(
                                Locale.ROOT,
                                " %-18s over %d seeds",
                                String.format(
                                        Locale.ROOT, "%+.1f – %+.1f", 100 * difference.low(), 100 * difference.high()),
                                difference.seeds())
                : points;
    }
}
