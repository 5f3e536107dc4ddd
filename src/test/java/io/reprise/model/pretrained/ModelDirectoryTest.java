package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.backend.Backend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.Parameters;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.ShardedSafetensors;
import io.reprise.weights.StoredDType;
import io.reprise.weights.TensorEntry;
import io.reprise.weights.WeightsFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GPT-2 directories that transformers wrote, as they are and damaged. */
class ModelDirectoryTest {
    private static final Path GOLDENS = Path.of("src", "test", "resources", "goldens");

    private static Backend backend;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        backend = new Nd4jBackend(DType.FLOAT64);
    }

    @AfterAll
    static void stop() {
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt2-relu-untied"})
    void logitsAreThoseOfTransformers(String name) throws IOException {
        Path golden = GOLDENS.resolve(name);
        try (ModelDirectory model = ModelDirectory.open(golden);
                SafetensorsFile expected = SafetensorsFile.open(golden.resolve("expected.safetensors"))) {
            int[] ids = Arrays.stream(expected.readLongs("input_ids"))
                    .mapToInt(Math::toIntExact)
                    .toArray();
            double[] ours = backend.downloadDoubles(
                    model.transformer(backend, Residency.ALL).logits(new Tokens(ids, 2, 14)));
            double[] theirs = expected.readDoubles("logits");
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < theirs.length; i++) {
                difference += Math.pow(ours[i] - theirs[i], 2);
                norm += Math.pow(theirs[i], 2);
            }
            // float64 against float64 that was stored as float32: 6e-8 per element
            assertThat(Math.sqrt(difference)).isLessThanOrEqualTo(1e-6 * Math.sqrt(norm));
            assertThat(model.family()).isEqualTo("GPT-2");
            assertThat(model.vocabulary()).isEmpty();
        }
    }

    @Test
    void namesMayLackTheirPrefix() throws IOException {
        copy("gpt2", name -> name.replaceFirst("^transformer\\.", ""), StoredDType.F32);
        assertSameAsGolden("gpt2");
    }

    @Test
    void aMixOfBothNamesOfOneTensorIsRefused() throws IOException {
        addTo("gpt2", "wte.weight", Shape.of(61, 32), new float[61 * 32]);
        refused("model.safetensors", "holds both transformer.wte.weight and wte.weight");
    }

    @Test
    void shardsGiveTheSameModelAsOneFile() throws IOException {
        Files.copy(GOLDENS.resolve("gpt2/config.json"), directory.resolve("config.json"));
        StringBuilder map = new StringBuilder();
        try (SafetensorsFile single = SafetensorsFile.open(GOLDENS.resolve("gpt2/model.safetensors"))) {
            int half = single.names().size() / 2;
            for (int shard = 0; shard < 2; shard++) {
                List<TensorEntry> entries = new ArrayList<>();
                String file = "model-0000" + (shard + 1) + "-of-00002.safetensors";
                for (String name : single.names()
                        .subList(
                                shard * half, shard == 0 ? half : single.names().size())) {
                    entries.add(TensorEntry.of(name, single.shape(name), single.read(name)));
                    map.append(map.isEmpty() ? "" : ",").append('"' + name + "\":\"" + file + '"');
                }
                SafetensorsWriter.writeAtomically(directory.resolve(file), Map.of(), entries);
            }
        }
        Files.writeString(directory.resolve(ShardedSafetensors.INDEX), "{\"weight_map\":{" + map + "}}");
        assertSameAsGolden("gpt2");
        Files.delete(directory.resolve("model-00002-of-00002.safetensors"));
        refused(ShardedSafetensors.INDEX, "the shard model-00002-of-00002.safetensors is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F16", "BF16"})
    void halfPrecisionGivesTheModelOfTheRoundedWeights(StoredDType type) throws IOException {
        copy("gpt2", UnaryOperator.identity(), type);
        try (ModelDirectory halves = ModelDirectory.open(directory);
                Parameters read = halves.parameters(backend);
                SafetensorsFile file = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            assertThat(file.dtype("transformer.wte.weight")).isEqualTo(type);
            assertThat(backend.download(read.get("blocks.1.mlp.W_in")))
                    .containsExactly(file.read("transformer.h.1.mlp.c_fc.weight"));
            Path rounded = Files.createDirectory(directory.resolve("rounded"));
            Files.copy(directory.resolve("config.json"), rounded.resolve("config.json"));
            List<TensorEntry> entries = new ArrayList<>();
            for (String name : file.names()) {
                entries.add(TensorEntry.of(name, file.shape(name), file.read(name)));
            }
            SafetensorsWriter.writeAtomically(rounded.resolve("model.safetensors"), Map.of(), entries);
            try (ModelDirectory whole = ModelDirectory.open(rounded);
                    Parameters expected = whole.parameters(backend)) {
                Tokens tokens = ModelExport.sample(whole.config());
                assertThat(backend.downloadDoubles(new Transformer(backend, halves.config(), read).logits(tokens)))
                        .containsExactly(backend.downloadDoubles(
                                new Transformer(backend, whole.config(), expected).logits(tokens)));
            }
        }
    }

    @Test
    void constantsOfOldFilesAreIgnoredByName() throws IOException {
        try (SafetensorsFile single = SafetensorsFile.open(GOLDENS.resolve("gpt2/model.safetensors"))) {
            Map<String, TensorEntry> entries = entries(single, UnaryOperator.identity(), StoredDType.F32);
            entries.put(
                    "transformer.h.0.attn.bias",
                    TensorEntry.of("transformer.h.0.attn.bias", Shape.of(1, 1, 24, 24), new byte[576]));
            entries.put(
                    "transformer.h.1.attn.masked_bias",
                    TensorEntry.of("transformer.h.1.attn.masked_bias", Shape.of(), new float[] {-1e4f}));
            entries.put(
                    "lm_head.weight",
                    TensorEntry.of("lm_head.weight", Shape.of(61, 32), single.read("transformer.wte.weight")));
            write("gpt2", new ArrayList<>(entries.values()));
        }
        assertSameAsGolden("gpt2");
    }

    @Test
    void aTiedHeadThatDiffersFromTheEmbeddingIsRefused() throws IOException {
        addTo("gpt2", "lm_head.weight", Shape.of(61, 32), new float[61 * 32]);
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            assertThatThrownBy(() -> model.parameters(backend))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("lm_head.weight differs from wte.weight");
        }
    }

    @Test
    void everyMissingOrForeignTensorIsNamed() throws IOException {
        copy(
                "gpt2-relu-untied",
                name -> name.replace("h.0.attn.c_attn.bias", "h.0.attn.c_attn.bais")
                        .replace("lm_head.weight", "score.weight"),
                StoredDType.F32);
        refused("model.safetensors", "has 4 problems:");
        refused("model.safetensors", "transformer.h.0.attn.c_attn.bias is missing, expected [96]");
        refused("model.safetensors", "lm_head.weight is missing, expected [61, 32]");
        refused(
                "model.safetensors",
                "transformer.h.0.attn.c_attn.bais is not a tensor of the model that the config describes");
        refused("model.safetensors", "score.weight is not a tensor");
    }

    @Test
    void weightsOfAnotherModelAreNamedWithBothShapes() throws IOException {
        copy("gpt2", UnaryOperator.identity(), StoredDType.F32);
        Files.copy(
                GOLDENS.resolve("gpt2-relu-untied/model.safetensors"),
                directory.resolve("model.safetensors"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refused(
                "model.safetensors",
                "transformer.h.0.mlp.c_fc.weight is [32, 80], expected [32, 128] from config.json (vocab_size = 61, "
                        + "n_positions = 24, n_embd = 32, n_inner = 128, n_layer = 2). Config and weights are of different models.");
    }

    @Test
    void aWeightThatIsNotANumberIsNamed() throws IOException {
        try (SafetensorsFile single = SafetensorsFile.open(GOLDENS.resolve("gpt2/model.safetensors"))) {
            Map<String, TensorEntry> entries = entries(single, UnaryOperator.identity(), StoredDType.F32);
            float[] values = single.read("transformer.h.1.mlp.c_proj.weight");
            values[3 * 32 + 7] = Float.NaN;
            entries.put(
                    "transformer.h.1.mlp.c_proj.weight",
                    TensorEntry.of("transformer.h.1.mlp.c_proj.weight", Shape.of(128, 32), values));
            write("gpt2", new ArrayList<>(entries.values()));
        }
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            assertThatThrownBy(() -> model.parameters(backend))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(
                            "transformer.h.1.mlp.c_proj.weight holds NaN in row 3, column 7; expected finite numbers");
        }
    }

    @Test
    void integerWeightsAreRefused() throws IOException {
        try (SafetensorsFile single = SafetensorsFile.open(GOLDENS.resolve("gpt2/model.safetensors"))) {
            Map<String, TensorEntry> entries = entries(single, UnaryOperator.identity(), StoredDType.F32);
            entries.put("transformer.ln_f.bias", TensorEntry.of("transformer.ln_f.bias", Shape.of(32), new int[32]));
            write("gpt2", new ArrayList<>(entries.values()));
        }
        refused("model.safetensors", "transformer.ln_f.bias is I32, expected floating point");
    }

    @Test
    void aBrokenFileIsRefusedByTheRulesOfItsFormat() throws IOException {
        copy("gpt2", UnaryOperator.identity(), StoredDType.F32);
        Path file = directory.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> ModelDirectory.open(directory))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageContaining("truncated");
    }

    @Test
    void paddingThatIsNotZeroIsRefused() throws IOException {
        copy("gpt2", UnaryOperator.identity(), StoredDType.F32);
        for (Map.Entry<String, String> padding : Map.of(
                        "{\"mlp\":true}", "transformer.h.0.mlp.c_proj.weight",
                        "{\"heads\":3}", "transformer.h.0.attn.c_proj.weight",
                        "{\"positions\":true}", "transformer.wpe.weight")
                .entrySet()) {
            changeConfig(config -> config.set("reprise_padding", json(padding.getKey())));
            try (ModelDirectory model = ModelDirectory.open(directory)) {
                assertThatThrownBy(() -> model.parameters(backend))
                        .isInstanceOf(ModelFormatException.class)
                        .hasMessageContaining("is not zero where config.json's reprise_padding says so");
            }
        }
    }

    @Test
    void aVocabularyOfTheWrongSizeIsRefused() throws IOException {
        copy("gpt2", UnaryOperator.identity(), StoredDType.F32);
        Files.writeString(directory.resolve("vocabulary.json"), "[\"a\", \"b\"]");
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            assertThatThrownBy(model::vocabulary).hasMessageContaining("has 2 tokens, expected 61");
            Files.writeString(directory.resolve("vocabulary.json"), "[1]");
            assertThatThrownBy(model::vocabulary).hasMessageContaining("is not a list of non-empty strings");
        }
    }

    private void refused(String file, String message) {
        assertThatThrownBy(() -> ModelDirectory.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(directory.resolve(file) + ": ")
                .hasMessageContaining(message);
    }

    private void assertSameAsGolden(String name) throws IOException {
        try (ModelDirectory golden = ModelDirectory.open(GOLDENS.resolve(name));
                ModelDirectory copy = ModelDirectory.open(directory);
                Parameters expected = golden.parameters(backend);
                Parameters actual = copy.parameters(backend)) {
            assertThat(copy.config()).isEqualTo(golden.config());
            expected.byName().forEach((parameter, tensor) -> assertThat(backend.download(actual.get(parameter)))
                    .as(parameter)
                    .containsExactly(backend.download(tensor)));
        }
    }

    private void addTo(String golden, String name, Shape shape, float[] values) throws IOException {
        try (SafetensorsFile single =
                SafetensorsFile.open(GOLDENS.resolve(golden).resolve("model.safetensors"))) {
            Map<String, TensorEntry> entries = entries(single, UnaryOperator.identity(), StoredDType.F32);
            entries.put(name, TensorEntry.of(name, shape, values));
            write(golden, new ArrayList<>(entries.values()));
        }
    }

    private void copy(String golden, UnaryOperator<String> names, StoredDType type) throws IOException {
        try (SafetensorsFile single =
                SafetensorsFile.open(GOLDENS.resolve(golden).resolve("model.safetensors"))) {
            write(golden, new ArrayList<>(entries(single, names, type).values()));
        }
    }

    private static Map<String, TensorEntry> entries(
            SafetensorsFile single, UnaryOperator<String> names, StoredDType type) throws IOException {
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        for (String name : single.names()) {
            String renamed = names.apply(name);
            entries.put(renamed, TensorEntry.of(renamed, type, single.shape(name), single.read(name)));
        }
        return entries;
    }

    private void write(String golden, List<TensorEntry> entries) throws IOException {
        Files.copy(GOLDENS.resolve(golden).resolve("config.json"), directory.resolve("config.json"));
        SafetensorsWriter.writeAtomically(directory.resolve("model.safetensors"), Map.of(), entries);
    }

    private void changeConfig(Consumer<ObjectNode> change) throws IOException {
        Path file = directory.resolve("config.json");
        ObjectNode config = (ObjectNode) new ObjectMapper().readTree(Files.readString(file));
        change.accept(config);
        Files.writeString(file, config.toString());
    }

    private static com.fasterxml.jackson.databind.JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
