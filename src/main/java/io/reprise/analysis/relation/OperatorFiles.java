package io.reprise.analysis.relation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reprise.data.Relation;
import io.reprise.model.ModelConfig;
import io.reprise.tensor.Shape;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * An operator on disk: NAME.safetensors holds W (weight) and b (bias) in F64, NAME.json all else, the digest of the former among it.
 * The JSON is written last; where the two are not of one writing, the operator is refused.
 */
public final class OperatorFiles {
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private OperatorFiles() {}

    private record Description(
            int format,
            String estimator,
            String from,
            String to,
            double beta,
            String prefix,
            String template,
            List<Relation.Sample> demonstrations,
            List<String> trainedOn,
            int width,
            String model,
            String weightsSha256) {}

    /**
     * What is read.
     *
     * @param prefix what its prompts begin with, for the {@link PromptMaker}
     * @param trainedOn subjects that it was fitted to
     */
    public record Stored(LinearOperator operator, String prefix, List<String> trainedOn) {
        public Stored {
            trainedOn = List.copyOf(trainedOn);
        }
    }

    /**
     * @param directory is made if need be
     * @param prefix what the operator's prompts begin with; may be empty
     * @param trainedOn subjects that it was fitted to; no fair test of it
     * @param width d_model of the model
     * @param model its fingerprint
     */
    public static void write(
            Path directory,
            String name,
            LinearOperator operator,
            String prefix,
            List<String> trainedOn,
            int width,
            String model,
            AtomicFile files)
            throws IOException {
        Files.createDirectories(directory);
        List<TensorEntry> tensors = new ArrayList<>();
        operator.weight()
                .ifPresent(w -> tensors.add(
                        TensorEntry.of("weight", Shape.of(w.getRowDimension(), w.getColumnDimension()), Rows.flat(w))));
        operator.bias().ifPresent(b -> tensors.add(TensorEntry.of("bias", Shape.of(b.length), b)));
        SafetensorsWriter.writeAtomically(files, weights(directory, name), Map.of(), tensors);
        var description = new Description(
                FORMAT,
                operator.estimator(),
                operator.ends().from().name(),
                operator.ends().to().name(),
                operator.beta(),
                prefix,
                operator.template(),
                operator.demonstrations(),
                trainedOn,
                width,
                model,
                Digests.sha256(weights(directory, name)));
        files.write(
                description(directory, name),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(description) + "\n");
    }

    /**
     * @param config of the model that it is to be applied to
     * @param model that one's fingerprint
     * @throws IOException naming the file and what is wrong with it
     */
    public static Stored read(Path directory, String name, ModelConfig config, String model) throws IOException {
        Path file = description(directory, name);
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no operator " + file + "; fit one first");
        }
        Description about;
        try {
            about = JSON.readValue(Files.readAllBytes(file), Description.class);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " does not describe an operator: " + e.getOriginalMessage(), e);
        }
        require(about.format() == FORMAT, file, "has format " + about.format() + ", expected " + FORMAT);
        require(
                about.width() == config.dModel(),
                file,
                "is of a model of d_model = " + about.width() + ", but this one has " + config.dModel());
        require(
                about.model().equals(model),
                file,
                "was fitted to another model of the same width (its fingerprint is " + about.model() + ", this one's "
                        + model + "); fit it again");
        Path weights = weights(directory, name);
        require(
                Files.isRegularFile(weights) && Digests.sha256(weights).equals(about.weightsSha256()),
                file,
                "and " + weights.getFileName() + " are not of one writing; fit the operator again");
        try (SafetensorsFile stored = SafetensorsFile.open(weights)) {
            var operator = new LinearOperator(
                    about.estimator(),
                    new Ends(End.parse(about.from(), config), End.parse(about.to(), config)),
                    weight(stored, config.dModel()),
                    bias(stored, config.dModel()),
                    about.beta(),
                    about.template(),
                    about.demonstrations());
            return new Stored(operator, about.prefix(), about.trainedOn());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static Optional<RealMatrix> weight(SafetensorsFile stored, int width) throws IOException {
        if (!stored.has("weight")) {
            return Optional.empty();
        }
        expect(stored, "weight", Shape.of(width, width));
        return Optional.of(MatrixUtils.createRealMatrix(Rows.of(stored.readDoubles("weight"), width, width)));
    }

    private static Optional<double[]> bias(SafetensorsFile stored, int width) throws IOException {
        if (!stored.has("bias")) {
            return Optional.empty();
        }
        expect(stored, "bias", Shape.of(width));
        return Optional.of(stored.readDoubles("bias"));
    }

    private static void expect(SafetensorsFile stored, String name, Shape shape) throws IOException {
        if (!stored.shape(name).equals(shape)) {
            throw new IOException(stored.origin() + ": " + name + " is " + stored.shape(name) + ", expected " + shape);
        }
    }

    private static void require(boolean holds, Path file, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(file + " " + otherwise);
        }
    }

    private static Path description(Path directory, String name) {
        return directory.resolve(name + ".json");
    }

    private static Path weights(Path directory, String name) {
        return directory.resolve(name + ".safetensors");
    }
}
