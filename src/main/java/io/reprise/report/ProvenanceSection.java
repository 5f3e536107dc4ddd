package io.reprise.report;

import io.reprise.run.RunResult;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What ran, in one line at the top; where it came from and how to repeat it, at the bottom. */
final class ProvenanceSection {
    private ProvenanceSection() {}

    static void ran(Html html, RunResult run, String config) {
        html.open("section", "id", "ran").leaf("h2", "What ran");
        html.leaf(
                "p",
                run.model() + " · "
                        + (run.parameters() == 0 ? "" : Words.plural(run.parameters(), "parameter") + " · ")
                        + (run.steps() == 0
                                ? run.stopReason()
                                : Words.plural(run.steps(), "step") + " · seed " + run.seed()
                                        + (run.stopReason().isBlank() ? "" : " · stopped: " + run.stopReason())));
        if (!config.isBlank()) {
            Page.details(html, "Resolved configuration", () -> html.leaf("pre", config));
        }
        html.end();
    }

    static void write(Html html, ReportInput input) {
        RunResult run = input.result();
        html.open("section", "id", "provenance").leaf("h2", "Provenance");
        input.provenance().forEach((key, value) -> {
            if (isCommand(key)) {
                html.leaf("p", "To repeat this run:", "class", "repeat").leaf("pre", value, "class", "command");
            }
        });
        html.open("dl");
        entry(html, "config hash", run.configHash());
        input.provenance().forEach((key, value) -> {
            if (!isCommand(key) && !key.equals("config_hash")) {
                entry(html, Words.spaced(key), value);
            }
        });
        // The run's own words about its data, if provenance.json has none.
        Map<String, String> digests = input.provenance().containsKey("data_digests")
                ? Map.of()
                : run.data().digests();
        new TreeMap<>(digests).forEach((split, digest) -> entry(html, "data digest, " + Words.spaced(split), digest));
        if (!run.secondsByPhase().isEmpty()) {
            entry(
                    html,
                    "wall time",
                    run.secondsByPhase().entrySet().stream()
                            .map(phase -> phase.getKey() + " " + Numbers.seconds(phase.getValue()))
                            .collect(Collectors.joining(" · ")));
        }
        html.end();
        if (!run.metrics().isEmpty()) {
            Page.details(html, "All " + run.metrics().size() + " metrics", () -> metrics(html, run.metrics()));
        }
        html.end();
    }

    private static boolean isCommand(String key) {
        return key.equals("command") || key.endsWith("_command");
    }

    private static void entry(Html html, String name, String value) {
        html.leaf("dt", name).leaf("dd", value.isBlank() ? Numbers.DASH : value);
    }

    private static void metrics(Html html, Map<String, Double> metrics) {
        html.open("table", "class", "metrics").open("tbody");
        new TreeMap<>(metrics).forEach((name, value) -> html.open("tr")
                .leaf("th", name, "scope", "row")
                .leaf("td", Numbers.number(value), "class", "number")
                .end());
        html.close().end();
    }
}
