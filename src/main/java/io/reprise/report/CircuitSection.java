package io.reprise.report;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.FaithfulnessCurve;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.run.CircuitResults;
import io.reprise.run.CircuitResults.Task;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The circuits of a run's tasks: how each was found, how well it stands for the model, and which units it is made of. */
final class CircuitSection {
    private CircuitSection() {}

    /**
     * Pictures of a run's circuits.
     *
     * @param circuits one for each that has a file
     * @param overlaps matrices of tasks by tasks
     */
    record Pictures(List<Picture> circuits, List<Picture> overlaps) {
        static Pictures of(Optional<CircuitResults> results, List<Circuit> circuits) {
            return new Pictures(
                    circuits.stream()
                            .map(circuit -> draw("circuit-" + circuit.name(), circuit))
                            .toList(),
                    results.map(OverlapSection::pictures).orElse(List.of()));
        }

        List<Picture> all() {
            List<Picture> all = new ArrayList<>(circuits);
            all.addAll(overlaps);
            return all;
        }
    }

    /** A circuit in its model. */
    static Picture draw(String id, Circuit circuit) {
        return circuit.universe().kind() == Universe.Kind.CHANNELS
                ? ChannelGrid.draw(id, circuit)
                : CircuitGraph.draw(id, circuit);
    }

    static void write(Html html, Optional<CircuitResults> found, Pictures pictures) {
        if (found.isEmpty() || found.get().tasks().isEmpty()) {
            return;
        }
        CircuitResults results = found.get();
        html.open("section", "id", "circuits").leaf("h2", "Circuits");
        html.leaf(
                "p",
                "A circuit is a part of the model that does a task while everything else is ablated. It is found on some prompts"
                        + " and judged on others. Faithfulness is 1 if it does as well as the whole model and 0 if as badly as"
                        + " nothing; beside it stands that of random circuits with the same types of units in the same layers."
                        + " Necessity is what the model loses without the circuit: 1 for everything.");
        table(html, results.tasks());
        html.leaf(
                "p",
                "In brackets 95% intervals over prompts; of random circuits the range of 95% of them, and p, how often one does as well."
                        + " CPR is the area below the curve of faithfulness over size, CMD its distance from 1.",
                "class",
                "key");
        html.open("ul", "class", "notes");
        for (Task task : results.tasks()) {
            html.open("li").leaf("b", Words.spaced(task.name())).text(": " + task.prompts() + ". ");
            html.text(Words.sentence(task.screening().message()) + ".");
            task.check().ifPresent(check -> html.text(" " + Words.sentence(check)));
            html.close();
        }
        html.end();
        if (!pictures.circuits().isEmpty()) {
            Page.figures(html, pictures.circuits());
        }
        OverlapSection.write(html, results, pictures.overlaps());
        html.end();
    }

    private static void table(Html html, List<Task> tasks) {
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards circuits").open("thead").open("tr");
        html.leaf("th", "task", "scope", "col").leaf("th", "accuracy", "scope", "col");
        for (String head : List.of("units", "score", "faithfulness", "random circuits", "necessity", "CPR", "CMD")) {
            html.leaf("th", head, "scope", "col", "class", "number");
        }
        html.close().close().open("tbody");
        for (Task task : tasks) {
            CircuitEvaluation evaluation = task.evaluation();
            html.open("tr").open("th", "scope", "row").text(Words.spaced(task.name()));
            html.leaf("small", "by " + Words.spaced(task.method())).close();
            html.open("td", "data-label", "accuracy")
                    .text(Numbers.percent(task.screening().accuracy()));
            html.leaf("small", verdict(task.screening())).close();
            number(html, "units", Numbers.count(task.size()), "of " + Numbers.count(task.universe()));
            estimate(html, "score", evaluation.score().estimate());
            estimate(html, "faithfulness", evaluation.faithfulness().estimate());
            evaluation
                    .faithfulness()
                    .control()
                    .ifPresentOrElse(
                            control -> number(
                                    html,
                                    "random circuits",
                                    two(control.mean()),
                                    range(control.range()) + ", p " + Numbers.fixed(control.p())),
                            () -> Page.cell(html, "random circuits", "none possible", "number"));
            estimate(html, "necessity", evaluation.necessity().estimate());
            curve(html, "CPR", evaluation, curve -> curve.cpr().estimate());
            curve(html, "CMD", evaluation, curve -> curve.cmd().estimate());
            html.end();
        }
        html.close().end().end();
    }

    private static void curve(
            Html html, String name, CircuitEvaluation evaluation, Function<FaithfulnessCurve, Estimate> part) {
        evaluation
                .curve()
                .ifPresentOrElse(
                        curve -> estimate(html, name, part.apply(curve)),
                        () -> Page.cell(html, name, Numbers.DASH, "number"));
    }

    private static void number(Html html, String column, String value, String beneath) {
        html.open("td", "class", "number", "data-label", column).leaf("b", value);
        html.leaf("small", beneath).close();
    }

    /** A cell with a value and, below it, its interval; or, on demand, why there is none. */
    static void estimate(Html html, String column, Estimate estimate) {
        if (estimate.value().isEmpty()) {
            String why = estimate.problem().orElse("");
            html.open("td", "class", "number", "data-label", column, "title", why);
            html.leaf("small", "not identifiable").close();
            return;
        }
        html.open("td", "class", "number", "data-label", column)
                .leaf("b", two(estimate.value().get()));
        estimate.interval().ifPresent(ends -> html.leaf("small", range(ends)));
        html.close();
    }

    static String range(Interval ends) {
        return "[" + two(ends.low()) + ", " + two(ends.high()) + "]";
    }

    private static String verdict(Screening screening) {
        if (!screening.passed()) {
            return "refused";
        }
        return screening.forced() ? "refused, but forced" : "let in";
    }

    /** Two decimals. */
    static String two(double value) {
        return Double.isFinite(value) ? OverlapMatrix.Cell.shown(value) : Numbers.DASH;
    }

    /** Two ends. */
    static String interval(double low, double high) {
        return String.format(Locale.ROOT, "%s to %s", two(low), two(high));
    }
}
