package io.reprise.cli;

import io.reprise.report.TreeText;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise inspect}. */
@Command(
        name = "inspect",
        header = "Say what a run directory, a model directory or a weights file holds.",
        description = {
            "A model's family, parameters, files, the memory that its weights need with and without --stream, and every"
                    + " site with its shape and the family's name for it.",
            "Equal blocks are shown once, as blocks.0..11; [+148] are lines that are folded away."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise inspect models/gpt2",
            "  reprise inspect models/gpt2 --depth 2",
            "  reprise inspect models/gpt2 --all | grep hook_resid",
            "  reprise inspect models/gpt2 --html gpt2.html",
            "  reprise inspect models/gpt2/model.safetensors",
            "  reprise inspect runs/quickstart/5f3a91c2/seed-42"
        })
final class InspectCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "PATH",
            description = "A run directory, a model directory, or a file: safetensors, pytorch_model.bin, or an index.")
    private Path path;

    @Option(names = "--depth", paramLabel = "N", description = "Unfold N levels, no more and no less.")
    private Optional<Integer> depth = Optional.empty();

    @Option(names = "--all", description = "Unfold everything, every block by itself.")
    private boolean all;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the tree as a page, too.")
    private Optional<Path> page = Optional.empty();

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    InspectCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (depth.isPresent() && (depth.get() < 1 || all)) {
            throw new IllegalArgumentException(
                    all
                            ? "--depth and --all contradict each other; give one of them"
                            : "--depth is " + depth.get() + ", expected 1 or more");
        }
        var screen = new Screen(terminal);
        var inspected = services.inspect(path, all, page);
        if (output.json) {
            screen.result(JsonLines.of(inspected.facts()));
            return 0;
        }
        var levels = all ? OptionalInt.of(Integer.MAX_VALUE) : OptionalInt.empty();
        if (depth.isPresent()) {
            levels = OptionalInt.of(depth.get());
        }
        TreeText.lines(inspected.tree(), levels).forEach(screen::result);
        page.ifPresent(file -> screen.result(file.toString()));
        return 0;
    }
}
