package io.reprise.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model is looked into, and with what. */
final class ModelOptions extends EngineOptions {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "A model directory, or the directory of a run.")
    Path model;
}
