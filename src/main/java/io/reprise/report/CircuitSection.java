package io.reprise.report;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.run.CircuitResults;
import io.reprise.run.CircuitResults.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
        static final Pictures NONE = new Pictures(List.of(), List.of());

        List<Picture> all() {
            List<Picture> all = new ArrayList<>(circuits);
            all.addAll(overlaps);
            return all;
        }
    }

    static Pictures pictures(Optional<CircuitInput> input) {
        return input.map(found -> new Pictures(
                        found.circuits().entrySet().stream()
                                .map(entry -> draw("circuit-" + entry.getKey(), entry.getValue()))
                                .toList(),
                        OverlapSection.pictures(found.results())))
                .orElse(Pictures.NONE);
    }

    private static Picture draw(String id, Circuit circuit) {
        return circuit.universe().kind() == Universe.Kind.CHANNELS
                ? ChannelGrid.draw(id, circuit)
                : CircuitGraph.draw(id, circuit);
    }

    static void write(Html html, Optional<CircuitInput> input, Pictures pictures) {
        if (input.isEmpty() || input.get().results().tasks().isEmpty()) {
            return;
        }
        CircuitResults results = input.get().results();
        html.open("section", "id", "circuits").leaf("h2", "Circuits");
        html.leaf(
                "p",
                "A circuit is a part of the model that does a task while everything else is ablated. It is found on some prompts"
                        + " and judged on others. Faithfulness is 1 if it does as well as the whole model and 0 if as badly as"
                        + " nothing; beside it stands that of random circuits with the same types of units in the same layers."
                        + " Necessity is what the model loses without the circuit: 1 for everything.");
        table(html, results.tasks());
        html.open("ul", "class", "notes");
        for (Task task : results.tasks()) {
            html.open("li").leaf("b", Words.spaced(task.name())).text(": " + task.prompts() + ". ");
            html.text(task.screening().message()).close();
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
        html.leaf("th", "task", "scope", "col");
        for (String head : List.of("accuracy", "method")) {
            html.leaf("th", head, "scope", "col");
        }
        for (String head : List.of("size", "score", "faithfulness", "necessity")) {
            html.leaf("th", head, "scope", "col", "class", "number");
        }
        html.close().close().open("tbody");
        for (Task task : tasks) {
            html.open("tr").leaf("th", Words.spaced(task.name()), "scope", "row");
            html.open("td", "data-label", "accuracy").text(Numbers.percent(task.screening().accuracy()));
            html.leaf("small", verdict(task.screening())).close();
            Page.cell(html, "method", Words.spaced(task.method()), "words");
            number(html, "size", Numbers.count(task.size()), "of " + Numbers.count(task.universe()));
            number(html, "score", Numbers.percent(task.score()), "of the model's");
            number(
                    html,
                    "faithfulness",
                    two(task.own().own()),
                    "random " + two(task.own().ownControl()));
            Page.cell(html, "necessity", two(task.own().necessity()), "number");
            html.end();
        }
        html.close().end().end();
    }

    private static void number(Html html, String column, String value, String beneath) {
        html.open("td", "class", "number", "data-label", column).leaf("b", value);
        html.leaf("small", beneath).close();
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
