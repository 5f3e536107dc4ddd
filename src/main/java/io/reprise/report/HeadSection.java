package io.reprise.report;

import io.reprise.run.ExpectationResult;
import io.reprise.run.RunResult;
import io.reprise.run.Score;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Title, question, answer, the deciding number, and whether the expectations were met. */
final class HeadSection {
    private HeadSection() {}

    static void write(Html html, RunResult run) {
        html.open("header");
        html.leaf(
                "p",
                "Reprise report · seed " + run.seed() + " · configuration " + run.configHash(),
                "class",
                "eyebrow");
        html.leaf("h1", run.name());
        if (!run.status().equals("finished")) {
            html.leaf(
                    "p",
                    "This run did not finish (" + Words.spaced(run.status()) + "): " + run.stopReason(),
                    "class",
                    "warning");
        }
        if (!run.question().isBlank()) {
            html.leaf("p", run.question(), "class", "question");
        }
        html.leaf("p", run.answer().isBlank() ? "The run gave no answer." : run.answer(), "class", "answer");
        html.open("div", "class", "tiles");
        deciding(run).ifPresent(metric -> decidingTile(html, run, metric));
        expectationTile(html, run.expectations());
        html.end();
        html.end();
    }

    /**
     * The metric that decides the question: an expectation that failed, else the first one with a control beside it, else the
     * first; without expectations the accuracy on determined positions.
     */
    static Optional<String> deciding(RunResult run) {
        List<ExpectationResult> measured = run.expectations().stream()
                .filter(e -> Double.isFinite(e.measured()))
                .toList();
        return Stream.of(
                        measured.stream().filter(e -> !e.met()),
                        measured.stream().filter(e -> !e.control().isBlank()),
                        measured.stream())
                .flatMap(s -> s)
                .map(ExpectationResult::metric)
                .findFirst()
                .or(() -> run.metrics().keySet().stream()
                        .filter(name -> run.scores().isEmpty() && name.matches("probe/.*/accuracy"))
                        .findFirst())
                .or(() -> Stream.of("held_out/determined_accuracy", "test/determined_accuracy", "test/accuracy")
                        .filter(run.metrics()::containsKey)
                        .findFirst());
    }

    private static void decidingTile(Html html, RunResult run, String metric) {
        Optional<ExpectationResult> expectation = run.expectations().stream()
                .filter(e -> e.metric().equals(metric))
                .findFirst();
        double value = expectation.isPresent()
                ? expectation.get().measured()
                : run.metrics().getOrDefault(metric, Double.NaN);
        html.open("div", "class", "tile main");
        Optional<Score> score = Scores.of(run.scores(), metric);
        boolean share = score.isPresent() || metric.endsWith("accuracy");
        html.leaf("b", share ? Numbers.percent(value) : Numbers.number(value));
        html.open("span", "class", "name").name(metric).close();
        score.ifPresent(s -> html.leaf(
                "span",
                "95% interval " + IntervalBar.interval(s) + " · ceiling " + Numbers.percent(s.ceiling()) + " · bigram "
                        + Numbers.percent(s.bigram()) + " · trigram " + Numbers.percent(s.trigram())));
        expectation.ifPresent(e -> html.leaf("span", "expected " + e.expected()));
        html.end();
    }

    private static void expectationTile(Html html, List<ExpectationResult> expectations) {
        long met = expectations.stream().filter(ExpectationResult::met).count();
        long measured =
                expectations.stream().filter(e -> Double.isFinite(e.measured())).count();
        html.open("div", "class", "tile");
        if (expectations.isEmpty()) {
            html.leaf("b", Numbers.DASH).leaf("span", "no expectations were set", "class", "name");
        } else {
            html.leaf("b", measured == 0 ? Numbers.DASH : met + " of " + measured);
            html.leaf("span", measured == 1 ? "expectation met" : "expectations met", "class", "name");
            html.leaf("span", "set in the experiment file before the run");
            if (measured < expectations.size()) {
                html.leaf("span", expectations.size() - measured + " more not measured in this run");
            }
        }
        html.end();
    }

    static void expectations(Html html, List<ExpectationResult> expectations) {
        if (expectations.isEmpty()) {
            return;
        }
        html.open("section", "id", "expectations").leaf("h2", "Expectations");
        html.open("table", "class", "cards expectations").open("thead").open("tr");
        Stream.of("Metric", "Expected", "Measured", "Control", "Verdict")
                .forEach(head -> html.leaf("th", head, "scope", "col"));
        html.close().close().open("tbody");
        for (ExpectationResult e : expectations) {
            html.open("tr")
                    .open("th", "scope", "row", "class", "metric")
                    .name(e.metric())
                    .close();
            Page.cell(html, "expected", e.expected(), "words");
            Page.cell(html, "measured", Numbers.number(e.measured()), "number");
            Page.cell(html, "control", e.control().isBlank() ? Numbers.DASH : e.control(), "words");
            Page.cell(html, "verdict", verdict(e), e.met() ? "met" : "unmet");
            html.end();
        }
        html.close().end().end();
    }

    private static String verdict(ExpectationResult expectation) {
        if (expectation.met()) {
            return "✓ met";
        }
        return Double.isFinite(expectation.measured()) ? "✗ not met" : "✗ not measured";
    }
}
