package io.reprise.report;

import static io.reprise.report.CircuitSection.two;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.overlap.within.PairwiseOverlap;
import io.reprise.analysis.overlap.within.PairwiseOverlap.Member;
import io.reprise.analysis.overlap.within.PairwiseOverlap.Pair;
import io.reprise.analysis.overlap.within.ScoreOverlap;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.report.OverlapMatrix.Cell;
import io.reprise.report.OverlapMatrix.Content;
import io.reprise.run.OverlapResults;
import io.reprise.run.OverlapResults.Comparison;
import io.reprise.run.OverlapResults.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Circuits that came from files: what every two of them share beside chance, and what cannot be told from lists alone. */
final class ComparedSection {
    private static final String NOT = "not identifiable";
    private static final double LN_10 = Math.log(10);

    private ComparedSection() {}

    /** Each circuit in its model, then J* of every two, by what is compared. */
    record Pictures(List<Picture> circuits, List<Picture> overlaps) {
        static Pictures of(Optional<OverlapResults> results, List<Circuit> circuits) {
            if (results.isEmpty()) {
                return new Pictures(List.of(), List.of());
            }
            return new Pictures(
                    circuits.stream()
                            .map(circuit -> CircuitSection.draw("circuit-" + circuit.name(), circuit))
                            .toList(),
                    results.get().comparisons().stream()
                            .map(ComparedSection::matrix)
                            .toList());
        }

        List<Picture> all() {
            List<Picture> all = new ArrayList<>(circuits);
            all.addAll(overlaps);
            return all;
        }
    }

    private static Picture matrix(Comparison comparison) {
        PairwiseOverlap overlap = comparison.overlap();
        List<List<Cell>> cells = new ArrayList<>();
        for (Member row : overlap.circuits()) {
            List<Cell> line = new ArrayList<>();
            for (Member column : overlap.circuits()) {
                line.add(
                        row.equals(column)
                                ? Cell.none(
                                        row.size() + " units", Words.spaced(row.name()) + ": " + row.size() + " units")
                                : cell(find(overlap, row, column)));
            }
            cells.add(line);
        }
        return OverlapMatrix.draw(
                "overlap-" + comparison.key(),
                "Shared " + comparison.units() + ": J*",
                "Jaccard's index, adjusted for size and chance. Below each value Jaccard's index itself and, in brackets, that of"
                        + " random circuits of the same types and layers. On the diagonal sizes, of "
                        + overlap.universe() + " " + comparison.units() + ".",
                new Content(
                        "circuit",
                        "circuit",
                        overlap.circuits().stream()
                                .map(member -> Words.spaced(member.name()))
                                .toList(),
                        "chance, given the sizes",
                        "one inside the other",
                        cells));
    }

    private static Pair find(PairwiseOverlap overlap, Member one, Member other) {
        return overlap.pairs().stream()
                .filter(pair -> (pair.one().equals(one.name()) && pair.other().equals(other.name()))
                        || (pair.one().equals(other.name()) && pair.other().equals(one.name())))
                .findFirst()
                .orElseThrow();
    }

    private static Cell cell(Pair pair) {
        StructuralOverlap overlap = pair.overlap();
        return overlap.adjustedJaccard()
                .map(value -> Cell.of(
                        value,
                        two(overlap.jaccard()) + " (" + two(overlap.stratified().expectedJaccard()) + ")",
                        names(pair) + ": " + overlap.shared() + " of " + overlap.a() + " and " + overlap.b() + ", J* "
                                + two(value)))
                .orElseGet(() -> Cell.none(NOT, overlap.problem().orElse(NOT)));
    }

    static void write(Html html, Optional<OverlapResults> found, Pictures pictures) {
        if (found.isEmpty()) {
            return;
        }
        OverlapResults results = found.get();
        html.open("section", "id", "overlaps").leaf("h2", "What the circuits share");
        html.open("ul", "class", "notes");
        for (Comparison comparison : results.comparisons()) {
            html.leaf("li", core(comparison));
        }
        html.end();
        Page.figures(html, pictures.overlaps());
        for (Comparison comparison : results.comparisons()) {
            html.leaf("h3", "Every two, by " + comparison.units());
            table(html, comparison.overlap());
            scores(html, comparison.overlap());
        }
        html.leaf(
                "p",
                "Contained: share of the first circuit that is in the second, and of the second in the first. p: exact probability"
                        + " that random circuits of the same sizes, or of the same types and layers, share as many units or"
                        + " more; q: the same adjusted for the number of pairs (Benjamini and Hochberg).",
                "class",
                "key");
        caution(html, results);
        sources(html, results);
        Page.figures(html, pictures.circuits());
        html.end();
    }

    private static String core(Comparison comparison) {
        PairwiseOverlap overlap = comparison.overlap();
        return "Of " + overlap.universe() + " " + comparison.units() + ", " + overlap.union()
                + " are in at least one circuit and "
                + overlap.core().size() + " in all " + overlap.circuits().size() + ", where random circuits of these"
                + " sizes have " + Numbers.fixed(overlap.expectedCore()) + " in common"
                + (overlap.core().isEmpty() ? "." : ": " + String.join(" ", overlap.core()) + ".");
    }

