package io.reprise.cli;

import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.groups.GroupComparison;
import io.reprise.experiment.CompareModels;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code reprise compare-models}. */
@Command(
        name = "compare-models",
        header = "Do two models do a task in the same way? Circuits, lens and operators side by side.",
        description = {
            "A and B are runs, or directories with the runs of one config: their seeds are then the ceiling, without which a"
                    + " distance can't be called near or far. Give one directory twice to compare its seeds with each other."
                    + " Depth, width and number of heads may differ; the tokens may not.",
            "0 is what models with random weights have in common, 1 what seeds of one architecture have."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise compare-models runs/sizes/5f3a91c2 runs/sizes/77ab01f3 --task numerals --wrong-task months --out compared",
            "  reprise compare-models runs/seeds/5f3a91c2 runs/seeds/5f3a91c2 --task task",
            "  reprise compare-models models/gpt2 models/distilgpt2 --pairs datasets/prompts/pairs.jsonl"
        })
final class CompareModelsCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "A run, or a directory with runs; with --pairs, a model.")
    private Path one;

    @Parameters(index = "1", paramLabel = "B", description = "Another.")
    private Path other;

    @Option(
            names = "--task",
            paramLabel = "NAME",
            description = "A task of A's circuits analysis, or task for all that A was trained on.")
    private String task;

    @Option(
            names = "--wrong-task",
            paramLabel = "NAME",
            description = "Another of those: what components do there is a control.")
    private String wrongTask;

    @Option(
            names = "--pairs",
            paramLabel = "FILE",
            description = "Prompts in place of a task: JSON lines with clean, corrupt, answer and wrong.")
    private Path pairs;

    @Option(
            names = "--units",
            paramLabel = "UNITS",
            converter = Units.class,
            description = "What circuits are made of: nodes or channels (default: as A's analysis says, else nodes).")
    private Universe.Kind units;

    @Option(names = "--force", description = "Go on with a task that the screen refuses.")
    private boolean force;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "compared",
            description = "Where comparison.html and comparison.json are written (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--datasets",
            paramLabel = "DIR",
            description = "Where series are read from (default: those that come with reprise).")
    private Path datasets;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to use (default: all of the machine).")
    private Integer threads;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    CompareModelsCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    /** Kinds by their names in YAML. */
    static final class Units implements ITypeConverter<Universe.Kind> {
        @Override
        public Universe.Kind convert(String name) {
            return Arrays.stream(Universe.Kind.values())
                    .filter(kind -> kind.key().equals(name))
                    .findFirst()
                    .orElseThrow(() ->
                            new TypeConversionException("\"" + name + "\" are no units; choose nodes or channels"));
        }
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = new CompareModels.Request(
                one,
                other,
                Optional.ofNullable(task),
                Optional.ofNullable(wrongTask),
                Optional.ofNullable(pairs),
                Optional.ofNullable(units),
                force,
                datasets != null ? datasets : Path.of(System.getProperty("reprise.datasets", "datasets")),
                threads != null ? threads : Runtime.getRuntime().availableProcessors());
        var compared = services.compareModels(request, out, note -> {
            if (!output.silent()) {
                screen.progress("note", note);
            }
        });
        if (output.json) {
            screen.result(JsonLines.of(compared.result()));
            return 0;
        }
        lines(compared.result()).forEach(screen::result);
        screen.result(compared.page().toString());
        return 0;
    }

    private static List<String> lines(GroupComparison result) {
        List<String> lines = new ArrayList<>();
        lines.add(result.comparison().sentence());
        result.comparison().channels().forEach(channel -> channel.figures()
                .forEach(figure -> lines.add(String.format(
                        Locale.ROOT,
                        "  %-40s %s",
                        figure.name(),
                        figure.calibrated()
                                .map(value -> words(value, figure.interval()))
                                .orElse("not identifiable: " + figure.problem().orElse(""))))));
        result.comparison().verdicts().forEach(verdict -> lines.add(verdict.words()));
        for (String tau : List.of("tau_there", "tau_back")) {
            Estimate estimate = result.figures().get(tau);
            lines.add(String.format(
                    Locale.ROOT,
                    "  %-40s %s",
                    tau.equals("tau_there") ? "transfer of A's circuit to B" : "transfer of B's circuit to A",
                    estimate.value()
                            .map(value -> words(value, estimate.interval()))
                            .orElse(estimate.problem().orElse(""))));
        }
        return lines;
    }

    private static String words(double value, Optional<Interval> interval) {
        return String.format(Locale.ROOT, "%.2f", value)
                + interval.map(i -> String.format(Locale.ROOT, " [%.2f, %.2f]", i.low(), i.high()))
                        .orElse("");
    }
}
