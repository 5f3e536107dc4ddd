package io.reprise.cli;

import picocli.CommandLine.Option;

/** How much is said, and in which form. */
final class Output {
    @Option(
            names = {"-q", "--quiet"},
            description = "No progress, only results and problems.")
    boolean quiet;

    @Option(names = "--json", description = "Results as JSON, one object a line; implies --quiet.")
    boolean json;

    boolean silent() {
        return quiet || json;
    }
}
