package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** relation evaluate through the real command line and the real rooms. */
class RelationEvaluateCommandTest {
    private static final String MODEL = "experiments/models/nano-sort";
    private static final FileTime LONG_AGO = FileTime.fromMillis(0);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path relations;

    @BeforeEach
    void twoRelations() throws IOException {
        relations = Files.createDirectories(folder.resolve("relations"));
        Numbers.relation(relations, "after mid", "{} <mid>", 9);
        Numbers.relation(relations, "from start", "<start> {}", 8);
    }

    @Test
    void everyRelationHasItsResultAndASecondCallComputesNothing() throws IOException {
        Path to = folder.resolve("study");
        assertThat(evaluate(to)).as(err()).isZero();
        assertThat(out()).contains("after mid").contains("from start").contains("faithfulness");
        JsonNode written =
                new ObjectMapper().readTree(to.resolve("relations.json").toFile());
        assertThat(written.get("relations")).hasSize(2);
        assertThat(to.resolve("config.yaml")).content().containsPattern("layers:\\s*\\[?-?\\s*\"?0");
        String before = Files.readString(to.resolve("relations.json"));
        String table = out();

        List<Path> results = results(to);
        assertThat(results).hasSize(2);
        for (Path result : results) {
            Files.setLastModifiedTime(result, LONG_AGO);
        }
        assertThat(evaluate(to)).isZero();
        for (Path result : results) {
            assertThat(Files.getLastModifiedTime(result)).isEqualTo(LONG_AGO);
        }
        assertThat(to.resolve("relations.json")).hasContent(before);
        assertThat(out()).isEqualTo(table);

        Files.delete(results.get(0));
        assertThat(evaluate(to)).isZero(); // that one is computed again, and is the same
        assertThat(Files.getLastModifiedTime(results.get(1))).isEqualTo(LONG_AGO);
        assertThat(to.resolve("relations.json")).hasContent(before);
    }

    @Test
    void oneThatIsTooSmallIsLeftOutAndTheOthersAreMeasured() throws IOException {
        Numbers.relation(relations, "too small", "{} <mid>", 2);
        Path to = folder.resolve("study");
        assertThat(evaluate(to, "--json")).as(err()).isZero();
        assertThat(out().strip().split("\n")).hasSize(2);
        assertThat(new ObjectMapper()
                        .readTree(out().split("\n")[0])
                        .get("relation")
                        .textValue())
                .isEqualTo("after mid");
        assertThat(evaluate(to)).isZero();
        assertThat(out()).contains("left out  too small").contains("has 2 subjects");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "study.trails=2|study.trials",
                "model=|model",
                "--only nothing|is none of the relations: after mid, from start",
                "--only after_mid study.train=9|so that one is left to test",
                "study.layers=[3]|layers 0..2",
                "study.betas=[]|betas",
                "no-such-file|no-such-file does not exist",
                "--model no-such-model|no-such-model",
                "--relations no-such-file|no such file",
                "--only after_mid study.template=1|templates; count from 0",
            })
    void mistakesAreToldInOneSentence(String args, String expected) {
        List<String> more = new ArrayList<>();
        for (String word : args.split(" ")) {
            more.add(word.replace("after_mid", "after mid"));
        }
        Path to = folder.resolve("study");
        assertThat(evaluate(to, more.toArray(String[]::new))).as(out()).isEqualTo(2);
        assertThat(err()).contains(expected).doesNotContain("\tat ");
        assertThat(to.resolve("relations.json")).doesNotExist();
    }

    @Test
    void aModelWithoutTokenizerAndAFileWithMistakesAreRefused() throws IOException {
        Path model = Numbers.changedModel(folder.resolve("model"));
        Files.delete(model.resolve("vocabulary.json"));
        Path to = folder.resolve("study");
        assertThat(evaluate(to, "--model", model.toString())).isEqualTo(2);
        assertThat(err()).contains("relations are text").doesNotContain("\tat ");
        Path file = relations.resolve("after_mid.json");
        Files.writeString(file, Files.readString(file).replace("\"symmetric\"", "\"symetric\""));
        assertThat(evaluate(to)).isEqualTo(2);
        assertThat(err()).contains("unknown key symetric (nearest: symmetric)");
        assertThat(to.resolve("relations.json")).doesNotExist();
    }

    private static List<Path> results(Path to) throws IOException {
        try (Stream<Path> files = Files.list(to.resolve("results"))) {
            return files.sorted().toList();
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private int evaluate(Path to, String... more) {
        List<String> words = new ArrayList<>(List.of("relation", "evaluate", "--out", to.toString()));
        List<String> given = List.of(more);
        if (!given.contains("--model") && !given.contains("model=")) {
            words.addAll(List.of("--model", MODEL));
        }
        if (!given.contains("--relations")) {
            words.addAll(List.of("--relations", relations.toString()));
        }
        words.addAll(List.of("tracking_uri=none", "study.train=3", "study.trials=1", "study.directions=2"));
        if (!args(given, "study.layers")) {
            words.add("study.layers=[0]");
        }
        if (!args(given, "study.betas")) {
            words.add("study.betas=[1, 2]");
        }
        words.add("study.ranks=[1, 4]");
        words.addAll(given);
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(words, Path.of("")), terminal, words.toArray(String[]::new));
    }

    private static boolean args(List<String> given, String key) {
        return given.stream().anyMatch(word -> word.startsWith(key));
    }
}
