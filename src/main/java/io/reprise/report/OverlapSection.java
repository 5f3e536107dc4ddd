package io.reprise.report;

import static io.reprise.report.CircuitSection.interval;
import static io.reprise.report.CircuitSection.two;

import io.reprise.analysis.overlap.verdict.Verdict;
import io.reprise.analysis.overlap.verdict.Verdicts;
import io.reprise.analysis.overlap.verdict.Verdicts.Finding;
import io.reprise.analysis.overlap.within.Csi;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.report.OverlapMatrix.Cell;
import io.reprise.report.OverlapMatrix.Content;
import io.reprise.run.CircuitResults;
import io.reprise.run.CircuitResults.Overlap;
import io.reprise.run.CircuitResults.Task;
import io.reprise.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What the circuits of every two tasks share: the same parts, and the same function, each with what 0 and 1 are. */
final class OverlapSection {
    private static final String CHANCE = "random circuits";
    private static final Cell SAME = Cell.none("same task", "the same task");
    private static final String NOT = "not identifiable";

    private OverlapSection() {}

    /** CSI, J*, τ and necessity, tasks by tasks; none for a single task. */
    static List<Picture> pictures(CircuitResults results) {
        if (results.overlaps().isEmpty()) {
            return List.of();
        }
        return List.of(
                OverlapMatrix.draw(
                        "overlap-csi",
                        "Same parts: CSI",
                        "0: two circuits share what random ones of the same types and layers do; 1: what two circuits of one task"
                                + " share that were found on different prompts. Below each value its 95% interval.",
                        symmetric(results, CHANCE, "one task, other prompts", OverlapSection::csi)),
                OverlapMatrix.draw(
                        "overlap-jaccard",
                        "Shared parts: J*",
                        "Jaccard's index, adjusted for size and chance. Below each value, in brackets, what random circuits of the"
                                + " same types and layers have and what circuits of one task have, found on different prompts.",
                        symmetric(
                                results, "chance, given the sizes", "one inside the other", OverlapSection::adjusted)),
                OverlapMatrix.draw(
                        "overlap-transfer",
                        "Same function: transfer τ",
                        "How well the row's circuit does the column's task. Not symmetric: a part of a circuit may do one task and"
                                + " not the other. Below each value its 95% interval.",
                        ways(results, "circuit of", "task", "task's own circuit", OverlapSection::tau, task -> SAME)),
                OverlapMatrix.draw(
                        "overlap-necessity",
                        "Cross-ablation: necessity",
                        "How much of the column's task is lost without the row's circuit; on the diagonal, without its own.",
                        ways(
                                results,
                                "without circuit of",
                                "task",
                                "all is lost",
                                OverlapSection::necessity,
                                task -> Cell.of(
                                        task.own().necessity(),
                                        "",
                                        task.name() + " without its own circuit: "
                                                + two(task.own().necessity())))));
    }

    private static Content symmetric(
            CircuitResults results, String nothing, String full, Function<Overlap, Cell> cell) {
        return content(
                results,
                "circuit of",
                "circuit of",
                nothing,
                full,
                (overlap, forward) -> cell.apply(overlap),
                task -> SAME);
    }

    private static Content ways(
            CircuitResults results,
            String rows,
            String columns,
            String full,
            Function<Way, Cell> cell,
            Function<Task, Cell> diagonal) {
        return content(
                results,
                rows,
                columns,
                full.startsWith("all") ? "nothing is lost" : CHANCE,
                full,
                (overlap, forward) -> cell.apply(
                        forward
                                ? new Way(overlap.one(), overlap.other(), overlap.forward())
                                : new Way(overlap.other(), overlap.one(), overlap.backward())),
                diagonal);
    }

    /** One circuit on the other task. */
    private record Way(String from, String to, Transfer.Result result) {}

    private static Content content(
            CircuitResults results,
            String rows,
            String columns,
            String nothing,
            String full,
            BiFunction<Overlap, Boolean, Cell> cell,
            Function<Task, Cell> diagonal) {
        List<List<Cell>> cells = new ArrayList<>();
        for (Task row : results.tasks()) {
            List<Cell> line = new ArrayList<>();
            for (Task column : results.tasks()) {
                line.add(row.equals(column) ? diagonal.apply(row) : between(results, row, column, cell));
            }
            cells.add(line);
        }
        List<String> names =
                results.tasks().stream().map(task -> Words.spaced(task.name())).toList();
        return new Content(rows, columns, names, nothing, full, cells);
    }

    private static Cell between(
            CircuitResults results, Task row, Task column, BiFunction<Overlap, Boolean, Cell> cell) {
        for (Overlap overlap : results.overlaps()) {
            if (overlap.one().equals(row.name()) && overlap.other().equals(column.name())) {
                return cell.apply(overlap, true);
            }
            if (overlap.other().equals(row.name()) && overlap.one().equals(column.name())) {
                return cell.apply(overlap, false);
            }
        }
        return Cell.none("not measured", row.name() + " and " + column.name() + " were not compared");
    }

    private static Cell csi(Overlap overlap) {
        return cell(pair(overlap) + ": CSI", csiOf(overlap));
    }

    private static Estimate csiOf(Overlap overlap) {
        return overlap.csi()
                .map(Csi.Result::estimate)
                .orElseGet(() -> Estimate.none(overlap.structural()
                        .problem()
                        .orElse(NOT
                                + ": fewer than two splits gave circuits that are neither empty nor the whole model")));
    }

