package io.reprise.cli;

import io.reprise.config.ExperimentConfig.BackendChoice;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** With what a model is computed. */
class EngineOptions {
    @Option(names = "--stream", description = "Keep one layer in memory at a time: slower, for models larger than it.")
    boolean stream;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "cpu",
            converter = Backends.class,
            description = "cpu or nd4j (default: ${DEFAULT-VALUE}).")
    BackendChoice backend;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to use (default: all of the machine).")
    private Integer threads;

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Backends by their names in YAML. */
    static final class Backends implements ITypeConverter<BackendChoice> {
        @Override
        public BackendChoice convert(String name) {
            for (var choice : BackendChoice.values()) {
                if (choice.name().equalsIgnoreCase(name)) {
                    return choice;
                }
            }
            throw new TypeConversionException("\"" + name + "\" is no backend; choose cpu or nd4j");
        }
    }
}
