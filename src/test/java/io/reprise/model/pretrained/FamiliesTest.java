package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Activations;
import io.reprise.model.CountingWeights;
import io.reprise.model.Intervention;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.StoredDType;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for directories of every family: the same bits however they are stored, read, and run. */
class FamiliesTest {
    private static final Path GOLDENS = GoldenCopies.GOLDENS;

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

    static Stream<String> families() {
        return Stream.of("gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential");
    }

    @ParameterizedTest
    @MethodSource("families")
    void everySiteIsTheSameWithOneLayerInMemoryAsWithAll(String name) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(GOLDENS.resolve(name));
                Parameters parameters = model.parameters(backend)) {
            Activations held = all(new Transformer(backend, model.config(), parameters));
            for (Residency residency : Residency.values()) {
                Transformer read = model.transformer(backend, residency);
                assertSame(all(read), held);
                assertSame(all(read), held); // again: what was kept or read again is still right
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void theStreamedUnembeddingHasTheDerivativeOfTheHeldOne(String name) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(GOLDENS.resolve(name));
                var scope = backend.scope()) {
            int d = model.config().dModel();
            int vocabulary = model.config().dVocab();
            var held = model.transformer(backend, Residency.ALL).weights();
            var streamed = model.transformer(backend, Residency.ONE_LAYER).weights();
            var x = backend.upload(io.reprise.tensor.Shape.of(3, d), normal(3 * d));
            var u = backend.upload(io.reprise.tensor.Shape.of(3, vocabulary), normal(3 * vocabulary));
            var a = held.unembed(x);
            var b = streamed.unembed(x);
            assertThat(backend.download(b.value())).containsExactly(backend.download(a.value()));
            assertThat(backend.download(b.pushforward(x))).containsExactly(backend.download(a.pushforward(x)));
            assertThat(backend.download(b.pullback(u, io.reprise.backend.Gradients.NONE)))
                    .containsExactly(backend.download(a.pullback(u, io.reprise.backend.Gradients.NONE)));
        }
    }

    private static float[] normal(int count) {
        Rng rng = Rng.of(7);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) rng.nextGaussian();
        }
        return values;
    }

    static Stream<Arguments> halves() {
        return families()
                .flatMap(name -> Stream.of(StoredDType.F16, StoredDType.BF16).map(type -> Arguments.of(name, type)));
    }

    @ParameterizedTest
    @MethodSource("halves")
    void halfPrecisionIsTheModelOfTheRoundedWeights(String name, StoredDType type) throws IOException {
        Path half = GoldenCopies.copy(directory, name, type, 1);
        Path rounded = Files.createDirectory(directory.resolve("rounded"));
        Files.copy(half.resolve("config.json"), rounded.resolve("config.json"));
        List<TensorEntry> entries = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(half.resolve("model.safetensors"))) {
            for (String tensor : file.names()) {
                assertThat(file.dtype(tensor)).isEqualTo(type);
                entries.add(TensorEntry.of(tensor, file.shape(tensor), file.read(tensor)));
            }
        }
        SafetensorsWriter.writeAtomically(rounded.resolve("model.safetensors"), Map.of(), entries);
        assertSame(all(half, Residency.ONE_LAYER), all(rounded, Residency.ALL));
    }

    @ParameterizedTest
    @MethodSource("families")
    void shardsAndNamesWithoutPrefixAreTheSameModel(String name) throws IOException {
        Activations golden = all(GOLDENS.resolve(name), Residency.ALL);
        assertSame(all(GoldenCopies.copy(directory, name, StoredDType.F32, 3), Residency.ONE_LAYER), golden);
        Path bare = directory.resolve("bare");
        GoldenCopies.copy(bare, name, StoredDType.F32, 1, FamiliesTest::barely);
        assertSame(all(bare, Residency.ALL), golden);
    }

    /** Without the prefix, and the head as a state dict in memory has it. */
    private static String barely(String tensor) {
        return tensor.replaceFirst("^(transformer|gpt_neox)\\.", "").replace("embed_out", "lm_head");
    }

    @ParameterizedTest
    @MethodSource("families")
    void aModelIsWrittenAsItsFamilyStoresItWithItsTokenizer(String name) throws IOException {
        Path origin = GoldenCopies.copy(directory, name, StoredDType.F16, 2);
        Files.writeString(origin.resolve("tokenizer.json"), "{}");
        Path written = directory.resolve("written");
        try (ModelDirectory model = ModelDirectory.open(origin);
                Parameters parameters = model.parameters(backend)) {
            float[] changed = backend.download(parameters.get("blocks.1.attn.W_QKV"));
            changed[7] = 0.5f;
            backend.write(parameters.get("blocks.1.attn.W_QKV"), changed);
            Transformer tuned = new Transformer(backend, model.config(), parameters);
            ModelExport.writeLike(origin, written, tuned);
            assertSame(all(written, Residency.ONE_LAYER), all(tuned));
            assertThat(written.resolve("tokenizer.json")).exists();
            try (ModelDirectory again = ModelDirectory.open(written)) {
                assertThat(again.family()).isEqualTo(model.family());
            }
            if (!model.absent().isEmpty()) {
                backend.write(parameters.get("blocks.0.attn.b_QKV"), normal(3 * 32));
                assertThatThrownBy(() -> ModelExport.writeLike(origin, written, tuned))
                        .hasMessageContaining(
                                "blocks.0.attn.b_QKV is not zero, and this family of models has no such weight");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void aRunResumedAtAnyLayerIsTheWholeRun(String name) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(GOLDENS.resolve(name))) {
            Transformer whole = model.transformer(backend, Residency.ALL);
            Transformer streamed = model.transformer(backend, Residency.ONE_LAYER);
            Activations all = all(whole);
            for (int layer = 0; layer < model.config().nLayers(); layer++) {
                Activations.Value boundary = all.get(Site.of(Kind.RESID_PRE, layer));
                Site logits = Site.of(Kind.LOGITS);
                assertThat(streamed.resume(layer, boundary, List.of(logits), List.of())
                                .get(logits)
                                .data())
                        .containsExactly(all.get(logits).data());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void puttingBackWhatWasThereChangesNothingAndZerosChangeTheLogits(String name) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(GOLDENS.resolve(name))) {
            Transformer transformer = model.transformer(backend, Residency.ONE_LAYER);
            Site logits = Site.of(Kind.LOGITS);
            Tokens tokens = Tokens.of(3, 1, 4, 1, 5);
            Activations plain = transformer.run(tokens, Site.all(model.config()));
            for (Site site : Site.all(model.config())) {
                if (Set.of(Kind.ATTN_SCORES, Kind.PATTERN, Kind.RESULT).contains(site.kind())) {
                    continue; // these are read only
                }
                double[] same = edited(transformer, tokens, site, Intervention.Edit.from(plain.get(site)));
                assertThat(same)
                        .as(site.name())
                        .containsExactly(plain.get(logits).data());
                double[] zeroed = edited(transformer, tokens, site, Intervention.Edit.ZERO);
                assertThat(zeroed)
                        .as(site.name())
                        .isNotEqualTo(plain.get(logits).data());
            }
        }
    }

    private static double[] edited(Transformer model, Tokens tokens, Site site, Intervention.Edit edit) {
        Site logits = Site.of(Kind.LOGITS);
        return model.run(tokens, List.of(logits), List.of(Intervention.everywhere(site, edit)))
                .get(logits)
                .data();
    }

    @Test
    void theSeventhBlockOfTwelveTakesSevenBlocksAndNoUnembedding() {
        ModelConfig config = ModelConfig.toy(
                12,
                16,
                2,
                8,
                64,
                31,
                16,
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                true);
        CountingWeights counted = new CountingWeights(Parameters.initialise(backend, config, 0.1, Rng.of(1)));
        Site h6 = Site.parse("h.6", config, new Gpt2Family().modules().aliases(config));
        new Transformer(backend, config, counted).run(Tokens.of(1, 2, 3), List.of(h6));
        assertThat(h6.name()).isEqualTo("blocks.6.hook_resid_post");
        assertThat(counted.blocks()).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(counted.finalNorms()).isZero();
        assertThat(counted.unembeddings()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, h.1.attn.c_attn, blocks.1.attn.hook_qkv",
        "gpt2, transformer.h.0, blocks.0.hook_resid_post",
        "gpt2, h.1.mlp.c_proj, blocks.1.hook_mlp_out",
        "gpt2, drop, blocks.0.hook_resid_pre",
        "gpt2, lm_head, logits",
        "gpt-neo, h.3.attn.attention.k_proj, blocks.3.attn.hook_k",
        "gpt-neo, h.3.attn, blocks.3.hook_attn_out",
        "gpt-neox, layers.2, blocks.2.hook_resid_post",
        "gpt-neox, gpt_neox.layers.0.mlp.dense_h_to_4h, blocks.0.mlp.hook_pre",
        "gpt-neox, embed_out, logits",
        "gpt-neox, blocks.1.hook_attn_out, blocks.1.hook_attn_out"
    })
    void modulesAreAliasesOfSites(String name, String alias, String site) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(GOLDENS.resolve(name))) {
            assertThat(model.site(alias).name()).isEqualTo(site);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, h.2, 'site \"h.2\" does not exist; nearest names: h.0, h.1'",
        "gpt2, h.1.mlp.c_porj, h.1.mlp.c_proj",
        "gpt-neox, layers.1.attention.danse, layers.1.attention.dense"
    })
    void anUnknownModuleIsAnsweredWithTheNearestNames(String name, String alias, String message) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(GOLDENS.resolve(name))) {
            assertThatThrownBy(() -> model.site(alias))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void aWeightThatIsNoNumberIsNamedWhenItsLayerIsRead() throws IOException {
        Path broken = directory.resolve("broken");
        GoldenCopies.copy(broken, "gpt-neox", StoredDType.F32, 1, tensor -> tensor);
        try (SafetensorsFile file = SafetensorsFile.open(GOLDENS.resolve("gpt-neox/model.safetensors"))) {
            List<TensorEntry> entries = new ArrayList<>();
            for (String tensor : file.names()) {
                float[] values = file.read(tensor);
                if (tensor.endsWith("layers.1.attention.query_key_value.weight")) {
                    values[48 * 5 + 7] = Float.NaN;
                }
                entries.add(TensorEntry.of(tensor, file.shape(tensor), values));
            }
            SafetensorsWriter.writeAtomically(broken.resolve("model.safetensors"), Map.of(), entries);
        }
        try (ModelDirectory model = ModelDirectory.open(broken)) {
            Transformer lazy = model.transformer(backend, Residency.ONE_LAYER);
            lazy.run(Tokens.of(1, 2), List.of(Site.of(Kind.RESID_POST, 0))); // the broken layer isn't needed
            assertThatThrownBy(() -> lazy.run(Tokens.of(1, 2), List.of(Site.of(Kind.RESID_POST, 1))))
                    .hasRootCauseInstanceOf(ModelFormatException.class)
                    .rootCause()
                    .hasMessageContaining("layers.1.attention.query_key_value.weight holds NaN in row 5, column 7");
        }
    }

    private static Activations all(Path path, Residency residency) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(path)) {
            return all(model.transformer(backend, residency));
        }
    }

    private static Activations all(Transformer model) {
        int vocabulary = model.config().dVocab();
        int[] ids = new int[2 * 9];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (i * 7 + 3) % vocabulary;
        }
        return model.run(new Tokens(ids, 2, 9), Site.all(model.config()));
    }

    private static void assertSame(Activations actual, Activations expected) {
        assertThat(actual.sites()).isEqualTo(expected.sites());
        for (Site site : expected.sites()) {
            assertThat(actual.get(site).data())
                    .as(site.name())
                    .containsExactly(expected.get(site).data());
        }
    }

    @Test
    void aModelNeedsLessMemoryWithOneLayerThanWithAll() throws IOException {
        try (ModelDirectory model = ModelDirectory.open(GOLDENS.resolve("gpt-neo"))) {
            long all = Parameters.shapes(model.config()).values().stream()
                    .mapToLong(shape -> 4L * shape.size())
                    .sum();
            assertThat(Residency.ALL.bytes(model.config())).isEqualTo(all);
            assertThat(Residency.ONE_LAYER.bytes(model.config())).isLessThan(all / 2);
        }
    }
}
