package io.reprise.model.pretrained;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.tensor.Shape;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.StoredDType;
import io.reprise.weights.WeightSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the upper part of a model starts from, for a set of prompts: the residual stream that its first block reads, with the
 * tokens that it was computed from. A safetensors file with {@code NAME/blocks.L.hook_resid_pre} [pos, d_model] in float32 and
 * {@code NAME/tokens} [pos] for every prompt; the order of the names, L and the model's fingerprint are its metadata.
 */
public final class BoundaryStates implements Closeable {
    static final String KIND = "reprise boundary states 1";

    private static final String KIND_KEY = "kind";
    private static final String BREAK_LAYER = "break_layer";
    private static final String FINGERPRINT = "source_fingerprint";
    private static final String SOURCE = "source_name";
    private static final String PROMPTS = "prompts";
    private static final String TOKENS = "/tokens";
    private static final int SHOWN = 12;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;
    private final WeightSource source;
    private final List<String> prompts;
    private final Site boundary;
    private final String fingerprint;
    private final String sourceName;
    private final int dModel;

    private BoundaryStates(Path path, WeightSource source) throws IOException {
        this.path = path;
        this.source = source;
        if (!KIND.equals(source.metadata().get(KIND_KEY))) {
            throw new ModelFormatException(
                    path, "is not a file of boundary states; write one with reprise relation boundary");
        }
        this.prompts = names(text(PROMPTS));
        String layer = text(BREAK_LAYER);
        if (!layer.matches("[1-9][0-9]{0,8}")) {
            throw new ModelFormatException(path, BREAK_LAYER + " is \"" + layer + "\", expected a layer from 1");
        }
        this.boundary = Site.of(Site.Kind.RESID_PRE, Integer.parseInt(layer));
        this.fingerprint = text(FINGERPRINT);
        this.sourceName = text(SOURCE);
        this.dModel = check();
    }

