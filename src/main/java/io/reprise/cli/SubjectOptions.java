package io.reprise.cli;

import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.experiment.Arithmetic;
import io.reprise.experiment.OpenSubject;
import io.reprise.tensor.DType;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which model an operator is of, as a whole or in parts, and with what it is computed. */
final class SubjectOptions {
    @Option(names = "--model", paramLabel = "DIR", description = "A model directory, or the directory of a run.")
    private Path model;

    @Option(
            names = "--part",
            paramLabel = "DIR",
            description =
                    "The model's upper part, as reprise split writes it. The lower blocks are then --model's, a layer in"
                            + " memory at a time.")
    private Path part;

    @Option(names = "--stream", description = "Keep one layer in memory at a time: slower, for models larger than it.")
    private boolean stream;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "1g",
            converter = Bytes.class,
            description =
                    "For tangents, beside a layer's weights, such as 512m or 4g: decides how many go through the model"
                            + " together, and changes no result (default: ${DEFAULT-VALUE}).")
    private long memory;

    @Option(names = "--float64", description = "Compute in float64, with nd4j: slower, for checks.")
    private boolean float64;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            converter = ModelOptions.Backends.class,
            description = "cpu or nd4j (default: cpu, with --float64 nd4j).")
    private BackendChoice backend;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to use (default: all of the machine).")
    private Integer threads;

    /** For prompts that aren't known beforehand: the lower blocks are always the model's. */
    OpenSubject.Place place() {
        if (model == null) {
            throw new IllegalArgumentException("no model is given; expected --model DIR"
                    + (part == null ? "" : " with the whole model, whose lower blocks lead to --part"));
        }
        return place(null);
    }

    /** @param boundary states that were saved; may be null */
    OpenSubject.Place place(Path boundary) {
        return new OpenSubject.Place(
                Optional.ofNullable(model), Optional.ofNullable(part), Optional.ofNullable(boundary));
    }

    boolean stream() {
        return stream;
    }

    long memory() {
        return memory;
    }

    Arithmetic arithmetic() {
        var choice = backend == null ? (float64 ? BackendChoice.ND4J : BackendChoice.CPU) : backend;
        if (float64 && choice == BackendChoice.CPU) {
            throw new IllegalArgumentException(
                    "--float64 with --backend cpu: cpu computes in float32; leave --backend out");
        }
        return new Arithmetic(
                choice,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                float64 ? DType.FLOAT64 : DType.FLOAT32);
    }

    /** 512m, 4g. */
    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String size) {
            if (!size.matches("[1-9]\\d{0,8}[mMgG]")) {
                throw new TypeConversionException("\"" + size + "\" is no size; expected one such as 512m or 4g");
            }
            long number = Long.parseLong(size.substring(0, size.length() - 1));
            return number << (Character.toLowerCase(size.charAt(size.length() - 1)) == 'g' ? 30 : 20);
        }
    }
}
