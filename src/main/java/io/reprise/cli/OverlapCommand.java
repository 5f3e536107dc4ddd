package io.reprise.cli;

import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.experiment.OverlapFiles;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise overlap}. */
@Command(
        name = "overlap",
        header = "What two circuits of one model share, beside chance.",
        description = {
            "Takes circuits as reprise writes them, or lists of nodes as papers publish them:"
                    + " {\"heads\": [[layer, head], …], \"mlps\": [layer, …]}, with n_layers and n_heads in the file or as options.",
            "J* is 0 for what random circuits of these sizes share and 1 where one circuit holds the other, whatever their sizes."
                    + " p is exact: among random circuits of these sizes, and among those of the same types and layers."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise overlap runs/toy/5f3a91c2/seed-1/circuits/numerals.json runs/toy/5f3a91c2/seed-1/circuits/months.json",
            "  reprise overlap datasets/circuits/gpt2-small-numerals.json datasets/circuits/gpt2-small-months.json --heads-only",
            "  reprise overlap a.json b.json --n-layers 12 --n-heads 12 --json"
        })
final class OverlapCommand implements Callable<Integer> {
    private static final double LN_10 = Math.log(10);
    /** Names of shared units on a line; the rest is counted. */
    private static final int MOST_NAMES = 24;

    @Parameters(index = "0", paramLabel = "A", description = "A circuit.")
    private Path one;

    @Parameters(index = "1", paramLabel = "B", description = "Another of the same model.")
    private Path other;

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
                one,
                other,
                Optional.ofNullable(size).map(given -> new CircuitFile.Size(given.layers, given.heads)),
                headsOnly));
        var screen = new Screen(terminal);
        if (output.json) {
            screen.result(JsonLines.of(found));
            return 0;
        }
        StructuralOverlap overlap = found.overlap();
        screen.result(text(
                "%s has %d and %s %d of %d units; they share %d",
                found.one(), overlap.a(), found.other(), overlap.b(), overlap.universe(), overlap.shared()));
        if (!found.shared().isEmpty()) {
            screen.result("  "
                    + String.join(" ", found.shared().stream().limit(MOST_NAMES).toList())
                    + (found.shared().size() > MOST_NAMES
                            ? " and " + (found.shared().size() - MOST_NAMES) + " more"
                            : ""));
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
                found.other(),
                overlap.containedA(),
                found.one(),
                found.one(),
                overlap.containedB(),
                found.other(),
                overlap.overlapCoefficient()));
        screen.result(text(
                "p %s · same types and layers %s (smallest possible %.2g)",
                probability(overlap.logP()),
                probability(overlap.stratified().logP()),
                overlap.stratified().smallestP()));
        overlap.problem().ifPresent(screen::result);
        return 0;
    }

    private static String words(Optional<Double> value) {
        return value.map(v -> text("%.3f", v)).orElse("not identifiable");
    }

    /** As a power of ten where a double has no room. */
    private static String probability(double log) {
        return log > -600 ? text("%.3g", Math.exp(log)) : text("10^%.1f", log / LN_10);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