    /**
     * @throws ModelFormatException if the file is of something else, or not whole
     * @throws io.reprise.weights.WeightsFormatException if it isn't a safetensors file
     */
    public static BoundaryStates open(Path path) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            return new BoundaryStates(path, file);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** What such a file says of itself. */
    public static Map<String, String> metadata(
            int breakLayer, String fingerprint, String sourceName, List<String> prompts) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(KIND_KEY, KIND);
        metadata.put(BREAK_LAYER, Integer.toString(breakLayer));
        metadata.put(FINGERPRINT, fingerprint);
        metadata.put(SOURCE, sourceName);
        metadata.put(PROMPTS, JSON.valueToTree(prompts).toString());
        return metadata;
    }

    /** The name of a prompt's residual stream. */
    public static String stateName(String prompt, int breakLayer) {
        return prompt + "/" + Site.of(Site.Kind.RESID_PRE, breakLayer).name();
    }

    /** The name of a prompt's tokens. */
    public static String tokensName(String prompt) {
        return prompt + TOKENS;
    }

    private String text(String key) throws ModelFormatException {
        String text = source.metadata().get(key);
        if (text == null) {
            throw new ModelFormatException(path, "has no " + key + " in its metadata; write it again");
        }
        return text;
    }

    private List<String> names(String json) throws ModelFormatException {
        List<String> names = new ArrayList<>();
        try {
            JsonNode list = JSON.readTree(json);
            for (JsonNode name : list) {
                names.add(name.isTextual() ? name.textValue() : "");
            }
        } catch (JsonProcessingException e) {
            names.clear();
        }
        if (names.isEmpty() || names.contains("") || new HashSet<>(names).size() < names.size()) {
            throw new ModelFormatException(path, PROMPTS + " is not a list of the prompts' names, each once");
        }
        return List.copyOf(names);
    }

    /** @return d_model, of which all prompts must be */
    private int check() throws IOException {
        Set<String> known = new HashSet<>();
        int width = -1;
        for (String prompt : prompts) {
            String state = stateName(prompt, breakLayer());
            String tokens = tokensName(prompt);
            known.add(state);
            known.add(tokens);
            Shape shape = source.shape(state);
            Shape ids = source.shape(tokens);
            if (shape.rank() != 2 || ids.rank() != 1 || shape.dim(0) != ids.dim(0) || shape.size() == 0) {
                throw new ModelFormatException(
                        path,
                        state + " is " + shape + " and " + tokens + " " + ids + ", expected [pos, d_model] and [pos]");
            }
            if (source.dtype(state) != StoredDType.F32 || source.dtype(tokens) != StoredDType.I64) {
                throw new ModelFormatException(
                        path,
                        state + " is " + source.dtype(state) + " and " + tokens + " " + source.dtype(tokens)
                                + ", expected F32 and I64");
            }
            if (width >= 0 && shape.columns() != width) {
                throw new ModelFormatException(
                        path, state + " has d_model = " + shape.columns() + ", the prompt before it " + width);
            }
            width = shape.columns();
        }
        for (String name : source.names()) {
            if (!known.contains(name)) {
                throw new ModelFormatException(path, "holds " + name + ", which belongs to none of its prompts");
            }
        }
        return width;
    }

    /** Names, in the order of the prompts. */
    public List<String> prompts() {
        return prompts;
    }

    /** Which block reads the streams. */
    public int breakLayer() {
        return boundary.layer();
    }

    /** Of the whole model. */
    public String fingerprint() {
        return fingerprint;
    }

    /** The directory of the whole model. */
    public String sourceName() {
        return sourceName;
    }

    public int dModel() {
        return dModel;
    }

    /**
     * The place of a prompt.
     *
     * @throws IllegalArgumentException naming those that are there
     */
    public int index(String prompt) {
        int index = prompts.indexOf(prompt);
        if (index < 0) {
            throw new IllegalArgumentException(path + " has no prompt \"" + prompt + "\"; " + there());
        }
        return index;
    }

    /**
     * The place of the prompt with these tokens.
     *
     * @throws IllegalArgumentException naming the prompts that are there
     */
    public int index(int[] tokens) throws IOException {
        for (int i = 0; i < prompts.size(); i++) {
            if (source.shape(tokensName(prompts.get(i))).dim(0) == tokens.length && Arrays.equals(tokens(i), tokens)) {
                return i;
            }
        }
        throw new IllegalArgumentException(path + " has no prompt with the tokens " + Arrays.toString(tokens) + "; "
                + there() + ". Write its boundary states with reprise relation boundary");
    }

    private String there() {
        String names = String.join(", ", prompts.subList(0, Math.min(SHOWN, prompts.size())));
        return "it has " + names + (prompts.size() > SHOWN ? " and " + (prompts.size() - SHOWN) + " more" : "");
    }

    public int[] tokens(int prompt) throws IOException {
        long[] ids = source.readLongs(tokensName(prompts.get(prompt)));
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] > Integer.MAX_VALUE) {
                throw new ModelFormatException(
                        path, tokensName(prompts.get(prompt)) + " holds " + ids[i] + ", which is no token id");
            }
            tokens[i] = (int) ids[i];
        }
        return tokens;
    }

    /** {@code blocks.L.hook_resid_pre} of a prompt [1, pos, d_model], to resume from. */
    public Activations.Value resid(int prompt) throws IOException {
        String name = stateName(prompts.get(prompt), breakLayer());
        float[] values = source.read(name);
        double[] data = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new ModelFormatException(
                        path,
                        name + " holds " + values[i] + " at position " + i / dModel + "; expected finite numbers");
            }
            data[i] = values[i];
        }
        return Activations.Value.of(Shape.of(1, values.length / dModel, dModel), data);
    }

    /**
     * That a model or part can continue from these states.
     *
     * @throws ModelFormatException if they are of another model, or start at another block than the part does
     */
    public void checkFits(ModelDirectory model) throws IOException {
        ModelConfig config = model.config();
        if (model.part().isPresent() && model.firstLayer() != breakLayer()) {
            throw new ModelFormatException(
                    path,
                    "is what block " + breakLayer() + " reads, but " + model.path() + " starts at block "
                            + model.firstLayer() + "; write it with --break-layer " + model.firstLayer());
        }
        if (!fingerprint.equals(model.fingerprint())) {
            throw new ModelFormatException(
                    path,
                    "was computed by another model (" + sourceName + ", source_fingerprint "
                            + PartOrigin.shortly(fingerprint) + "; " + model.path() + " has "
                            + PartOrigin.shortly(model.fingerprint()) + ")");
        }
        if (dModel != config.dModel() || breakLayer() >= config.nLayers()) {
            throw new ModelFormatException(
                    path,
                    "has d_model = " + dModel + " at block " + breakLayer() + ", " + model.path() + " has d_model = "
                            + config.dModel() + " and blocks 0.." + (config.nLayers() - 1));
        }
        model.checkUnchanged();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
