package io.reprise.experiment;

import io.reprise.config.Plan;
import io.reprise.report.ComparisonReport;
import io.reprise.report.ComparisonTable;
import io.reprise.run.ExpectationResult;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The page of an experiment with several runs: its question, whether its expectations held, and every run of every group. */
public final class SuiteReport {
    /** The metrics shown, where measured, besides those that are expected. */
    private static final List<String> USUAL = List.of(
            "test/determined_accuracy",
            "test/unseen_accuracy",
            "test/whole_answer",
            "held_out/determined_accuracy",
            "held_out/whole_answer");

    private static final Pattern RELATION =
            Pattern.compile("relation/[^/]+/(faithfulness|ceiling|causality|causality_ceiling)");

    private static final Pattern CIRCUIT = Pattern.compile("circuit/[^/]+/faithfulness|overlap/[^/]+/(csi|tau)");

    private SuiteReport() {}

    /** Writes {@code runs/<name>/report.html}. */
    public static Path write(Plan plan, Suite suite, List<ExpectationResult> expectations, Path runs)
            throws IOException {
        Path page = runs.resolve(plan.experiment().name()).resolve("report.html");
        ComparisonReport.Preface preface = new ComparisonReport.Preface(
                plan.experiment().question().orElse(""),
                plan.experiment().answer().orElse(""),
                expectations);
        new AtomicFile().write(page, ComparisonReport.html(table(plan, suite), preface));
        return page;
    }

    private static ComparisonTable table(Plan plan, Suite suite) {
        Set<String> names = new LinkedHashSet<>();
        for (String group : suite.groups()) {
            for (String metric : USUAL) {
                if (!suite.values(group, metric).isEmpty()) {
                    names.add(metric);
                }
            }
        }
        suite.groups().stream()
                .flatMap(group -> suite.members(group).stream())
                .flatMap(member -> member.outcome().result().metrics().keySet().stream())
                .filter(metric -> RELATION.matcher(metric).matches()
                        || CIRCUIT.matcher(metric).matches())
                .forEach(names::add);
        if (names.isEmpty()) {
            names.add("train/determined_accuracy"); // a task that is memorised by design
        }
        List<ComparisonTable.Row> rows = new ArrayList<>();
        for (String group : suite.groups()) {
            List<Suite.Member> members = suite.members(group);
            Map<String, List<Double>> values = new LinkedHashMap<>();
            for (String name : names) {
                values.put(
                        name,
                        members.stream()
                                .map(member ->
                                        member.outcome().result().metrics().getOrDefault(name, Double.NaN))
                                .toList());
            }
            rows.add(new ComparisonTable.Row(
                    group.isEmpty() ? List.of() : List.of(group),
                    members.stream().map(SuiteReport::label).toList(),
                    values));
        }
        boolean single = suite.groups().equals(List.of(""));
        return new ComparisonTable(
                plan.experiment().name(),
                single ? List.of() : List.of("arm"),
                names.stream().map(ComparisonTable.Metric::of).toList(),
                rows);
    }

    private static String label(Suite.Member member) {
        String order = member.run()
                .config()
                .orderSeed()
                .map(seed -> " · order " + seed)
                .orElse("");
        boolean data = member.run().settings().stream()
                .anyMatch(setting -> setting.path().equals("task.seed"));
        return "seed " + member.run().config().modelSeed() + order
                + (data ? " · data seed " + member.run().config().requireTask().dataSeed() : "");
    }
}
