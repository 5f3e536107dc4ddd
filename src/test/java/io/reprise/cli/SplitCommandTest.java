package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.pretrained.BoundaryStates;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code split} and {@code relation boundary}, with the real rooms. */
class SplitCommandTest {
    private static final Path NEO = Path.of("src/test/resources/goldens/gpt-neo");

    @TempDir
    Path folder;

    private Path part;
    private Path prompts;
    private Path states;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void names() throws IOException {
        part = folder.resolve("part");
        prompts = folder.resolve("prompts.jsonl");
        states = folder.resolve("b.safetensors");
        Files.writeString(
                prompts,
                "{\"tokens\": [1, 2, 3, 4, 5, 6, 7], \"id\": \"a/b\"}\n{\"tokens\": [9]}\n{\"tokens\": [5, 4, 3]}\n");
    }

    @Test
    void aPartContinuesFromTheStatesThatWereWrittenAndGivesTheWholesLogits() throws IOException {
        assertThat(split("3")).as(text(err)).isZero();
        assertThat(text(out)).isEqualTo(part + "\n");
        assertThat(text(err)).startsWith("block 3 of gpt-neo · starts from blocks.3.hook_resid_pre · 16 tensors, ");
        for (String more : new String[] {"--batch=2", "--stream", "--batch=1"}) {
            assertThat(boundary("3", more)).as(text(err)).isZero();
            assertThat(text(err)).startsWith("3 prompts, 11 positions · blocks.3.hook_resid_pre · 3 of 4 blocks ran");
            checkContinued();
        }
    }

    private void checkContinued() throws IOException {
        Site logits = Site.of(Site.Kind.LOGITS);
        try (Backend backend = new CpuBackend(1);
                BoundaryStates opened = BoundaryStates.open(states);
                ModelDirectory whole = ModelDirectory.open(NEO);
                ModelDirectory upper = ModelDirectory.open(part)) {
            opened.checkFits(upper);
            opened.checkFits(whole);
            assertThat(opened.prompts()).containsExactly("a/b", "1", "2");
            assertThat(opened.tokens(opened.index("2"))).containsExactly(5, 4, 3);
            assertThat(opened.index(new int[] {9})).isEqualTo(1);
            for (int i = 0; i < 3; i++) {
                assertThat(upper.transformer(backend, Residency.ALL)
                                .resume(3, opened.resid(i), List.of(logits), List.of())
                                .get(logits)
                                .data())
                        .containsExactly(whole.transformer(backend, Residency.ALL)
                                .run(Tokens.of(opened.tokens(i)), List.of(logits))
                                .get(logits)
                                .data());
            }
        }
    }

    @Test
    void everyCommandThatRunsFromTokensRefusesAPartInOneSentence() throws IOException {
        for (String view : new String[] {"--quiet", "--virtual"}) {
            part = folder.resolve("part" + view);
            assertThat(split("2", view)).as(text(err)).isZero();
            Files.writeString(part.resolve("vocabulary.json"), vocabulary());
            Files.writeString(folder.resolve("examples.jsonl"), examples());
            String model = part.toString();
            String message = model + " is a part of a model: it holds blocks 2..3 of gpt-neo and starts from"
                    + " blocks.2.hook_resid_pre, not from tokens; give the whole model, or boundary states (reprise relation"
                    + " boundary)\n";
            refused(message, "lens", "--model", model, "--tokens", "1,2,3");
            refused(message, "lens", "--model", model, "--prompt", "t1 t2");
            refused(
                    message,
                    "features",
                    "--model",
                    model,
                    "--prompts",
                    prompts.toString(),
                    "--sites",
                    "logits",
                    "--out",
                    folder.resolve("f.safetensors").toString());
            refused(message, "evaluate", "--model", model, "--task", "plus-1");
            refused(message, "evaluate", "--model", model, "--model", NEO.toString(), "--task", "plus-1");
            refused(
                    message,
                    "probe",
                    "--model",
                    model,
                    "--examples",
                    folder.resolve("examples.jsonl").toString(),
                    "--out",
                    folder.resolve("probe" + view).toString(),
                    "tracking_uri=none");
            refused(
                    message,
                    "relation",
                    "boundary",
                    "--model",
                    model,
                    "--break-layer",
                    "2",
                    "--prompts",
                    prompts.toString(),
                    "--out",
                    states.toString());
            assertThat(states).doesNotExist();
        }
    }

    private static String vocabulary() {
        StringBuilder tokens = new StringBuilder("[\"t0\"");
        for (int i = 1; i < 61; i++) {
            tokens.append(", \"t").append(i).append('"');
        }
        return tokens.append(']').toString();
    }

