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
import java.util.SortedSet;
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
    private final Optional<ModelPart> part;
    private final WeightSource source;
    private final NamedWeights weights;
    private final List<DirectoryWeights> inUse = new ArrayList<>();

    private ModelDirectory(Path path, Read read, WeightSource source) throws IOException {
        this.path = path;
        this.family = read.family;
        this.architecture = read.architecture;
        this.part = read.origin.map(
                origin -> new ModelPart(path, origin, architecture.config().nLayers()));
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
        Optional<String> viewOf = read.origin.flatMap(PartOrigin::viewOf);
        WeightSource source =
                weights(viewOf.isPresent() ? viewed(directory, viewOf.get(), read) : directory, read.family);
        try {
            return new ModelDirectory(directory, read, source);
        } catch (IOException | RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    private static WeightSource weights(Path directory, Family family) throws IOException {
        return family instanceof TransformerLensFamily
                ? SafetensorsFile.open(directory.resolve(TransformerLensFamily.WEIGHTS))
                : WeightFiles.open(directory);
    }

    /** Where the weights of a part without any are. */
    private static Path viewed(Path directory, String viewOf, Read read) throws IOException {
        Path target = directory.resolve(viewOf).normalize();
        String view = "is a view of " + target + ", which ";
        if (!Files.isDirectory(target)) {
            throw new ModelFormatException(directory, view + "is not there; put it back, or split the model again");
        }
        Read other = readConfig(target);
        if (other.origin.flatMap(PartOrigin::viewOf).isPresent()) {
            throw new ModelFormatException(directory, view + "has no weights either; split the model again");
        }
        if (!other.architecture.config().equals(read.architecture.config())) {
            throw new ModelFormatException(directory, view + "is another model now; split it again");
        }
        return target;
    }

    /**
     * A config, accounted for.
     *
     * @param origin if it is of a part
     */
    private record Read(Family family, Architecture architecture, Optional<PartOrigin> origin) {}

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
        Optional<PartOrigin> origin = PartOrigin.read(keys);
        Architecture architecture;
        try {
            architecture = family.architecture(keys);
        } catch (IllegalArgumentException | ArithmeticException e) {
            keys.finish(); // which says it in the config's own words, most of the time
            throw new ModelFormatException(keys.file(), e.getMessage());
        }
        keys.finish();
        return new Read(family, origin.isPresent() ? upper(architecture, origin.get(), keys) : architecture, origin);
    }

    private static Architecture upper(Architecture whole, PartOrigin origin, ConfigKeys keys)
            throws ModelFormatException {
        ModelConfig config = whole.config();
        if (origin.breakLayer() >= config.nLayers()) {
            throw new ModelFormatException(
                    keys.file(),
                    PartOrigin.KEY + ".break_layer is " + origin.breakLayer() + ", expected at most "
                            + (config.nLayers() - 1) + ", the last of the model's blocks");
        }
        return new Architecture(
                config,
                whole.table()
                        .from(
                                origin.breakLayer(),
                                config.tiedUnembed(),
                                origin.viewOf().isPresent()),
                whole.dimensions() + " of the part from block " + origin.breakLayer());
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

    /** Where this comes from, if it is the upper part of a model. */
    public Optional<PartOrigin> part() {
        return part.map(ModelPart::origin);
    }

    /** The first block that is here; 0 if it is a whole model. */
    public int firstLayer() {
        return part.map(ModelPart::firstLayer).orElse(0);
    }

    /** What running a part from tokens is answered with. */
    public void requireWhole() {
        if (part.isPresent()) {
            throw part.get().refusal();
        }
    }

    /** Tells the whole model from all others; of a part that of the model that it is from. See {@link Fingerprint}. */
    public String fingerprint() throws IOException {
        return part.isPresent()
                ? part.get().origin().sourceFingerprint()
                : Fingerprint.of(config(), architecture.table().needed(), weights);
    }

    /** Tells what a part from {@code breakLayer} on holds, or would hold. */
    public String fingerprint(int breakLayer) throws IOException {
        return Fingerprint.of(config(), upper(breakLayer), weights);
    }

    private SortedSet<String> upper(int breakLayer) {
        return architecture
                .table()
                .from(breakLayer, config().tiedUnembed(), true)
                .needed();
    }

    /** The tensors of the part from {@code breakLayer} on, as the files name them. */
    List<String> storedNames(int breakLayer) {
        return upper(breakLayer).stream().map(weights::stored).toList();
    }

    /**
     * That a part still holds what it held when it was made. A whole model always does.
     *
     * @throws ModelFormatException if it doesn't
     */
    public void checkUnchanged() throws IOException {
        if (part.isPresent()
                && !fingerprint(firstLayer()).equals(part.get().origin().partFingerprint())) {
            throw new ModelFormatException(path, "its weights were changed after it was split; split the model again");
        }
    }

    /**
     * That this is the upper part of a model.
     *
     * @throws ModelFormatException if it is that of another one, or one of them was changed since
     */
    public void checkPartOf(ModelDirectory whole) throws IOException {
        whole.requireWhole();
        if (part.isEmpty()) {
            throw new ModelFormatException(path, "is a whole model, expected a part as reprise split writes it");
        }
        if (!fingerprint().equals(whole.fingerprint())) {
            throw new ModelFormatException(
                    path,
                    "is the upper part of another model (source_fingerprint " + PartOrigin.shortly(fingerprint()) + ", "
                            + whole.path + " has " + PartOrigin.shortly(whole.fingerprint())
                            + "); give the model that it was split from, or split " + whole.path);
        }
        if (!fingerprint(firstLayer()).equals(whole.fingerprint(firstLayer()))) {
            throw new ModelFormatException(
                    path,
                    "its weights are not those of " + whole.path + ", they were changed after it was split; split "
                            + whole.path + " again");
        }
    }

    Path path() {
        return path;
    }

    /** Where the weights are: elsewhere, if this is a view. */
    Path weightsDirectory() {
        return part.flatMap(p -> p.origin().viewOf())
                .map(view -> path.resolve(view).normalize())
                .orElse(path);
    }

    /** The config's name. */
    String configFile() {
        return family instanceof TransformerLensFamily ? TransformerLensFamily.CONFIG : CONFIG;
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
        requireWhole();
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
        DirectoryWeights read = new DirectoryWeights(backend, architecture, weights, residency, part);
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
