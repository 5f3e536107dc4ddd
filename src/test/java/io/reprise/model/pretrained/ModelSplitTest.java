package io.reprise.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Activations;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.StreamParts;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.weights.StoredDType;
import io.reprise.weights.WeightSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The upper part of a model: the same bytes, the same bits from the boundary on, and nothing from tokens. */
class ModelSplitTest {
    private static final Path GOLDENS = GoldenCopies.GOLDENS;
    private static final Path TORCH = Path.of("src/test/resources/pickles/gpt2");
    private static final ModelSplit.Progress SILENT = (bytes, of) -> {};

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

    private static int layers(String family) {
        return switch (family) {
            case "gpt-neo" -> 4;
            case "gpt-neox" -> 3;
            default -> 2;
        };
    }

    /** Every family and layer; stored as it is, in half precision, and in three files. */
    static Stream<Arguments> everyLayer() {
        return families().flatMap(name -> IntStream.range(1, layers(name))
                .boxed()
                .flatMap(layer -> Stream.of(
                        Arguments.of(name, layer, StoredDType.F32, 1),
                        Arguments.of(name, layer, StoredDType.F16, 1),
                        Arguments.of(name, layer, StoredDType.BF16, 3))));
    }

    @ParameterizedTest
    @MethodSource("everyLayer")
    void thePartGivesTheWholesBitsFromTheBoundaryOn(String name, int layer, StoredDType type, int shards)
            throws IOException {
        checkRoutes(GoldenCopies.copy(directory, name, type, shards), layer);
    }

    @Test
    void aPickledModelIsSplitIntoSafetensors() throws IOException {
        checkRoutes(TORCH, 1);
        assertThat(names(directory.resolve("part"))).containsExactly("config.json", "model.safetensors");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void scalesThatDependOnTheLayerStayThoseOfTheSource(int layer) throws IOException {
        Path source = directory.resolve("gpt2-by-layer");
        RandomDirectory.write("""
                {"model_type": "gpt2", "n_layer": 4, "n_head": 2, "n_embd": 16, "vocab_size": 67, "n_positions": 24,
                 "scale_attn_by_inverse_layer_idx": true, "activation_function": "gelu_new"}
                """, StoredDType.F32, source);
        checkRoutes(source, layer);
    }

    @Test
    void windowsThatAlternateStayThoseOfTheSourceAfterAnOddBreak() throws IOException {
        Path part = split(GOLDENS.resolve("gpt-neo"), 1, "part", false);
        try (ModelDirectory model = ModelDirectory.open(part)) {
            assertThat(model.config().attnWindows()).containsExactly(0, 5, 0, 5);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aPartIsSplitAgainAndKeepsItsOrigin(int layer) throws IOException {
        Path whole = GOLDENS.resolve("gpt-neo");
        Path first = split(whole, layer, "first", false);
        Path second = split(first, 3, "second", false);
        Path view = split(first, 3, "view", true);
        Path viewOfView = split(split(whole, 2, "wholes-view", true), 3, "views-view", true);
        Activations expected = run(whole);
        try (ModelDirectory source = ModelDirectory.open(whole)) {
            for (Path part : List.of(second, view, viewOfView)) {
                assertResumes(part, 3, expected);
                try (ModelDirectory opened = ModelDirectory.open(part)) {
                    assertThat(opened.part().orElseThrow().breakLayer()).isEqualTo(3);
                    assertThat(opened.part().orElseThrow().sourceName()).isEqualTo("gpt-neo");
                    opened.checkPartOf(source);
                }
            }
        }
    }

    /** Whole, copy and view, with all layers in memory and with one. */
    private void checkRoutes(Path source, int layer) throws IOException {
        Activations expected = run(source);
        Path part = split(source, layer, "part", false);
        Path view = split(source, layer, "view", true);
        for (Path path : List.of(source, part, view)) {
            assertResumes(path, layer, expected);
        }
        try (ModelDirectory whole = ModelDirectory.open(source);
                ModelDirectory copied = ModelDirectory.open(part);
                ModelDirectory viewed = ModelDirectory.open(view)) {
            copied.checkPartOf(whole);
            viewed.checkPartOf(whole);
            assertThat(copied.config()).isEqualTo(whole.config());
            assertThat(copied.fingerprint()).isEqualTo(whole.fingerprint());
            assertSameBytes(copied.stored(), whole.stored());
        }
        assertThat(names(view)).containsExactly("config.json");
    }

    private static void assertResumes(Path path, int layer, Activations expected) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(path)) {
            for (Residency residency : Residency.values()) {
                Transformer part = model.transformer(backend, residency);
                List<Site> sites = expected.sites().stream()
                        .filter(site -> site.compareTo(Site.of(Kind.RESID_PRE, layer)) >= 0)
                        .toList();
                Activations.Value boundary = expected.get(Site.of(Kind.RESID_PRE, layer));
                Activations resumed = part.resume(layer, boundary, sites, List.of());
                for (Site site : sites) {
                    assertThat(resumed.get(site).data())
                            .as("%s of %s", site, path)
                            .containsExactly(expected.get(site).data());
                }
                assertThat(byParts(part, layer, boundary))
                        .containsExactly(expected.get(Site.of(Kind.LOGITS)).data());
            }
        }
    }

    private static double[] byParts(Transformer model, int from, Activations.Value boundary) {
        StreamParts parts = new StreamParts(model);
        Shape shape = boundary.shape();
        try (var scope = backend.scope()) {
            var x = backend.upload(Shape.of(shape.dim(0) * shape.dim(1), shape.dim(2)), boundary.data());
            for (int layer = from; layer < model.config().nLayers(); layer++) {
                x = parts.block(layer, x, shape.dim(0), shape.dim(1));
            }
            float[] logits = backend.download(parts.logits(x));
            return IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).toArray();
        }
    }

