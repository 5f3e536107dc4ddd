package io.reprise.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise sync}. */
@Command(
        name = "sync",
        header = "Publish runs that MLflow hasn't got yet.",
        description =
                "A tracker that doesn't answer never stops a run; this publishes what it missed. Doing it twice is harmless.",
        footerHeading = "%nExamples:%n",
        footer = {"  reprise sync runs", "  reprise sync runs/quickstart --to http://localhost:5000"})
final class SyncCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "RUN",
            description = "Run directories, or directories with runs below (default: runs).")
    private List<Path> places = List.of(Path.of("runs"));

    @Option(
            names = "--to",
            paramLabel = "URI",
            description =
                    "Publish there instead of where the runs' configs say: sqlite:///file.db or http(s)://server.")
    private String uri;

    private final Services services;
    private final Terminal terminal;

    SyncCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        services.sync(places, Optional.ofNullable(uri)).forEach(screen::result);
        return 0;
    }
}
