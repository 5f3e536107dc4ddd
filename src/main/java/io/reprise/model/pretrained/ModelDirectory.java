package io.reprise.model.pretrained;

import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A directory that holds a model: a family's config.json with safetensors or pytorch_model.bin, or a TransformerLens state dict that we wrote. Opening
 * it accounts for every key and every tensor; weights are read when asked for.
 */
public final class ModelDirectory implements Closeable {
    static final String CONFIG = "config.json";

    /** By config.json's model_type. */
    private static final Map<String, Family> FAMILIES = new TreeMap<>(Map.of(
            Gpt2Family.MODEL_TYPE, new Gpt2Family(),
            GptNeoFamily.MODEL_TYPE, new GptNeoFamily(),
            GptNeoXFamily.MODEL_TYPE, new GptNeoXFamily()));

    private final Path path;
    private final Family family;
    private final Architecture architecture;
    private final WeightSource source;
    private final NamedWeights weights;
    private final List<DirectoryWeights> inUse = new ArrayList<>();

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
        Read read = readConfig(directory);
        WeightSource source = read.family instanceof TransformerLensFamily
                ? SafetensorsFile.open(directory.resolve(TransformerLensFamily.WEIGHTS))
                : WeightFiles.open(directory);
        try {
            return new ModelDirectory(directory, read.family, read.architecture, source);
        } catch (IOException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /** A config, accounted for. */
    private record Read(Family family, Architecture architecture) {}

    private static Read readConfig(Path directory) throws IOException {
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
        return new Read(family, architecture);
    }

    /** What a directory's config says, whether or not there are weights. */
    static Architecture read(Path directory) throws IOException {
        return readConfig(directory).architecture;
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

    WeightTable table() {
        return architecture.table();
    }

    public ModelConfig config() {
        return architecture.config();
    }

    /** A toy's tokens, in the order of their ids, if the directory has them. */
    public Optional<List<String>> vocabulary() throws IOException {
        return VocabularyFile.read(path, architecture.config().dVocab());
    }

    /**
     * The site with this name: one of ours, or the name of the family's module whose output it is.
     *
     * @throws IllegalArgumentException with the nearest names, if there is none
     */
    public Site site(String name) {
        return Site.parse(name, config(), family.modules().aliases(config()));
    }

    /** The family's module whose output a site is, if one is. */
    public Optional<String> module(Site site) {
        return family.modules().of(site);
    }

    /**
     * The directory's tokenizer, if it has one; GPT-2's without files if the model is a GPT-2 or GPT-Neo with its 50,257 tokens.
     *
     * @throws io.reprise.text.TokenizerFormatException if its files are malformed or do not fit the model
     */
    public Optional<Tokenizer> tokenizer() throws IOException {
        return Tokenizers.find(
                path, architecture.config().dVocab(), family instanceof Gpt2Family || family instanceof GptNeoFamily);
    }

    /** The tensors as they are stored. */
    public WeightSource stored() {
        return source;
    }

    /** How many numbers of each parameter come from the files, in the order of the forward pass; 0 where the family has none. */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        Parameters.shapes(config()).keySet().forEach(parameter -> counts.put(parameter, 0L));
        architecture.table().slots().forEach(slot -> counts.put(slot.parameter(), slot.count()));
        return counts;
    }

    /** Parameters of ours that this family of models hasn't; they are zero and must stay it. */
    public Set<String> absent() {
        return architecture.table().slots().stream()
                .filter(slot -> slot.sources().isEmpty())
                .map(Slot::parameter)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Writes changed weights of this model; toys, which may be padded, as toys are written. */
    ModelWriter writer() {
        boolean library = family instanceof GptNeoFamily || family instanceof GptNeoXFamily;
        return library
                ? new FamilyWriter(path, architecture.table())
                : ModelExport.formatFor(config()).writer();
    }

    /** All weights in memory, as training needs them. */
    public Parameters parameters(Backend backend) throws IOException {
        check();
        Map<String, Slot> slots = new HashMap<>();
        architecture.table().slots().forEach(slot -> slots.put(slot.parameter(), slot));
        try {
            return Parameters.of(backend, config(), (name, shape) -> {
                float[] values = new float[shape.size()];
                try {
                    weights.fill(slots.get(name), values, backend::parallel);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return values;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The model, whose weights are read from here when they are first asked for: it lives as long as this is open. */
    public Transformer transformer(Backend backend, Residency residency) throws IOException {
        check();
        DirectoryWeights read = new DirectoryWeights(backend, architecture, weights, residency);
        inUse.add(read);
        return new Transformer(backend, config(), read);
    }

    private void check() throws IOException {
        for (WeightTable.Check check : architecture.table().checks()) {
            check.run(weights);
        }
    }

    @Override
    public void close() throws IOException {
        inUse.forEach(DirectoryWeights::close);
        source.close();
    }
}
