package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.Activations;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.text.MissingTokenizerException;
import io.reprise.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtractFeaturesTest {
    private static final Path GOLDENS = Path.of("src", "test", "resources", "goldens");
    private static final int[][] PROMPTS = {{3, 1, 4, 1, 5, 9}, {2, 6}, {5}, {3, 5, 8, 9, 7, 9, 3, 2}, {4, 4, 4}};

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt-neo", "gpt-neox"})
    void everyPromptsTensorsAreThoseOfAPassOfItsOwn(String name) throws IOException {
        List<String> sites = List.of(
                "blocks.1.attn.hook_pattern",
                "blocks.1.attn.hook_z",
                "blocks.0.hook_resid_post",
                "blocks.1.hook_resid_post",
                "hook_embed");
        Path file = directory.resolve("features.safetensors");
        List<Integer> heard = new ArrayList<>();
        ExtractFeatures.Written written =
                ExtractFeatures.extract(request(name, prompts(), sites, file, 2), heard(heard));
        assertThat(written.blocks()).isEqualTo(2);
        assertThat(written.sites().get(0).name()).isEqualTo("hook_embed");
        assertThat(heard).containsExactly(2, 4, 5);
        try (SafetensorsFile features = SafetensorsFile.open(file);
                Backend backend = new CpuBackend(2);
                ModelDirectory model = ModelDirectory.open(GOLDENS.resolve(name))) {
            Transformer transformer = model.transformer(backend, Residency.ALL);
            assertThat(features.names()).hasSize(PROMPTS.length * sites.size());
            assertThat(features.metadata()).containsEntry("padding", "right");
            for (int prompt = 0; prompt < PROMPTS.length; prompt++) {
                for (String named : sites) {
                    Site site = model.site(named);
                    Activations.Value own = transformer
                            .run(Tokens.of(PROMPTS[prompt]), List.of(site))
                            .get(site);
                    String tensor = (prompt == 1 ? "two" : Integer.toString(prompt)) + "/" + named;
                    assertThat(features.shape(tensor).toString())
                            .isEqualTo(own.shape().toString().replaceFirst("\\[1, ", "["));
                    assertThat(features.readDoubles(tensor)).as(tensor).containsExactly(own.data());
                }
            }
        }
    }

    @Test
    void theFileIsTheSameWhateverTheBatchAndHoweverTheWeightsAreRead() throws IOException {
        Path one = directory.resolve("one.safetensors");
        Path all = directory.resolve("all.safetensors");
        ExtractFeatures.extract(request("gpt2", prompts(), List.of("h.1", "logits"), one, 1), heard(new ArrayList<>()));
        ExtractFeatures.Request streamed = new ExtractFeatures.Request(
                GOLDENS.resolve("gpt2"), prompts(), List.of("logits", "h.1"), all, 100, true, BackendChoice.CPU, 1);
        ExtractFeatures.extract(streamed, heard(new ArrayList<>()));
        assertThat(all).hasSameBinaryContentAs(one);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tokens\": [1, 99]} | h.1 | line 1: token id 99 is outside this model's vocabulary of 0..60",
                "{\"tokens\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]} | h.1 | line 1: the prompt has 25 tokens; this model sees at most n_ctx = 24",
                "{\"tokens\": [1]} | h.7 | site \"h.7\" does not exist; nearest names: h.0, h.1",
                "{\"tokens\": []} | h.1 | line 1",
                "{\"token\": [1]} | h.1 | line 1"
            })
    void whatTheModelCannotTakeIsSaidBeforeAnythingIsWritten(String line, String site, String message)
            throws IOException {
        Path prompts = Files.writeString(directory.resolve("bad.jsonl"), line + "\n");
        Path file = directory.resolve("never.safetensors");
        assertThatThrownBy(() -> ExtractFeatures.extract(
                        request("gpt2", prompts, List.of(site), file, 4), heard(new ArrayList<>())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        assertThat(directory.toFile().list()).containsExactly("bad.jsonl");
    }

    @Test
    void textNeedsATokenizer() throws IOException {
        Path prompts = Files.writeString(directory.resolve("text.jsonl"), "{\"text\": \"one two\"}\n");
        assertThatThrownBy(() -> ExtractFeatures.extract(
                        request("gpt2", prompts, List.of("h.1"), directory.resolve("never"), 4),
                        heard(new ArrayList<>())))
                .isInstanceOf(MissingTokenizerException.class)
                .hasMessageContaining("line 1 is text");
    }

    private ExtractFeatures.Request request(String model, Path prompts, List<String> sites, Path file, int batch) {
        return new ExtractFeatures.Request(
                GOLDENS.resolve(model), prompts, sites, file, batch, false, BackendChoice.CPU, 2);
    }

    private Path prompts() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < PROMPTS.length; i++) {
            String id = i == 1 ? ", \"id\": \"two\"" : "";
            lines.add("{\"tokens\": " + java.util.Arrays.toString(PROMPTS[i]) + id + "}");
        }
        return Files.write(directory.resolve("prompts.jsonl"), lines);
    }

    private static PromptEvents heard(List<Integer> done) {
        return new PromptEvents() {
            @Override
            public void note(String note) {
                throw new AssertionError(note);
            }

            @Override
            public void at(int count, int prompts) {
                done.add(count);
            }
        };
    }
}