    private static void table(Html html, PairwiseOverlap all) {
        html.open("div", "class", "scroll");
        html.open("table", "class", "cards circuits").open("thead").open("tr");
        html.leaf("th", "circuits", "scope", "col");
        for (String head : List.of("sizes", "shared", "J", "J*", "contained", "p, sizes", "p, types and layers")) {
            html.leaf("th", head, "scope", "col", "class", "number");
        }
        html.close().close().open("tbody");
        for (Pair pair : all.pairs()) {
            StructuralOverlap overlap = pair.overlap();
            StructuralOverlap.Stratified stratified = overlap.stratified();
            html.open("tr").leaf("th", names(pair), "scope", "row");
            Page.cell(html, "sizes", overlap.a() + " · " + overlap.b(), "number");
            cell(
                    html,
                    "shared",
                    Integer.toString(overlap.shared()),
                    "chance " + two((double) overlap.a() * overlap.b() / all.universe()) + " · "
                            + two(stratified.expectedShared()));
            cell(
                    html,
                    "J",
                    Numbers.fixed(overlap.jaccard()),
                    "chance " + two(overlap.expectedJaccard()) + " · " + two(stratified.expectedJaccard()));
            Page.cell(html, "J*", overlap.adjustedJaccard().map(Numbers::fixed).orElse(NOT), "number");
            Page.cell(
                    html,
                    "contained",
                    Numbers.percent(overlap.containedA()) + " · " + Numbers.percent(overlap.containedB()),
                    "number");
            cell(html, "p, sizes", p(overlap.logP()), q(pair.q()));
            cell(html, "p, types and layers", p(stratified.logP()), q(pair.stratifiedQ()));
            html.end();
        }
        html.close().end().end();
    }

    private static void scores(Html html, PairwiseOverlap all) {
        for (Pair pair : all.pairs()) {
            pair.scores().ifPresent(found -> {
                html.leaf(
                        "p",
                        Words.sentence(names(pair)) + ", scores of "
                                + Words.plural(found.units(), "unit") + " without a threshold: "
                                + found.measures().entrySet().stream()
                                        .map(ComparedSection::measure)
                                        .collect(Collectors.joining(" · "))
                                + ". "
                                + found.problem()
                                        .map(why -> Words.sentence(why) + ".")
                                        .orElse(""));
            });
        }
    }

    private static String measure(Map.Entry<String, ScoreOverlap.Measure> entry) {
        ScoreOverlap.Measure measure = entry.getValue();
        return Words.spaced(entry.getKey()) + " "
                + measure.value()
                        .map(value -> two(value)
                                + measure.chance()
                                        .map(chance -> " (by chance " + two(chance)
                                                + measure.p()
                                                        .map(p -> ", p " + Numbers.fixed(p))
                                                        .orElse("")
                                                + ")")
                                        .orElse(""))
                        .orElse("undefined");
    }

    private static void caution(Html html, OverlapResults results) {
        html.leaf("h3", "What this does not say");
        html.leaf(
                "p",
                "Circuits are not random draws. A search, and a greedy one above all, keeps what every task needs of this model"
                        + " (the first MLPs, heads that all later ones read) and leaves out what none needs, so that circuits of"
                        + " unrelated tasks overlap beyond these nulls, too. And what it keeps depends on the order in which it"
                        + " tries. A small p therefore describes the lists; by itself it is no proof that one task re-uses the"
                        + " mechanism of another.");
        html.leaf(
                "p",
                "CSI is " + NOT
                        + ": lists have no ceiling, since no task's circuit was found a second time, on other prompts or"
                        + " with another order, and no circuit of an unrelated task stands for the generic part. Whether one"
                        + " circuit does the other's task (transfer τ), and whether its components do the same there (causal"
                        + " transport), takes the model's weights.");
        List<String> methods = results.circuits().stream()
                .flatMap(source -> source.method().stream())
                .distinct()
                .toList();
        if (!methods.isEmpty()) {
            html.leaf("p", "How these were found: " + String.join("; ", methods) + ".");
        }
    }

    private static void sources(Html html, OverlapResults results) {
        html.open("ul", "class", "notes");
        for (Source source : results.circuits()) {
            html.open("li")
                    .leaf("b", Words.sentence(Words.spaced(source.name())))
                    .text(": " + source.task().map(task -> task + ", ").orElse("")
                            + source.model().map(model -> model + ", ").orElse("") + source.file())
                    .close();
        }
        html.end();
    }

    private static void cell(Html html, String column, String value, String beneath) {
        html.open("td", "class", "number", "data-label", column).leaf("b", value);
        if (!beneath.isEmpty()) {
            html.leaf("small", beneath);
        }
        html.close();
    }

    private static String names(Pair pair) {
        return Words.spaced(pair.one()) + " and " + Words.spaced(pair.other());
    }

    private static String q(Optional<Double> q) {
        return q.map(value -> "q " + (value < 1e-300 ? "< 1e-300" : Numbers.number(value)))
                .orElse("");
    }

    /** As a power of ten where a double has no room. */
    private static String p(double log) {
        return log > -690 ? Numbers.number(Math.exp(log)) : String.format(Locale.ROOT, "10^%.0f", log / LN_10);
    }
}