    private static void assertSameBytes(WeightSource part, WeightSource whole) throws IOException {
        assertThat(part.names()).isNotEmpty();
        for (String name : part.names()) {
            assertThat(part.dtype(name)).isEqualTo(whole.dtype(name));
            assertThat(part.shape(name)).isEqualTo(whole.shape(name));
            assertThat(bytes(part, name)).as(name).isEqualTo(bytes(whole, name));
        }
    }

    private static byte[] bytes(WeightSource source, String name) throws IOException {
        int size = source.shape(name).size();
        ByteBuffer bytes = ByteBuffer.allocate(size * source.dtype(name).bytes());
        source.readStored(name, 0, size, bytes);
        assertThat(bytes.hasRemaining()).isFalse();
        return bytes.array();
    }

    @Test
    void onlyTheUpperTensorsAreThereInTheSourcesFiles() throws IOException {
        Path source = GoldenCopies.copy(directory, "gpt-neo", StoredDType.F16, 40);
        Path part = split(source, 3, "part", false);
        try (ModelDirectory model = ModelDirectory.open(part)) {
            assertThat(model.stored().names())
                    .contains("transformer.wte.weight", "transformer.ln_f.bias", "transformer.h.3.ln_1.weight")
                    .noneMatch(tensor -> tensor.matches(".*\\.(wpe|h\\.[012])\\..*"));
            int files = model.stored().files().size();
            assertThat(files).isBetween(2, 39);
            assertThat(names(part))
                    .contains(
                            "config.json",
                            "model.safetensors.index.json",
                            String.format("model-00001-of-%05d.safetensors", files))
                    .hasSize(files + 2);
        }
    }

    @Test
    void theConfigIsTheSourcesButForTheOrigin() throws IOException {
        Path source = GoldenCopies.copy(directory, "gpt2", StoredDType.F32, 1);
        Files.writeString(source.resolve("tokenizer.json"), "{}");
        Path part = split(source, 1, "part", false);
        var mapper = new com.fasterxml.jackson.databind.ObjectMapper();
        var config = (com.fasterxml.jackson.databind.node.ObjectNode)
                mapper.readTree(part.resolve("config.json").toFile());
        var origin = config.remove("reprise_part");
        assertThat(config)
                .isEqualTo(mapper.readTree(source.resolve("config.json").toFile()));
        assertThat(origin.get("break_layer").intValue()).isEqualTo(1);
        assertThat(origin.get("source_name").textValue()).isEqualTo("gpt2-F32-1");
        assertThat(part.resolve("tokenizer.json")).hasContent("{}");
    }

