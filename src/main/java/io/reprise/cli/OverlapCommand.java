package io.reprise.cli;

import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.overlap.within.PairwiseOverlap;
import io.reprise.analysis.overlap.within.ScoreOverlap;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.experiment.OverlapFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise overlap}. */
@Command(
        name = "overlap",
        header = "What circuits of one model share, beside chance.",
        description = {
            "Takes circuits as reprise writes them, or lists of nodes as papers publish them:"
                    + " {\"heads\": [[layer, head], …], \"mlps\": [layer, …]}, with n_layers and n_heads in the file or as options.",
            "J* is 0 for what random circuits of these sizes share and 1 where one circuit holds the other, whatever their sizes."
                    + " p is exact: among random circuits of these sizes, and among those of the same types and layers."
                    + " Of more than two circuits every two are compared, and q is p adjusted for their number (Benjamini and"
                    + " Hochberg). Scores, where circuits have some, are compared without a threshold, against permutations"
                    + " within types and layers.",
            "Circuits are not random draws, so a small p alone is no proof of re-use: docs/circuit-overlap.md."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise overlap runs/toy/5f3a91c2/seed-1/circuits/numerals.json runs/toy/5f3a91c2/seed-1/circuits/months.json",
            "  reprise overlap datasets/circuits/gpt2-small-*.json --heads-only",
            "  reprise overlap a.json b.json --n-layers 12 --n-heads 12 --json"
        })
final class OverlapCommand implements Callable<Integer> {
    private static final double LN_10 = Math.log(10);
    /** Names of shared units on a line; the rest is counted. */
    private static final int MOST_NAMES = 24;

    @Parameters(
            arity = "2..*",
            paramLabel = "CIRCUIT",
            description = "Files of two or more circuits of one model. With --json a line for each pair.")
    private List<Path> files;

    @ArgGroup(exclusive = false)
    private ModelSize size;

    /** Of a published list's model. */
    private static final class ModelSize {
        @Option(names = "--n-layers", required = true, paramLabel = "N", description = "Layers of a list's model.")
        private int layers;

        @Option(names = "--n-heads", required = true, paramLabel = "N", description = "Heads per layer there.")
        private int heads;
    }

    @Option(names = "--heads-only", description = "Leave MLPs out of the circuits and of what they are chosen from.")
    private boolean headsOnly;

