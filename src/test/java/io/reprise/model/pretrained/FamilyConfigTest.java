package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.weights.StoredDType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configs of GPT-Neo and GPT-NeoX, old and new; those of GPT-2 have a test of their own. */
class FamilyConfigTest {
    @TempDir
    Path directory;

    @Test
    void theOldConfigOfGptNeoXIsTheNewOne() throws IOException {
        Path old = GoldenCopies.copy(directory, "gpt-neox", StoredDType.F32, 1);
        GoldenCopies.change(old, config -> {
            config.remove(List.of("rope_parameters", "dtype"));
            config.put("rotary_pct", 0.25).put("rotary_emb_base", 10000).put("torch_dtype", "float32");
        });
        try (ModelDirectory ours = ModelDirectory.open(old);
                ModelDirectory golden = ModelDirectory.open(GoldenCopies.GOLDENS.resolve("gpt-neox"))) {
            assertThat(ours.config()).isEqualTo(golden.config());
        }
    }

    @ParameterizedTest
    @CsvSource({"attention_types", "attention_layers"})
    void eitherOfGptNeosTwoListsOfWindowsIsEnough(String removed) throws IOException {
        Path own = GoldenCopies.copy(directory, "gpt-neo", StoredDType.F32, 1);
        GoldenCopies.change(own, config -> config.remove(removed));
        try (ModelDirectory model = ModelDirectory.open(own)) {
            assertThat(model.config().attnWindows()).containsExactly(0, 5, 0, 5);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt-neo | attention_layers | [\"global\",\"local\",\"local\",\"local\"] | but attention_types says",
                "gpt-neo | attention_types | [[[\"global\"], 3]] | attention_layers is",
                "gpt-neo | attention_types | [[\"global\", 4]] | expected a list like",
                "gpt-neo | num_heads | 5 | num_heads = 5 does not divide hidden_size = 32",
                "gpt-neo | n_embd | 32 | n_embd = 32 is no key of a GPT-Neo config",
                "gpt-neox | rope_scaling | {\"type\":\"linear\",\"factor\":2} | stretched rotary positions are not supported",
                "gpt-neox | rope_parameters | {\"rope_type\":\"yarn\"} | rope_parameters.rope_type is \"yarn\"",
                "gpt-neox | rope_parameters | {\"factor\":2} | rope_parameters.factor = 2 is no key of rope_parameters",
                "gpt-neox | rope_parameters | {\"partial_rotary_factor\":0.01} | rotates 0 of a head's 12",
                "gpt-neox | hidden_act | \"silu\" | hidden_act is \"silu\", expected one of relu, gelu"
            })
    void whatAConfigSaysIsReadOrRefused(String name, String key, String value, String message) throws IOException {
        Path own = GoldenCopies.copy(directory, name, StoredDType.F32, 1);
        GoldenCopies.change(own, config -> config.set(key, GoldenCopies.json(value)));
        assertThatThrownBy(() -> ModelDirectory.open(own))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message);
    }
}
