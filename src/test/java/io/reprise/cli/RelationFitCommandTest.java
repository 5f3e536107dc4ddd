package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.weights.SafetensorsFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** relation fit and relation apply through the real command line and the real rooms. */
class RelationFitCommandTest {
    private static final String MODEL = "experiments/models/nano-sort";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void whatIsFittedIsWrittenPicturedAndApplied() throws IOException {
        Path relation = Numbers.relation(folder, "plus one", "{} <mid>", 9);
        fit(relation, "--train", "3", "--beta", "2.25");
        assertThat(err())
                .contains("plus one · jacobian_icl_mean · 0 → 2 · β 2.25")
                .contains("trained on")
                .contains("|W|")
                .contains("reads")
                .contains("writes");
        assertThat(out().strip()).endsWith("plus.json");
        try (SafetensorsFile stored = SafetensorsFile.open(folder.resolve("plus.safetensors"))) {
            assertThat(stored.readDoubles("weight")).hasSize(48 * 48);
            assertThat(stored.readDoubles("bias")).hasSize(48);
        }
        JsonNode about = new ObjectMapper().readTree(folder.resolve("plus.json").toFile());
        assertThat(about.get("trained_on")).hasSize(3);

        List<JsonNode> rows = json("--operator", at("plus.json"), "--model", MODEL, "--relation", relation.toString());
        assertThat(rows).hasSize(10);
        for (JsonNode row : rows.subList(0, 9)) {
            assertThat(row.get("operator")).hasSize(5);
            double first = row.get("operator").get(0).get("probability").doubleValue();
            assertThat(first).isBetween(1.0 / 14, 1.0); // the best of 14
            assertThat(row.get("model").get("probability").doubleValue()).isBetween(1.0 / 14, 1.0);
            String object = row.get("judged").get("object").textValue();
            assertThat(row.get("judged").get("operator").booleanValue())
                    .isEqualTo(
                            row.get("operator").get(0).get("token").textValue().equals(object));
            assertThat(row.get("judged").get("model").booleanValue())
                    .isEqualTo(row.get("model").get("token").textValue().equals(object));
        }
        List<JsonNode> held = rows.subList(0, 9).stream()
                .filter(row -> !row.get("trained").booleanValue())
                .toList();
        assertThat(held).hasSize(6);
        long known = held.stream()
                .filter(row -> row.get("judged").get("model").booleanValue())
                .count();
        assertThat(rows.get(9).get("knowledge").get("correct").intValue()).isEqualTo((int) known);
        assertThat(rows.get(9).get("knowledge").get("total").intValue()).isEqualTo(6);
        if (known > 0) {
            assertThat(rows.get(9).get("faithfulness").get("total").intValue()).isEqualTo((int) known);
        }
    }

    @Test
    void oneSubjectsOwnJacobianGivesTheModelsOwnAnswerThere() throws IOException {
        // z = J·h + b is z itself at the h that J is taken at (Taylor, order 0), so the operator decodes the model's
        // logits
        Path relation = Numbers.relation(folder, "plus one", "{} <mid>", 9);
        fit(relation, "--train", "1", "--estimator", "jacobian");
        String subject = new ObjectMapper()
                .readTree(folder.resolve("plus.json").toFile())
                .get("trained_on")
                .get(0)
                .textValue();
        List<JsonNode> rows =
                json("--operator", at("plus"), "--model", MODEL, "--subjects", subject + ", 11", "--top-k", "1");
        assertThat(rows).hasSize(2);
        JsonNode own = rows.get(0);
        assertThat(own.get("trained").booleanValue()).isTrue();
        assertThat(own.get("operator").get(0).get("token"))
                .isEqualTo(own.get("model").get("token"));
        assertThat(own.get("operator").get(0).get("probability").doubleValue())
                .isCloseTo(own.get("model").get("probability").doubleValue(), within(1e-4)); // float32 forward and J·h
        assertThat(rows.get(1).get("judged").isNull()).isTrue();
    }

    @Test
    void aPartWithItsModelFitsTheSameOperator() throws IOException {
        Path relation = Numbers.relation(folder, "plus one", "{} <mid>", 9);
        fit(relation, "--train", "2", "--from-layer", "1");
        byte[] whole = Files.readAllBytes(folder.resolve("plus.safetensors"));
        assertThat(run("split", MODEL, "--break-layer", "2", "--out", at("part")))
                .isZero();
        fit(relation, "--train", "2", "--from-layer", "1", "--part", at("part"));
        assertThat(Files.readAllBytes(folder.resolve("plus.safetensors"))).isEqualTo(whole);
        assertThat(run("relation", "apply", "--operator", at("plus"), "--part", at("part"), "--subjects", "3"))
                .isEqualTo(2);
        assertThat(err()).contains("--model DIR with the whole model");
    }

