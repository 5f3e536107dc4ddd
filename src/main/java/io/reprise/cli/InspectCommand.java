package io.reprise.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code reprise inspect}. */
@Command(
        name = "inspect",
        header = "Say what a run directory, a model directory or a weights file holds.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise inspect runs/quickstart/5f3a91c2/seed-42",
            "  reprise inspect models/gpt2",
            "  reprise inspect models/gpt2/model.safetensors"
        })
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "A run directory, a model directory or a weights file.")
    private Path path;

    private final Services services;
    private final Terminal terminal;

    InspectCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        services.inspect(path).forEach(screen::result);
        return 0;
    }
}
