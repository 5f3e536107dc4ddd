package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every key of a GPT-2's config.json is handled, ignored by name, or refused with the reason. */
class Gpt2ConfigTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "goldens", "gpt2");

    @TempDir
    Path directory;

    @Test
    void theHubsOldConfigIsReadWithTheLibrarysDefaults() throws IOException {
        // The keys of the original gpt2's config.json, with small numbers.
        Files.copy(GOLDEN.resolve("model.safetensors"), directory.resolve("model.safetensors"));
        Files.writeString(
                directory.resolve("config.json"),
                "{\"activation_function\":\"gelu_new\",\"architectures\":[\"GPT2LMHeadModel\"],\"attn_pdrop\":0.1,"
                        + "\"bos_token_id\":50256,\"embd_pdrop\":0.1,\"eos_token_id\":50256,\"initializer_range\":0.02,"
                        + "\"layer_norm_epsilon\":1e-05,\"model_type\":\"gpt2\",\"n_ctx\":24,\"n_embd\":32,\"n_head\":4,"
                        + "\"n_layer\":2,\"n_positions\":24,\"resid_pdrop\":0.1,\"summary_activation\":null,"
                        + "\"summary_first_dropout\":0.1,\"summary_proj_to_labels\":true,\"summary_type\":\"cls_index\","
                        + "\"summary_use_proj\":true,\"task_specific_params\":{\"text-generation\":{\"do_sample\":true}},"
                        + "\"vocab_size\":61}");
        try (ModelDirectory golden = ModelDirectory.open(GOLDEN);
                ModelDirectory old = ModelDirectory.open(directory)) {
            assertThat(old.config()).isEqualTo(golden.config());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rope_theta | 10000 | rope_theta = 10000 is no key of a GPT-2 config, so what it does to the model is unknown",
                "add_cross_attention | true | add_cross_attention is true: cross-attention is not supported",
                "pruned_heads | {\"0\":[1]} | pruned_heads is {\"0\":[1]}: pruned heads are not supported",
                "quantization_config | {\"bits\":4} | quantization_config is {\"bits\":4}: quantised weights are not supported",
                "architectures | [\"GPT2ForSequenceClassification\"] | architectures names GPT2ForSequenceClassification",
                "activation_function | \"swish\" | activation_function is \"swish\", expected one of relu, gelu, gelu_new",
                "n_head | 5 | n_head = 5 does not divide n_embd = 32",
                "n_head | 0 | n_head is 0, expected a whole number from 1",
                "n_embd | \"32\" | n_embd is \"32\", expected a whole number",
                "n_embd | 32.0 | n_embd is 32.0, expected a whole number",
                "n_layer | 2000000000 | n_layer is 2000000000, expected a whole number from 0 to 100000000",
                "n_layer | 20000000 | n_layer is 20000000, expected at most 10000",
                "vocab_size | -1 | vocab_size is -1, expected a whole number from 1",
                "vocab_size | 4294967357 | vocab_size is 4294967357, expected a whole number",
                "n_ctx | 48 | n_ctx is 48, expected n_positions = 24",
                "layer_norm_epsilon | true | layer_norm_epsilon is true, expected a number",
                "layer_norm_epsilon | 0 | eps = 0.0; expected a positive number",
                "tie_word_embeddings | 1 | tie_word_embeddings is 1, expected true or false",
                "model_type | \"llama\" | model_type is \"llama\", expected one of [gpt2, gpt_neo, gpt_neox]",
                "model_type | 7 | expected one of [gpt2, gpt_neo, gpt_neox]",
                "reprise_padding | {\"heads\": 9} | reprise_padding.heads is 9, expected 1 to n_head = 4",
                "reprise_padding | {\"mpl\": true} | reprise_padding.mpl = true is no key of reprise_padding",
                "reprise_padding | 3 | reprise_padding is 3, expected an object"
            })
    void configKeysAreReadOrRefused(String key, String value, String message) throws IOException {
        copyGolden();
        changeConfig(config -> config.set(key, json(value)));
        refused("config.json", message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab_size", "n_positions", "n_embd", "n_layer", "n_head"})
    void aConfigWithoutItsShapeIsRefused(String key) throws IOException {
        copyGolden();
        changeConfig(config -> config.remove(key));
        refused("config.json", key + " is missing, expected a whole number");
    }

    @Test
    void allProblemsOfAConfigAreReportedAtOnce() throws IOException {
        copyGolden();
        changeConfig(config ->
                config.put("n_embd", "x").put("add_cross_attention", true).put("alibi", true));
        refused("config.json", "has 3 problems:\n  n_embd is \"x\"");
        refused("config.json", "\n  add_cross_attention is true");
        refused("config.json", "\n  alibi = true is no key");
    }

    @Test
    void whatIsNoConfigIsRefused() throws IOException {
        assertThatThrownBy(() -> ModelDirectory.open(directory.resolve("none")))
                .hasMessageContaining("no such directory");
        assertThatThrownBy(() -> ModelDirectory.open(directory))
                .hasMessageContaining("is not a model directory; expected config.json and model.safetensors");
        for (String broken : List.of("", "{", "[1]", "7", "{\"model_type\":\"gpt2\",\"model_type\":\"gpt2\"}")) {
            Files.writeString(directory.resolve("config.json"), broken);
            assertThatThrownBy(() -> ModelDirectory.open(directory))
                    .as(broken)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageStartingWith(directory.resolve("config.json").toString());
        }
        Files.copy(
                GOLDEN.resolve("config.json"), directory.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> ModelDirectory.open(directory)).hasMessageContaining("has no weights");
    }

    private void refused(String file, String message) {
        assertThatThrownBy(() -> ModelDirectory.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(directory.resolve(file) + ": ")
                .hasMessageContaining(message);
    }

    private void changeConfig(Consumer<ObjectNode> change) throws IOException {
        Path file = directory.resolve("config.json");
        ObjectNode config = (ObjectNode) new ObjectMapper().readTree(Files.readString(file));
        change.accept(config);
        Files.writeString(file, config.toString());
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyGolden() throws IOException {
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(GOLDEN.resolve(file), directory.resolve(file));
        }
    }
}