    @Option(
            names = "--draws",
            paramLabel = "N",
            defaultValue = "999",
            description = "Permutations of scores (default: ${DEFAULT-VALUE}); the smallest p is 1/(N + 1).")
    private int draws;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Their seed (${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    OverlapCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var found = services.overlap(new OverlapFiles.Request(
                files,
                Optional.ofNullable(size).map(given -> new CircuitFile.Size(given.layers, given.heads)),
                headsOnly,
                draws,
                seed));
        var screen = new Screen(terminal);
        if (output.json) {
            found.pairs().forEach(pair -> screen.result(JsonLines.of(pair)));
        } else if (found.pairs().size() == 1) {
            two(screen, found.pairs().get(0));
        } else {
            table(screen, found);
        }
        return 0;
    }

    private static void two(Screen screen, PairwiseOverlap.Pair pair) {
        StructuralOverlap overlap = pair.overlap();
        screen.result(text(
                "%s has %d and %s %d of %d units; they share %d",
                pair.one(), overlap.a(), pair.other(), overlap.b(), overlap.universe(), overlap.shared()));
        if (!pair.shared().isEmpty()) {
            screen.result("  " + names(pair.shared()));
        }
        screen.result(text(
                "J %.3f (by chance %.3f; same types and layers %.3f) · J* %s · κ %s",
                overlap.jaccard(),
                overlap.expectedJaccard(),
                overlap.stratified().expectedJaccard(),
                words(overlap.adjustedJaccard()),
                words(overlap.kappa())));
        screen.result(text(
                "in %s: %.3f of %s · in %s: %.3f of %s · overlap coefficient %.3f",
                pair.other(),
                overlap.containedA(),
                pair.one(),
                pair.one(),
                overlap.containedB(),
                pair.other(),
                overlap.overlapCoefficient()));
        screen.result(text(
                "p %s · same types and layers %s (smallest possible %.2g)",
                probability(overlap.logP()),
                probability(overlap.stratified().logP()),
                overlap.stratified().smallestP()));
        overlap.problem().ifPresent(screen::result);
        pair.scores().ifPresent(scores -> screen.result(scores(scores)));
    }

    private static void table(Screen screen, PairwiseOverlap found) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "sizes", "shared", "J", "chance", "J*", "p", "q", "p, layers", "q, layers"));
        for (var pair : found.pairs()) {
            StructuralOverlap overlap = pair.overlap();
            boolean told = overlap.problem().isEmpty();
            rows.add(List.of(
                    pair.one() + " · " + pair.other(),
                    overlap.a() + " · " + overlap.b(),
                    Integer.toString(overlap.shared()),
                    text("%.3f", overlap.jaccard()),
                    text("%.3f", overlap.stratified().expectedJaccard()),
                    words(overlap.adjustedJaccard()),
                    told ? probability(overlap.logP()) : "–",
                    pair.q().map(OverlapCommand::adjusted).orElse("–"),
                    told ? probability(overlap.stratified().logP()) : "–",
                    pair.stratifiedQ().map(OverlapCommand::adjusted).orElse("–")));
        }
        aligned(rows).forEach(screen::result);
        screen.result(
                "chance: J of random circuits of the same types and layers · p: random circuits of the same sizes, or of the"
                        + " same types and layers · q: p adjusted for "
                        + found.pairs().size() + " pairs");
        screen.result(text(
                "in all %d: %d of the %d units in any, by chance %.3f%s",
                found.circuits().size(),
                found.core().size(),
                found.union(),
                found.expectedCore(),
                found.core().isEmpty() ? "" : ": " + names(found.core())));
        for (var pair : found.pairs()) {
            pair.overlap().problem().ifPresent(why -> screen.result(pair.one() + " · " + pair.other() + ": " + why));
            pair.scores().ifPresent(scores -> screen.result(pair.one() + " · " + pair.other() + ": " + scores(scores)));
        }
    }

    private static List<String> aligned(List<List<String>> rows) {
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width =
                        rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
                var pad = " ".repeat(width - row.get(column).length());
                line.append(column == 0 ? row.get(column) + pad : "   " + pad + row.get(column));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static String scores(ScoreOverlap.Result scores) {
        return "scores of " + scores.units() + " units, without a threshold: "
                + scores.measures().entrySet().stream()
                        .map(entry -> entry.getKey().replace('_', ' ') + " " + measure(entry.getValue()))
                        .collect(Collectors.joining(" · "))
                + scores.problem().map(why -> "\n" + why).orElse("");
    }

    private static String measure(ScoreOverlap.Measure measure) {
        if (measure.value().isEmpty()) {
            return "undefined";
        }
        return text("%.3f", measure.value().get())
                + measure.chance()
                        .map(chance -> text(" (by chance %.3f", chance)
                                + measure.p().map(p -> text(", p %.3g", p)).orElse("") + ")")
                        .orElse("");
    }

    private static String names(List<String> units) {
        return String.join(" ", units.stream().limit(MOST_NAMES).toList())
                + (units.size() > MOST_NAMES ? " and " + (units.size() - MOST_NAMES) + " more" : "");
    }

    private static String words(Optional<Double> value) {
        return value.map(v -> text("%.3f", v)).orElse("not identifiable");
    }

    /** As a power of ten where a double has no room. */
    private static String probability(double log) {
        return log > -600 ? text("%.3g", Math.exp(log)) : text("10^%.1f", log / LN_10);
    }

    private static String adjusted(double q) {
        return q < 1e-260 ? "< 1e-260" : text("%.3g", q);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