    private static String examples() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            lines.append("{\"tokens\": [%d, 2, 3], \"label\": \"%s\"}\n".formatted(i, i % 2 == 0 ? "low" : "high"));
        }
        return lines.toString();
    }

    @Test
    void inspectShowsWhereAPartComesFrom() throws IOException {
        split("2");
        assertThat(type("inspect", part.toString())).as(text(err)).isZero();
        assertThat(text(out))
                .contains("blocks 2..3 of gpt-neo", "starts from", "blocks.2.hook_resid_pre", "not from tokens")
                .contains("blocks.2..3")
                .doesNotContain("blocks.0", "hook_embed", "a token");
        assertThat(type("inspect", part.toString(), "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.at("/part/break_layer").asInt()).isEqualTo(2);
        assertThat(json.at("/part/view_of").isNull()).isTrue();
        assertThat(json.at("/sites/0/name").asText()).isEqualTo("blocks.2.hook_resid_pre");
        part = folder.resolve("view");
        split("2", "--virtual");
        assertThat(type("inspect", part.toString())).as(text(err)).isZero();
        assertThat(text(out)).contains("view of", "no weights of its own");
    }

    @Test
    void jsonSaysWhatWasWritten() throws IOException {
        assertThat(split("1", "--json")).isZero();
        assertThat(text(err)).isEmpty();
        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.at("/origin/break_layer").asInt()).isEqualTo(1);
        assertThat(json.at("/n_layers").asInt()).isEqualTo(4);
        assertThat(json.at("/files/0").asText()).isEqualTo("model.safetensors");
        assertThat(boundary("1", "--json")).isZero();
        assertThat(new ObjectMapper().readTree(text(out)).at("/positions").asInt())
                .isEqualTo(11);
    }

    @Test
    void mistakesAreSaidInOneMessage() throws IOException {
        refused("--break-layer 4 is out of range; expected 1..3, the part's first block: ", splitWords("4"));
        refused("--break-layer 0 is out of range; expected 1..3", boundaryWords("0"));
        assertThat(part).doesNotExist();
        assertThat(split("2")).isZero();
        refused("part exists already, and nothing is overwritten", splitWords("2"));
        refused("is not a model directory", "split", folder.toString(), "--break-layer", "1", "--out", "x");
        Files.writeString(prompts, "{\"tokens\": [1, 61]}\n");
        refused("prompts.jsonl, line 1: token id 61 is outside", boundaryWords("2"));
        Files.writeString(prompts, "{\"tokens\": [" + "1, ".repeat(24) + "1]}\n");
        refused("the prompt has 25 tokens; this model sees at most n_ctx = 24", boundaryWords("2"));
        assertThat(states).doesNotExist();
    }

    @Test
    void statesOfAnotherModelOrBlockAreRefused() throws IOException {
        assertThat(split("2")).isZero();
        assertThat(boundary("3")).as(text(err)).isZero();
        try (BoundaryStates opened = BoundaryStates.open(states);
                ModelDirectory upper = ModelDirectory.open(part);
                ModelDirectory other = ModelDirectory.open(NEO.resolveSibling("gpt2"))) {
            assertThatThrownBy(() -> opened.checkFits(upper))
                    .hasMessageContaining("is what block 3 reads, but " + part + " starts at block 2; write it with"
                            + " --break-layer 2");
            assertThatThrownBy(() -> opened.checkFits(other))
                    .hasMessageContaining("was computed by another model (gpt-neo, source_fingerprint ");
            assertThatThrownBy(() -> opened.index("c"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has no prompt \"c\"; it has a/b, 1, 2");
            assertThatThrownBy(() -> opened.index(new int[] {4}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no prompt with the tokens [4]; it has a/b, 1, 2");
        }
    }

    @Test
    void relationAloneSaysWhichCommandsThereAre() {
        assertThat(type("relation")).isEqualTo(2);
        assertThat(text(err)).contains("boundary");
        assertThat(type("relation", "boundary", "--help")).isZero();
        assertThat(text(out)).contains("--break-layer", "Examples:");
    }

    private int split(String layer, String... more) {
        return type(with(splitWords(layer), more));
    }

    private String[] splitWords(String layer) {
        return new String[] {"split", NEO.toString(), "--break-layer", layer, "--out", part.toString()};
    }

    private int boundary(String layer, String... more) {
        return type(with(boundaryWords(layer), more));
    }

    private String[] boundaryWords(String layer) {
        return new String[] {
            "relation",
            "boundary",
            "--model",
            NEO.toString(),
            "--break-layer",
            layer,
            "--prompts",
            prompts.toString(),
            "--out",
            states.toString()
        };
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new java.util.ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void refused(String message, String... words) {
        assertThat(type(words)).as(text(err)).isEqualTo(2);
        assertThat(text(err)).contains(message).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(text(out)).isEmpty();
    }

    private int type(String... words) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(words), folder), terminal, words);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
