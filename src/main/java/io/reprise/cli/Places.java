package io.reprise.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where things are, and how much of the machine to use. */
final class Places {
    @Option(
            names = "--runs",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Where run directories are made (default: ${DEFAULT-VALUE}).")
    Path runs;

    @Option(
            names = "--datasets",
            paramLabel = "DIR",
            description = "Where series and relations are read from (default: those that come with reprise).")
    private Path datasets;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads to use in total; a sweep shares them out (default: all of the machine).")
    private Integer threads;

    Path datasets() {
        return datasets != null ? datasets : Path.of(System.getProperty("reprise.datasets", "datasets"));
    }

    int threads() {
        return threads != null ? threads : Runtime.getRuntime().availableProcessors();
    }
}