    @Test
    void aTransformerLensDirectoryAndAPaddedGpt2AreSplitToo() throws IOException {
        for (ModelExport.Format format : ModelExport.Format.values()) {
            Path source = directory.resolve("toy-" + format);
            var config = io.reprise.model.ModelConfig.toy(
                    3,
                    16,
                    2,
                    format == ModelExport.Format.GPT2 ? 8 : 4,
                    0,
                    67,
                    24,
                    io.reprise.backend.Activation.RELU,
                    io.reprise.model.ModelConfig.Normalization.LAYER_NORM,
                    io.reprise.model.ModelConfig.Positions.NONE,
                    true);
            var parameters = io.reprise.model.Parameters.initialise(backend, config, 0.1, io.reprise.tensor.Rng.of(5));
            Transformer model = new Transformer(backend, config, parameters);
            ModelExport.write(source, format, model, java.util.Optional.empty(), ModelExport.sample(config));
            Activations expected = run(source);
            for (int layer = 1; layer < 3; layer++) {
                assertResumes(split(source, layer, format + "-copy-" + layer, false), layer, expected);
                assertResumes(split(source, layer, format + "-view-" + layer, true), layer, expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2, 0, 'expected 1, the part''s first block: '",
        "gpt2, 2, 'expected 1, the part''s first block: '",
        "gpt-neo, 4, 'expected 1..3, the part''s first block: '",
        "gpt-neo, -1, 'out of range; expected 1..3'"
    })
    void aBreakOutOfRangeIsRefusedWithTheRange(String name, int layer, String message) {
        assertThatThrownBy(() -> split(GOLDENS.resolve(name), layer, "part", false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--break-layer " + layer)
                .hasMessageContaining(message);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aPartIsNotSplitAtOrBelowItsFirstBlock() throws IOException {
        Path part = split(GOLDENS.resolve("gpt-neo"), 2, "part", false);
        assertThatThrownBy(() -> split(part, 2, "again", false)).hasMessageContaining("expected 3, the part's first");
        Path last = split(GOLDENS.resolve("gpt-neo"), 3, "last", false);
        assertThatThrownBy(() -> split(last, 3, "again", false))
                .hasMessageContaining("can't be split; it has block 3 only");
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        Path source = GOLDENS.resolve("gpt2");
        split(source, 1, "part", false);
        Files.createDirectory(directory.resolve("empty"));
        Files.writeString(directory.resolve("file"), "mine");
        for (String name : List.of("part", "empty", "file")) {
            assertThatThrownBy(() -> split(source, 1, name, false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name + " exists already, and nothing is overwritten");
        }
        assertThat(directory.resolve("file")).hasContent("mine");
    }

    /** Stands for a killed process: an Error in the middle of the copy, with the temporary directory put back. */
    @Test
    void whatAKilledSplitLeftAsideIsThrownAway() throws IOException {
        Path aside = Files.createDirectories(directory.resolve(".part.tmp"));
        Files.writeString(aside.resolve("model.safetensors"), "half");
        Files.writeString(aside.resolve("strange"), "more");
        Path part = split(GOLDENS.resolve("gpt2"), 1, "part", false);
        assertThat(aside).doesNotExist();
        assertThat(names(part)).containsExactly("config.json", "model.safetensors");
        assertResumes(part, 1, run(GOLDENS.resolve("gpt2")));
    }

    @Test
    void aFailureInTheMiddleLeavesNothing() {
        ModelSplit.Progress stop = (bytes, of) -> {
            throw new java.io.UncheckedIOException(new IOException("stop"));
        };
        assertThatThrownBy(() -> ModelSplit.split(GOLDENS.resolve("gpt2"), 1, directory.resolve("part"), false, stop))
                .hasMessageContaining("stop");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aViewMovesTogetherWithItsModel() throws IOException {
        Path home = Files.createDirectory(directory.resolve("home"));
        Path source = GoldenCopies.copy(home, "gpt2", StoredDType.F32, 1);
        ModelSplit.split(source, 1, home.resolve("view"), true, SILENT);
        Activations expected = run(source);
        Files.move(home, directory.resolve("new"));
        assertResumes(directory.resolve("new/view"), 1, expected);
    }

    @Test
    void tooLittleSpaceIsSaidBeforeAnythingIsWritten() throws IOException {
        ModelSplit.requireSpace(directory.resolve("part"), 5L << 30, directory, 5L << 30);
        assertThatThrownBy(() -> ModelSplit.requireSpace(Path.of("part"), 5L << 30, Path.of("models"), 700 << 20))
                .isInstanceOf(IOException.class)
                .hasMessage("part needs 5.0 GiB of disk space, 700.0 MiB are free in models; make room, choose another"
                        + " place, or copy nothing with --virtual");
    }

    @Test
    void noTensorIsEverWholeInMemory() throws IOException {
        Path source = directory.resolve("wide");
        RandomDirectory.write("""
                {"model_type": "gpt2", "n_layer": 2, "n_head": 1, "n_embd": 64, "vocab_size": 40000, "n_positions": 8,
                 "tie_word_embeddings": true}
                """, StoredDType.F32, source);
        List<Long> pieces = new ArrayList<>();
        long[] before = {0};
        ModelSplit.Written written = ModelSplit.split(source, 1, directory.resolve("part"), false, (bytes, of) -> {
            pieces.add(bytes - before[0]);
            before[0] = bytes;
        });
        assertThat(pieces).allMatch(piece -> piece > 0 && piece <= 1 << 16);
        assertThat(before[0]).isEqualTo(written.bytes()).isGreaterThan(40000L * 64 * 4);
    }

    private Path split(Path source, int layer, String name, boolean view) throws IOException {
        Path part = directory.resolve(name);
        ModelSplit.split(source, layer, part, view, SILENT);
        return part;
    }

    private static List<String> names(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Activations run(Path path) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(path)) {
            int[] ids = new int[2 * 9];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (i * 7 + 3) % model.config().dVocab();
            }
            return model.transformer(backend, Residency.ALL).run(new Tokens(ids, 2, 9), Site.all(model.config()));
        }
    }
}