    private static Cell adjusted(Overlap overlap) {
        Optional<Csi.Result> csi = overlap.csi();
        if (csi.isPresent()) {
            Csi.Result found = csi.get();
            return Cell.of(
                    found.cross(),
                    "(" + two(found.chance()) + ", " + two(found.ceiling()) + ")",
                    pair(overlap) + ": J* " + two(found.cross()) + ", by chance " + two(found.chance())
                            + ", in one task " + two(found.ceiling()));
        }
        StructuralOverlap structural = overlap.structural();
        return structural
                .adjustedJaccard()
                .map(value -> Cell.of(
                        value,
                        "("
                                + structural
                                        .stratified()
                                        .expectedAdjusted()
                                        .map(CircuitSection::two)
                                        .orElse(Numbers.DASH)
                                + ", ?)",
                        pair(overlap) + ": J* " + two(value)))
                .orElseGet(() -> Cell.none(NOT, structural.problem().orElse(NOT)));
    }

    private static Cell tau(Way way) {
        return cell(
                "circuit of " + way.from() + " on " + way.to() + ": τ",
                way.result().tau());
    }

    private static Cell necessity(Way way) {
        double value = way.result().necessity();
        return Cell.of(value, "", way.to() + " without the circuit of " + way.from() + ": " + two(value));
    }

    private static Cell cell(String what, Estimate estimate) {
        return estimate.value()
                .map(value -> Cell.of(
                        value,
                        estimate.interval()
                                .map(ends -> interval(ends.low(), ends.high()))
                                .orElse(""),
                        what + " " + shown(estimate)))
                .orElseGet(() -> Cell.none(NOT, what + " " + estimate.problem().orElse(NOT)));
    }

    private static String shown(Estimate estimate) {
        return estimate.value()
                .map(value -> two(value)
                        + estimate.interval()
                                .map(ends -> " [" + two(ends.low()) + ", " + two(ends.high()) + "]")
                                .orElse(""))
                .orElse(NOT);
    }

    private static String pair(Overlap overlap) {
        return Words.spaced(overlap.one()) + " and " + Words.spaced(overlap.other());
    }

    static void write(Html html, CircuitResults results, List<Picture> pictures) {
        if (results.overlaps().isEmpty()) {
            return;
        }
        html.leaf("h3", "Re-use between tasks", "id", "overlaps");
        html.leaf(
                "p",
                "Two questions, with answers that do not follow from each other. Are two circuits made of the same parts? CSI is 0"
                        + " for what random circuits share and 1 for what two circuits of one task share. Does each do the other's"
                        + " task? Transfer τ is 0 for no better than random circuits and 1 for as well as the task's own.");
        html.open("ul", "class", "notes");
        for (Overlap overlap : results.overlaps()) {
            html.open("li")
                    .leaf("b", Words.sentence(pair(overlap)))
                    .text(". " + conclusion(overlap))
                    .close();
        }
        html.end();
        Page.figures(html, pictures);
        OverlapTable.write(html, results.overlaps());
    }

    /** Both verdicts, with their numbers. */
    static String conclusion(Overlap overlap) {
        Verdict structural = Verdicts.structural(finding(csiOf(overlap)));
        Verdict functional = Verdicts.functional(
                finding(overlap.forward().tau()), finding(overlap.backward().tau()));
        return structural.words() + " " + functional.words();
    }

    /** Of what is missing the reason only: the verdict itself says that it is not identifiable. */
    private static Finding finding(Estimate estimate) {
        return estimate.interval()
                .map(Finding::of)
                .orElseGet(() ->
                        Finding.missing(estimate.problem().orElse("no interval").replace(NOT + ": ", "")));
    }

    /** Every figure of every pair. */
    private static final class OverlapTable {
        private static final List<String> HEADS =
                List.of("CSI", "τ there", "τ back", "sizes", "shared", "contained", "p, sizes", "p, types and layers");

        private OverlapTable() {}

        static void write(Html html, List<Overlap> overlaps) {
            html.open("div", "class", "scroll");
            html.open("table", "class", "cards circuits").open("thead").open("tr");
            html.leaf("th", "circuits", "scope", "col");
            HEADS.forEach(head -> html.leaf("th", head, "scope", "col", "class", "number"));
            html.close().close().open("tbody");
            for (Overlap overlap : overlaps) {
                StructuralOverlap same = overlap.structural();
                html.open("tr").leaf("th", pair(overlap), "scope", "row");
                CircuitSection.estimate(html, "CSI", csiOf(overlap));
                CircuitSection.estimate(html, "τ there", overlap.forward().tau());
                CircuitSection.estimate(html, "τ back", overlap.backward().tau());
                Page.cell(html, "sizes", Numbers.count(same.a()) + " · " + Numbers.count(same.b()), "number");
                Page.cell(html, "shared", Numbers.count(same.shared()), "number");
                Page.cell(
                        html,
                        "contained",
                        Numbers.percent(same.containedA()) + " · " + Numbers.percent(same.containedB()),
                        "number");
                Page.cell(html, "p, sizes", p(same.p()), "number");
                Page.cell(html, "p, types and layers", p(same.stratified().p()), "number");
                html.end();
            }
            html.close().end().end();
            html.leaf(
                    "p",
                    "“There” is the first circuit on the second task, “back” the second circuit on the first. Contained: share of the"
                            + " first circuit that is in the second, and of the second in the first. p: exact probability that"
                            + " random circuits of the same sizes, or of the same types and layers, share as many units or more.",
                    "class",
                    "key");
        }

        private static String p(double value) {
            return value < 1e-12 ? "< 1e-12" : Numbers.number(value);
        }
    }
}
