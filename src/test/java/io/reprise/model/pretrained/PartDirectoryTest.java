package io.reprise.model.pretrained;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A part as a directory that is opened: what it refuses, and what is refused of it. */
class PartDirectoryTest {
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
    void fromTokensAPartRefusesToRun(String name) throws IOException {
        for (boolean view : new boolean[] {false, true}) {
            Path path = split(GOLDENS.resolve(name), 1, "part-" + view, view);
            String message = path + " is a part of a model: it holds block";
            try (ModelDirectory model = ModelDirectory.open(path)) {
                Transformer part = model.transformer(backend, Residency.ALL);
                Tokens tokens = Tokens.of(1, 2, 3);
                List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> ways = List.of(
                        () -> part.logits(tokens),
                        () -> part.apply(tokens),
                        () -> part.applyBlocks(tokens, 1),
                        () -> part.run(tokens, List.of(Site.of(Kind.LOGITS))),
                        () -> new StreamParts(part).embed(tokens),
                        () -> part.weights().embed(new int[] {1}),
                        () -> part.weights().posEmbed(2),
                        () -> part.weights().block(0),
                        () -> model.parameters(backend));
                for (var way : ways) {
                    assertThatThrownBy(way)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining(message)
                            .hasMessageContaining("starts from blocks.1.hook_resid_pre, not from tokens; give the whole"
                                    + " model, or boundary states");
                }
                Activations.Value x = Activations.Value.of(
                        Shape.of(1, 2, model.config().dModel()),
                        new double[2 * model.config().dModel()]);
                assertThatThrownBy(() -> part.resume(0, x, List.of(Site.of(Kind.LOGITS)), List.of()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("cannot resume at layer 0")
                        .hasMessageContaining("expected layer 1..");
            }
        }
    }

    @Test
    void aViewSaysWhereItsModelWentOrThatItIsAnother() throws IOException {
        Path source = GoldenCopies.copy(directory, "gpt-neo", StoredDType.F32, 1);
        Path view = split(source, 1, "view", true);
        GoldenCopies.change(source, config -> config.put("window_size", 6));
        assertThatThrownBy(() -> ModelDirectory.open(view))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("is a view of")
                .hasMessageContaining("which is another model now");
        Files.move(source, directory.resolve("moved"));
        assertThatThrownBy(() -> ModelDirectory.open(view))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("which is not there; put it back, or split the model again");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "break_layer | 2 | reprise_part.break_layer is 2, expected at most 1",
                "break_layer | 0 | reprise_part.break_layer is 0, expected a whole number from 1",
                "source_fingerprint | \"ab\" | expected 64 hexadecimal digits",
                "flux | 1 | reprise_part.flux = 1 is no key of reprise_part"
            })
    void aBrokenOriginIsNamed(String key, String value, String message) throws IOException {
        Path part = split(GOLDENS.resolve("gpt2"), 1, "part", false);
        GoldenCopies.change(
                part, config -> ((com.fasterxml.jackson.databind.node.ObjectNode) config.get("reprise_part"))
                        .set(key, GoldenCopies.json(value)));
        assertThatThrownBy(() -> ModelDirectory.open(part))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aCopyWithLowerBlocksIsNoPart() throws IOException {
        Path part = split(GOLDENS.resolve("gpt2"), 1, "part", false);
        Files.copy(
                GOLDENS.resolve("gpt2/model.safetensors"),
                part.resolve("model.safetensors"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> ModelDirectory.open(part))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("h.0.attn.c_attn.weight is not a tensor of the model that the config describes");
    }

    private Path split(Path source, int layer, String name, boolean view) throws IOException {
        Path part = directory.resolve(name);
        ModelSplit.split(source, layer, part, view, (bytes, of) -> {});
        return part;
    }
}
