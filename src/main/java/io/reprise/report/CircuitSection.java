package io.reprise.report;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.FaithfulnessCurve;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.run.CircuitResults;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Circuits of a run's tasks, and how much of them is re-used: each figure beside its null and its ceiling. */
final class CircuitSection {
    private CircuitSection() {}

    /** A picture of each circuit, and matrices of what every two of them share. */
    record Pictures(List<Picture> circuits, List<Picture> matrices) {
        static Pictures of(Optional<CircuitResults> results, List<Circuit> circuits) {
            return new Pictures(
                    circuits.stream()
                            .map(circuit -> CircuitGraph.draw("circuit-" + circuit.name(), circuit))
                            .toList(),
                    results.filter(found -> found.tasks().size() > 1)
                            .map(OverlapMatrices::draw)
                            .orElse(List.of()));
        }

        List<Picture> all() {
            return Stream.concat(circuits.stream(), matrices.stream()).toList();
        }
    }

    static void write(Html html, Optional<CircuitResults> results, Pictures pictures) {
        if (results.isEmpty()) {
            return;
        }
        CircuitResults found = results.get();
        html.open("section", "id", "circuits").leaf("h2", "Circuits");
        html.leaf(
                "p",
                "A circuit is what is left when everything else is ablated. It was found on some prompts and judged on others:"
                        + " faithfulness is 0 for nothing and 1 for the whole model, and stands beside that of random circuits with as many"
                        + " units of each type in each layer.");
        tasks(html, found.tasks());
        found.tasks().forEach(task -> task.check()
                .ifPresent(check -> html.leaf("p", Words.spaced(task.name()) + ": " + check)));
        Page.figures(html, pictures.circuits());
        if (!found.overlaps().isEmpty()) {
            html.leaf("h3", "Re-use between tasks");
            html.leaf(
                    "p",
                    "CSI is 0 for what random circuits of the same types and layers share and 1 for what two circuits of one task share,"
                            + " found on different prompts. Transfer τ is 0 for a task done no better than by random circuits like the"
                            + " other task's and 1 for as well as by its own circuit.");
            Page.figures(html, pictures.matrices());
            overlaps(html, found.overlaps());
            found.overlaps().forEach(overlap -> html.leaf("p", verdict(overlap)));
        }
        Page.details(html, "Prompts", () -> found.tasks()
                .forEach(task -> html.leaf(
                        "p",
                        task.prompts() + ". " + Words.sentence(task.screening().message()))));
        html.end();
    }

    private static void tasks(Html html, List<CircuitResults.Task> tasks) {
        table(html, "Task", "Units", "Accuracy", "Score", "Faithfulness", "Random circuits", "Necessity", "CPR", "CMD");
        for (CircuitResults.Task task : tasks) {
            CircuitEvaluation evaluation = task.evaluation();
            html.open("tr").leaf("th", Words.spaced(task.name()), "scope", "row");
            cell(html, "Units", task.size() + " of " + task.universe());
            cell(html, "Accuracy", number(task.screening().accuracy()));
            cell(html, "Score", words(evaluation.score().estimate()));
            cell(html, "Faithfulness", words(evaluation.faithfulness().estimate()));
            cell(
                    html,
                    "Random circuits",
                    evaluation
                            .faithfulness()
                            .control()
                            .map(control -> number(control.mean()) + " " + range(control.range())
                                    + String.format(Locale.ROOT, ", p %.2g", control.p()))
                            .orElse("none possible"));
            cell(html, "Necessity", words(evaluation.necessity().estimate()));
            cell(html, "CPR", curve(evaluation, curve -> curve.cpr().estimate()));
            cell(html, "CMD", curve(evaluation, curve -> curve.cmd().estimate()));
            html.end();
        }
        html.close().end().end();
    }

    private static String curve(CircuitEvaluation evaluation, Function<FaithfulnessCurve, Estimate> part) {
        return evaluation.curve().map(curve -> words(part.apply(curve))).orElse("–");
    }

    private static void overlaps(Html html, List<CircuitResults.Overlap> overlaps) {
        table(html, "Tasks", "Shared", "J*", "Chance, ceiling", "CSI", "τ there", "τ back", "p, same types and layers");
        for (CircuitResults.Overlap overlap : overlaps) {
            html.open("tr").leaf("th", pair(overlap), "scope", "row");
            cell(
                    html,
                    "Shared",
                    overlap.structural().shared() + " of "
                            + overlap.structural().a() + " and "
                            + overlap.structural().b());
            cell(
                    html,
                    "J*",
                    overlap.structural()
                            .adjustedJaccard()
                            .map(CircuitSection::number)
                            .orElse("not identifiable"));
            cell(
                    html,
                    "Chance, ceiling",
                    overlap.csi()
                            .map(csi -> number(csi.chance()) + ", " + number(csi.ceiling()))
                            .orElse("–"));
            cell(html, "CSI", overlap.csi().map(csi -> words(csi.estimate())).orElse("not identifiable"));
            cell(html, "τ there", words(overlap.forward().tau()));
            cell(html, "τ back", words(overlap.backward().tau()));
            cell(
                    html,
                    "p, same types and layers",
                    String.format(
                            Locale.ROOT,
                            "%.2g",
                            overlap.structural().stratified().p()));
            html.end();
        }
        html.close().end().end();
    }

    /** What the rules say: CSI's lower end above 0, both lower ends of τ above one half. */
    private static String verdict(CircuitResults.Overlap overlap) {
        Optional<Double> csi = overlap.csi().flatMap(found -> low(found.estimate()));
        Optional<Double> there = low(overlap.forward());
        Optional<Double> back = low(overlap.backward());
        String structure = csi.map(
                        low -> low > 0 ? "the same units more than chance has it" : "no more units than by chance")
                .orElse("what they share in structure is not identifiable");
        String function = there.isPresent() && back.isPresent()
                ? there.get() > 0.5 && back.get() > 0.5
                        ? "each does the other's task at least half as well as that task's own circuit"
                        : "not each does the other's task half as well as that task's own circuit, beyond doubt"
                : "what they share in function is not identifiable";
        return Words.sentence(pair(overlap) + ": " + structure + "; " + function);
    }

    private static Optional<Double> low(Transfer.Result transfer) {
        return low(transfer.tau());
    }

    private static Optional<Double> low(Estimate estimate) {
        return estimate.interval().map(Interval::low);
    }

    private static String pair(CircuitResults.Overlap overlap) {
        return Words.spaced(overlap.one()) + " and " + Words.spaced(overlap.other());
    }

    private static void table(Html html, String... heads) {
        html.open("div", "class", "scroll").open("table", "class", "cards");
        html.open("thead").open("tr");
        Stream.of(heads).forEach(head -> html.leaf("th", head, "scope", "col"));
        html.close().close().open("tbody").raw("\n");
    }

    private static void cell(Html html, String head, String text) {
        Page.cell(html, head, text, "");
    }

    private static String words(Estimate estimate) {
        return estimate.value()
                .map(value -> number(value)
                        + estimate.interval()
                                .map(interval -> " " + range(interval))
                                .orElse(""))
                .orElse("not identifiable");
    }

    private static String range(Interval interval) {
        return "[" + number(interval.low()) + ", " + number(interval.high()) + "]";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
