package io.reprise.model.pretrained;

import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.text.Tokenizer;
import io.reprise.text.Tokenizers;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.WeightFiles;
import io.reprise.weights.WeightSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A directory that holds a model: a family's config.json with safetensors, or a TransformerLens state dict that we wrote. Opening
 * it accounts for every key and every tensor; weights are read when asked for.
 */
public final class ModelDirectory implements Closeable {
    static final String CONFIG = "config.json";

    /** By config.json's model_type. */
    private static final Map<String, Family> FAMILIES = Map.of(Gpt2Family.MODEL_TYPE, new Gpt2Family());

    private final Path path;
    private final Family family;
    private final Architecture architecture;
    private final WeightSource source;
    private final NamedWeights weights;

    private ModelDirectory(Path path, Family family, Architecture architecture, WeightSource source)
            throws IOException {
        this.path = path;
        this.family = family;
        this.architecture = architecture;
        this.source = source;
        this.weights = new NamedWeights(source, architecture.table(), architecture.dimensions());
    }

    /**
     * @throws ModelFormatException if the config or the weights are not of a model that can be run, naming every problem
     * @throws io.reprise.weights.WeightsFormatException if a file breaks its format's rules
     */
    public static ModelDirectory open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new ModelFormatException(
                    directory, Files.exists(directory) ? "is not a directory" : "no such directory");
        }
        boolean lens = Files.exists(directory.resolve(TransformerLensFamily.CONFIG));
        if (!lens && !Files.exists(directory.resolve(CONFIG))) {
            throw new ModelFormatException(
                    directory,
                    "is not a model directory; expected " + CONFIG + " and " + WeightFiles.SINGLE + ", or "
                            + TransformerLensFamily.CONFIG);
        }
        ConfigKeys keys = ConfigKeys.read(directory.resolve(lens ? TransformerLensFamily.CONFIG : CONFIG));
        Family family = lens ? new TransformerLensFamily() : family(keys);
        Architecture architecture;
        try {
            architecture = family.architecture(keys);
        } catch (IllegalArgumentException | ArithmeticException e) {
            keys.finish(); // which says it in the config's own words, most of the time
            throw new ModelFormatException(keys.file(), e.getMessage());
        }
        keys.finish();
        WeightSource source = lens
                ? SafetensorsFile.open(directory.resolve(TransformerLensFamily.WEIGHTS))
                : WeightFiles.open(directory);
        try {
            return new ModelDirectory(directory, family, architecture, source);
        } catch (IOException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /** All weights of the model in {@code directory}, uploaded; {@link Parameters#config()} says of which model. */
    public static Parameters load(Path directory, Backend backend) throws IOException {
        try (ModelDirectory model = open(directory)) {
            return model.parameters(backend);
        }
    }

    private static Family family(ConfigKeys keys) throws ModelFormatException {
        String type = keys.text("model_type", "");
        Family family = FAMILIES.get(type);
        if (family == null) {
            throw new ModelFormatException(
                    keys.file(), "model_type is \"" + type + "\", expected one of " + FAMILIES.keySet());
        }
        return family;
    }

    /** The family, as people say it. */
    public String family() {
        return family.title();
    }

    public ModelConfig config() {
        return architecture.config();
    }

    /** A toy's tokens, in the order of their ids, if the directory has them. */
    public Optional<List<String>> vocabulary() throws IOException {
        return VocabularyFile.read(path, architecture.config().dVocab());
    }

    /**
     * The directory's tokenizer, if it has one; GPT-2's without files if the model is of its family and has its 50,257 tokens.
     *
     * @throws io.reprise.text.TokenizerFormatException if its files are malformed or do not fit the model
     */
    public Optional<Tokenizer> tokenizer() throws IOException {
        return Tokenizers.find(path, architecture.config().dVocab(), family instanceof Gpt2Family);
    }

    /** All weights, uploaded to {@code backend}. */
    public Parameters parameters(Backend backend) throws IOException {
        for (WeightTable.Check check : architecture.table().checks()) {
            check.run(weights);
        }
        Map<String, Slot> slots = new HashMap<>();
        architecture.table().slots().forEach(slot -> slots.put(slot.parameter(), slot));
        try {
            return Parameters.of(backend, architecture.config(), (name, shape) -> read(slots.get(name)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    public Transformer transformer(Backend backend) throws IOException {
        return new Transformer(backend, config(), parameters(backend));
    }

    private float[] read(Slot slot) {
        try {
            List<float[]> parts = new ArrayList<>();
            for (Slot.Source part : slot.sources()) {
                parts.add(weights.read(part.name()));
            }
            return slot.assembly().assemble(parts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
