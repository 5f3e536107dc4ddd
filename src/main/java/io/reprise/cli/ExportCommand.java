package io.reprise.cli;

import io.reprise.experiment.RunOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise export}. */
@Command(
        name = "export",
        header = "Write a run's model so that Python reads it.",
        description = {
            "gpt2: a directory of the transformers library, where GPT-2 can express the model.",
            "transformer_lens: a TransformerLens state dict, for every model."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise export runs/quickstart/5f3a91c2/seed-42 --format gpt2 --out models/quickstart",
            "  reprise export runs/sorting/0c1d22aa/seed-1 --format transformer_lens --out models/sorting"
        })
final class ExportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "A run directory.")
    private Path run;

    @Option(names = "--format", required = true, paramLabel = "FORMAT", description = "gpt2 or transformer_lens.")
    private String format;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "A new directory to write to.")
    private Path out;

    @Mixin
    private Places places;

    private final Services services;
    private final Terminal terminal;

    ExportCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var options = new RunOptions(places.runs, places.datasets(), places.threads(), false, false, false);
        screen.result(services.export(run, format, out, options, new Silence(screen, ""))
                .toString());
        return 0;
    }
}
