package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelExport.Format;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** State dicts that we wrote, damaged; whole ones are the business of {@link ModelExportTest}. */
class TransformerLensDirectoryTest {
    private static Backend backend;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        backend = new CpuBackend(2);
    }

    @AfterAll
    static void stop() {
        backend.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "normalization_type | \"RMS\" | cfg.normalization_type is \"RMS\": expected LN or null",
                "rotary_adjacent_pairs | true | cfg.rotary_adjacent_pairs is true: rotation pairs i with i + rotary_dim/2",
                "positional_embedding_type | \"alibi\" | cfg.positional_embedding_type is \"alibi\", expected one of",
                "act_fn | \"solu_ln\" | cfg.act_fn is \"solu_ln\", expected one of relu, gelu, gelu_new",
                "gated_mlp | true | cfg.gated_mlp = true is no key of the state dicts that are written here",
                "n_heads | 0 | cfg.n_heads is 0, expected a whole number from 1",
                "rotary_dim | 99 | rotary_dim = 99; expected an even number from 2 to d_head = 8"
            })
    void configKeysAreReadOrRefused(String key, String value, String message) throws IOException {
        write("rotary");
        Path file = directory.resolve("model/transformer_lens.json");
        ObjectNode root = (ObjectNode) new ObjectMapper().readTree(Files.readString(file));
        ((ObjectNode) root.get("cfg")).set(key, new ObjectMapper().readTree(value));
        Files.writeString(file, root.toString());
        assertThatThrownBy(() -> ModelDirectory.open(directory.resolve("model")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void anotherFilesFormatIsRefused() throws IOException {
        write("rotary");
        Files.writeString(directory.resolve("model/transformer_lens.json"), "{\"cfg\":{}}");
        assertThatThrownBy(() -> ModelDirectory.open(directory.resolve("model")))
                .hasMessageContaining("format is not \"HookedTransformer state dict\"")
                .hasMessageContaining("cfg.d_model is missing");
    }

    @Test
    void zerosThatAreNotZeroAreRefused() throws IOException {
        write("no-norm-no-positions");
        for (String name : List.of("unembed.b_U", "pos_embed.W_pos")) {
            set(name, 1f);
            assertThatThrownBy(() -> ModelDirectory.load(directory.resolve("model"), backend))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageEndingWith(name + " is not zero");
            set(name, 0f);
        }
        set("unembed.W_U", 7f);
        assertThatThrownBy(() -> ModelDirectory.load(directory.resolve("model"), backend))
                .hasMessageContaining("unembed.W_U is not the transpose of embed.W_E");
    }

    private void write(String toy) throws IOException {
        Transformer model = Toys.random(backend, Toys.transformerLensOnly().get(toy));
        ModelExport.write(
                directory.resolve("model"),
                Format.TRANSFORMER_LENS,
                model,
                Optional.empty(),
                ModelExport.sample(model.config()));
    }

    /** Sets the last element of a tensor. */
    private void set(String changed, float value) throws IOException {
        Path file = directory.resolve("model/transformer_lens.safetensors");
        List<TensorEntry> entries = new ArrayList<>();
        try (SafetensorsFile state = SafetensorsFile.open(file)) {
            for (String name : state.names()) {
                float[] values = state.read(name);
                if (name.equals(changed)) {
                    values[values.length - 1] = value;
                }
                entries.add(TensorEntry.of(name, state.shape(name), values));
            }
        }
        SafetensorsWriter.writeAtomically(file, Map.of(), entries);
    }
}