    @Test
    void peopleReadOneLineASubjectAndTheSumLast() throws IOException {
        Path relation = Numbers.relation(folder, "plus one", "{} <mid>", 9);
        fit(relation, "--train", "3", "--rank", "2", "--residual");
        assertThat(run(
                        "relation",
                        "apply",
                        "--operator",
                        at("plus"),
                        "--model",
                        MODEL,
                        "--relation",
                        relation.toString(),
                        "--top-k",
                        "2"))
                .isZero();
        String[] lines = out().strip().split("\n");
        assertThat(lines).hasSize(10);
        assertThat(lines[0]).contains("· model").containsAnyOf("(right)", "(wrong");
        assertThat(lines[9]).startsWith("knowledge ").contains("· faithfulness ");
        assertThat(Arrays.stream(lines).filter(line -> line.endsWith("trained on it")))
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--from-layer 3|layers 0..2",
                "--from-layer 2|identity",
                "--from-layer 1 --to-layer 0|down",
                "--from-layer top|embed+pos",
                "--from-layer 0 --train 9|choose 1 to 8",
                "--from-layer 0 --train 0|--train 0",
                "--from-layer 0 --trial -1|count from 0",
                "--from-layer 0 --rank 49|choose 1 to 48",
                "--from-layer 0 --rank 0|expected 1 or more",
                "--from-layer 0 --rank 2 --estimator identity|identity is none",
                "--from-layer 0 --residual|give --rank",
                "--from-layer 0 --estimator magic|jacobian_icl_mean",
                "--from-layer 0 --beta NaN|finite",
                "--from-layer 0 --template 1|has 1 templates",
                "--from-layer 0 --demonstrations -1|demonstrations = -1",
                "--from-layer 0 --prefix noun|noun",
                "--from-layer 0 --train 5|14", // four demonstrations of 3 tokens, and 2, in a context of 14
                "--from-layer 0 --part experiments/models/nano-sort|is a whole model",
            })
    void mistakesAreToldInOneSentence(String args, String expected) throws IOException {
        Path relation = Numbers.relation(folder, "plus one", "<start> {} <mid>", 9);
        List<String> words = new ArrayList<>(
                List.of("relation", "fit", "--model", MODEL, "--relation", relation.toString(), "--out", at("plus")));
        words.addAll(List.of(args.split(" ")));
        assertThat(run(words.toArray(String[]::new))).as(err()).isEqualTo(2);
        assertThat(err()).contains(expected).doesNotContain("\tat ");
        assertThat(folder.resolve("plus.json")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"samples\"~\"sample\"|nearest: samples",
                "{} <mid>~<mid>|exactly one {}",
                "\"subject\": \"3\"~\"subject\": \"three\"|three",
                "{\"name\"~{{\"name\"|is not JSON",
            })
    void relationFilesWithMistakesAreRefused(String change, String expected) throws IOException {
        Path relation = Numbers.relation(folder, "plus one", "{} <mid>", 4);
        String[] words = change.split("~");
        String text = Files.readString(relation);
        assertThat(text).contains(words[0]);
        Files.writeString(relation, text.replace(words[0], words[1]));
        assertThat(run(
                        "relation",
                        "fit",
                        "--model",
                        MODEL,
                        "--relation",
                        relation.toString(),
                        "--train",
                        "3",
                        "--demonstrations",
                        "3",
                        "--seed",
                        Long.toString(Numbers.seedThatTrainsOn(folder, "3")),
                        "--from-layer",
                        "0",
                        "--out",
                        at("plus")))
                .isEqualTo(2);
        assertThat(err()).contains(expected).doesNotContain("\tat ");
        assertThat(folder.resolve("plus.json")).doesNotExist();
    }

    @Test
    void filesThatAreMissingOrOfAnotherModelAreRefused() throws IOException {
        Path relation = Numbers.relation(folder, "plus one", "{} <mid>", 9);
        assertThat(run(
                        "relation",
                        "fit",
                        "--model",
                        MODEL,
                        "--relation",
                        at("no.json"),
                        "--from-layer",
                        "0",
                        "--out",
                        "x"))
                .isEqualTo(2);
        assertThat(err()).contains("no.json: no such file");
        fit(relation, "--train", "2");
        assertThat(apply("--operator", at("other"), "--model", MODEL, "--subjects", "3"))
                .contains("there is no operator");
        assertThat(apply("--operator", at("plus"), "--model", MODEL, "--subjects", "three"))
                .contains("three");
        assertThat(apply("--operator", at("plus"), "--model", MODEL, "--subjects", "3,,4"))
                .contains("is blank");
        assertThat(apply("--operator", at("plus"), "--model", MODEL, "--subjects", "3", "--top-k", "0"))
                .contains("--top-k 0");
        assertThat(apply("--operator", at("plus"), "--model", MODEL)).contains("--subjects");
        assertThat(apply("--operator", at("plus"), "--subjects", "3")).contains("expected --model DIR");
        Path changed = Numbers.changedModel(folder.resolve("changed"));
        assertThat(apply("--operator", at("plus"), "--model", changed.toString(), "--subjects", "3"))
                .contains("was fitted to another model of the same width");
        Files.delete(changed.resolve("vocabulary.json"));
        assertThat(apply("--operator", at("plus"), "--model", changed.toString(), "--subjects", "3"))
                .contains("tokenizer");
    }

    private void fit(Path relation, String... more) {
        List<String> words = new ArrayList<>(
                List.of("relation", "fit", "--model", MODEL, "--relation", relation.toString(), "--out", at("plus")));
        if (!List.of(more).contains("--from-layer")) {
            words.addAll(List.of("--from-layer", "0"));
        }
        words.addAll(List.of(more));
        int code = run(words.toArray(String[]::new));
        assertThat(code).as(err()).isZero();
    }

    /** What is said of a mistake. */
    private String apply(String... args) {
        assertThat(run(words("apply", args))).as(out()).isEqualTo(2);
        assertThat(err()).doesNotContain("\tat ");
        return err();
    }

    private List<JsonNode> json(String... args) throws IOException {
        String[] words = words("apply", args);
        words = Arrays.copyOf(words, words.length + 1);
        words[words.length - 1] = "--json";
        int code = run(words);
        assertThat(code).as(err()).isZero();
        List<JsonNode> rows = new ArrayList<>();
        for (String line : out().strip().split("\n")) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return rows;
    }

    private static String[] words(String command, String... args) {
        return IntStream.range(0, args.length + 2)
                .mapToObj(i -> i == 0 ? "relation" : i == 1 ? command : args[i - 2])
                .toArray(String[]::new);
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(words), Path.of("")), terminal, words);
    }
}
