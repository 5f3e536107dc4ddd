package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.weights.StoredDType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which model it is, whatever its files are called, and whether a part is still what it was. */
class FingerprintTest {
    private static final Path GOLDENS = GoldenCopies.GOLDENS;
    private static final Path TORCH = Path.of("src/test/resources/pickles/gpt2");

    @TempDir
    Path directory;

    static Stream<String> families() {
        return Stream.of("gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential");
    }

    @Test
    void anotherModelsPartAndAChangedPartAreNoticed() throws IOException {
        Path other = GoldenCopies.copy(directory, "gpt2", StoredDType.F16, 1); // another model: its weights are rounded
        Path part = split(GOLDENS.resolve("gpt2"), 1, "part", false);
        try (ModelDirectory whole = ModelDirectory.open(GOLDENS.resolve("gpt2"));
                ModelDirectory stranger = ModelDirectory.open(other)) {
            try (ModelDirectory opened = ModelDirectory.open(part)) {
                opened.checkPartOf(whole);
                opened.checkUnchanged();
                assertThatThrownBy(() -> opened.checkPartOf(stranger))
                        .isInstanceOf(ModelFormatException.class)
                        .hasMessageContaining("is the upper part of another model (source_fingerprint "
                                + whole.fingerprint().substring(0, 12) + "…, " + other + " has "
                                + stranger.fingerprint().substring(0, 12));
                assertThatThrownBy(() -> whole.checkPartOf(opened)).hasMessageContaining("is a part of a model");
                assertThatThrownBy(() -> whole.checkPartOf(whole)).hasMessageContaining("is a whole model");
            }
            Path weights = part.resolve("model.safetensors");
            byte[] bytes = Files.readAllBytes(weights);
            bytes[bytes.length - 2] ^= 1;
            Files.write(weights, bytes);
            try (ModelDirectory opened = ModelDirectory.open(part)) {
                assertThatThrownBy(() -> opened.checkPartOf(whole))
                        .hasMessageContaining("its weights are not those of")
                        .hasMessageContaining("changed after it was split");
                assertThatThrownBy(opened::checkUnchanged).hasMessageContaining("changed after it was split");
            }
        }
    }

    @Test
    void aPartIsSplitAgainOnlyIfItIsUnchanged() throws IOException {
        Path part = split(GOLDENS.resolve("gpt-neo"), 2, "part", false);
        Path weights = part.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 2] ^= 1;
        Files.write(weights, bytes);
        assertThatThrownBy(() -> split(part, 3, "again", false)).hasMessageContaining("changed after it was split");
    }

    @ParameterizedTest
    @MethodSource("families")
    void theFingerprintIsTheModelsHoweverItIsStored(String name) throws IOException {
        Path golden = GOLDENS.resolve(name);
        Path bare = directory.resolve("bare");
        GoldenCopies.copy(
                bare, name, StoredDType.F32, 1, tensor -> tensor.replaceFirst("^(transformer|gpt_neox)\\.", ""));
        Path more = GoldenCopies.copy(directory.resolve("more"), name, StoredDType.F32, 1);
        GoldenCopies.change(more, config -> config.put("use_cache", false));
        assertThat(fingerprint(GoldenCopies.copy(directory, name, StoredDType.F32, 3)))
                .isEqualTo(fingerprint(golden))
                .isEqualTo(fingerprint(bare))
                .isEqualTo(fingerprint(more));
        Path eps = GoldenCopies.copy(directory.resolve("eps"), name, StoredDType.F32, 1);
        GoldenCopies.change(
                eps,
                config -> config.put(config.has("layer_norm_eps") ? "layer_norm_eps" : "layer_norm_epsilon", 1e-4));
        assertThat(Stream.of(golden, eps, GoldenCopies.copy(directory, name, StoredDType.F16, 1))
                        .map(FingerprintTest::fingerprint))
                .doesNotHaveDuplicates();
    }

    @Test
    void theFingerprintOfAPickledModelIsThatOfItsSafetensors() {
        assertThat(fingerprint(TORCH)).isEqualTo(fingerprint(GOLDENS.resolve("gpt2")));
    }

    /** A tensor of 300 KiB, of which 256 are looked at: the ends always, and every 4.7th KiB a block. */
    @Test
    void ofALargeTensorTheEndsAndEvenlySpacedBlocksCount() throws IOException {
        Path source = directory.resolve("source");
        RandomDirectory.write("""
                {"model_type": "gpt2", "n_layer": 1, "n_head": 1, "n_embd": 16, "vocab_size": 4800, "n_positions": 8}
                """, StoredDType.F32, source);
        String before = fingerprint(source);
        int size = 4800 * 16;
        int gap = 4096 / 4 + 20; // the first block has 1024 elements, the second starts at (76800 - 1024) / 63 = 1202
        for (int element : new int[] {0, size - 1, 1202, gap}) {
            byte[] bytes = Files.readAllBytes(source.resolve("model.safetensors"));
            byte[] changed = bytes.clone();
            int data = 8
                    + (int) java.nio.ByteBuffer.wrap(bytes)
                            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .getLong(0);
            changed[data + 4 * element] ^= 1; // wte is the first tensor
            Files.write(source.resolve("model.safetensors"), changed);
            assertThat(fingerprint(source).equals(before))
                    .as("element %d", element)
                    .isEqualTo(element == gap);
            Files.write(source.resolve("model.safetensors"), bytes);
        }
    }

    private Path split(Path source, int layer, String name, boolean view) throws IOException {
        Path part = directory.resolve(name);
        ModelSplit.split(source, layer, part, view, (bytes, of) -> {});
        return part;
    }

    private static String fingerprint(Path path) {
        try (ModelDirectory model = ModelDirectory.open(path)) {
            return model.fingerprint();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
