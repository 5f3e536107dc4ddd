package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.backend.Activation;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.tensor.Rng;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code reprise probe} through the real command line and the real rooms. */
class ProbeCommandTest {
    private static final ModelConfig CONFIG = ModelConfig.toy(
            2,
            16,
            2,
            8,
            16,
            12,
            6,
            Activation.GELU_NEW,
            ModelConfig.Normalization.LAYER_NORM,
            ModelConfig.Positions.LEARNED,
            false);
    private static final String[] SMALL = {"head.steps=30", "head.hidden=8", "seeds=2", "random_models=1"};

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = model(Optional.of(IntStream.range(0, CONFIG.dVocab())
                .mapToObj(i -> i == 0 ? "<pad>" : "t" + i)
                .toList()));
    }

    @Test
    void aProbeGoesFromExamplesToItsReportAndASecondOneSaysItIsDone() throws IOException {
        Path examples = examples(120, 1);
        assertThat(probe(examples, "tracking_uri=none")).as(text(err)).isZero();
        Path run = run();
        for (String file :
                List.of("results.json", "probes.json", "probe.json", "probe.safetensors", "provenance.json")) {
            assertThat(run.resolve(file)).exists();
        }
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("Probes")
                .contains("shuffled labels")
                .contains("random weights")
                .contains("fig-probe-examples");
        assertThat(text(out))
                .contains("shuffled labels", "majority class", "random weights", "above shuffled")
                .contains("report.html");
        assertThat(probe(examples, "tracking_uri=none")).isZero();
        assertThat(text(out)).contains("finished already").contains("--force");
        Files.writeString(examples, Files.readString(examples) + "{\"tokens\": [1, 1, 1, 1, 2], \"label\": \"low\"}\n");
        assertThat(probe(examples, "tracking_uri=none")).isEqualTo(2);
        assertThat(text(err)).contains("have changed since").contains("--force");
        assertThat(probe(examples, "tracking_uri=none", "--force")).isZero();
    }

    @Test
    void quietMeansResultsOnlyAndJsonIsOneObject() throws IOException {
        assertThat(probe(
                        examples(120, 1),
                        "tracking_uri=none",
                        "--json",
                        "--out",
                        folder.resolve("here").toString()))
                .as(text(err))
                .isZero();
        assertThat(text(err)).isEmpty();
        JsonNode json = new ObjectMapper().readTree(text(out));
        assertThat(json.path("directory").asText()).endsWith("here");
        assertThat(json.path("metrics").path("probe/examples/accuracy").asDouble())
                .isBetween(0.0, 1.0);
        assertThat(json.path("result").path("measures")).hasSize(4);
        assertThat(folder.resolve("here/report.html")).exists();
    }

    @Test
    void aFineTunedModelIsWrittenAndPredictsAgainWhatItPredicted() throws IOException {
        Path examples = examples(120, 1);
        Path here = folder.resolve("here");
        assertThat(probe(
                        examples,
                        "tracking_uri=none",
                        "--fine-tune",
                        "fine_tune={steps: 20, lr: 1.0e-3, eval_every: 5}",
                        "--out",
                        here.toString()))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("fine-tuned below");
        assertThat(here.resolve("model/model.safetensors")).exists();
        assertThat(here.resolve("model/vocabulary.json")).exists();
        assertThat(Files.readString(here.resolve("metrics.jsonl"))).contains("val/loss");
        String first = predictions(here, examples);
        assertThat(first.lines().count()).isEqualTo(120);
        assertThat(predictions(here, examples)).isEqualTo(first);
        Path unlabelled = folder.resolve("unlabelled.jsonl");
        Files.writeString(unlabelled, Files.readString(examples).replaceAll(", \"label\": \"[a-z]*\"", ""));
        out.reset();
        assertThat(type("probe", "--load", here.toString(), "--examples", unlabelled.toString()))
                .isZero();
        assertThat(text(out)).contains("line 1  ").doesNotContain("right");
    }

    @Test
    void aYamlFileHoldsTheSameSettingsAndTellsAllItsMistakes() throws IOException {
        Path examples = examples(120, 1);
        Path yaml = Files.writeString(folder.resolve("last.yaml"), """
                name: last-token
                question: Is the last token in the stream?
                model: %s
                examples: %s
                sites: [blocks.1.hook_resid_post, blocks.0.hook_resid_post]
                pool: mean
                head: {hidden: 0, steps: 20}
                seeds: 1
                random_models: 0
                tracking_uri: none
                """.formatted(model, examples));
        assertThat(type(
                        "probe",
                        yaml.toString(),
                        "--runs",
                        folder.resolve("runs").toString()))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("32 features · linear").doesNotContain("random weights");
        Files.writeString(yaml, Files.readString(yaml).replace("pool: mean", "pool: median\nsede: 3"));
        assertThat(type("probe", yaml.toString())).isEqualTo(2);
        assertThat(text(err)).contains("2 problems").contains("median").contains("did you mean seed");
    }

    @Test
    void textIsReadWithTheModelsTokenizerAndRefusedWithoutOne() throws IOException {
        Path examples = examples(120, 1);
        String texts = Files.readString(examples).replaceAll("\\\"tokens\\\": \\[([^]]*)\\]", "\"text\": \"$1\"");
        Files.writeString(examples, texts.replaceAll("(\\d+), ", "t$1 ").replaceAll(" (\\d+)\"", " t$1\""));
        assertThat(probe(examples, "tracking_uri=none")).as(text(err)).isZero();
        model = model(Optional.empty());
        assertThat(probe(examples, "tracking_uri=none")).isEqualTo(2);
        assertThat(text(err)).contains("examples.jsonl, line 1 is text, but the model directory");
    }

    @Test
    void aRunIsPublishedToMlflow() throws IOException, SQLException {
        Path store = folder.resolve("mlflow.db");
        assertThat(probe(examples(120, 1), "tracking_uri=sqlite:///" + store))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("MLflow");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from latest_metrics where key like 'probe/examples/%'")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"tokens\": [1, 2 | examples.jsonl, line 121: is not valid JSON",
                "[1, 2] | line 121: expected {\"text\"",
                "{\"tokens\": [1], \"label\": \"low\", \"lable\": 1} | line 121: unknown key \"lable\"",
                "{\"tokens\": [1], \"text\": \"t1\", \"label\": \"low\"} | line 121: has both",
                "{\"label\": \"low\"} | line 121: has neither of",
                "{\"tokens\": [1]} | line 121: has no \"label\"",
                "{\"tokens\": [], \"label\": \"low\"} | line 121: the example has no tokens",
                "{\"tokens\": [1.5], \"label\": \"low\"} | line 121: token id 1.5 is not a whole number",
                "{\"tokens\": \"1\", \"label\": \"low\"} | line 121: \"tokens\" is \"1\", expected a list",
                "{\"tokens\": [12], \"label\": \"low\"} | line 121: token id 12 is outside this model's vocabulary of 0..11",
                "{\"tokens\": [1,2,3,4,5,6,7], \"label\": \"low\"} | line 121 has 7 tokens; this model sees at most n_ctx = 6",
                "{\"tokens\": [1,1], \"label\": \"rare\"} | label \"rare\" has 1 example, expected at least 4",
                "{\"tokens\": [1,1], \"label\": \"low\", \"split\": \"test\"} | line 1: has no \"split\"",
                "{\"tokens\": [1,1], \"label\": null} | line 121: \"label\" is null",
                "{\"text\": \"x1\", \"label\": \"low\"} | line 121: ",
            })
    void aBrokenLineIsNamed(String line, String message) throws IOException {
        Path examples = examples(120, 1);
        Files.writeString(examples, Files.readString(examples) + line + "\n");
        assertThat(probe(examples, "tracking_uri=none")).isEqualTo(2);
        assertThat(text(err)).contains(message).doesNotContain("\tat ").doesNotContain("not your fault");
    }

    @Test
    void whatIsMissingOrEmptyIsSaidAtOnce() throws IOException {
        Path examples = examples(120, 1);
        assertThat(probe(Files.writeString(folder.resolve("empty.jsonl"), "\n\n")))
                .isEqualTo(2);
        assertThat(text(err)).contains("empty.jsonl: has no examples");
        assertThat(probe(folder.resolve("nowhere.jsonl"))).isEqualTo(2);
        assertThat(text(err)).contains("nowhere.jsonl: no such file");
        Path single = folder.resolve("single.jsonl");
        Files.writeString(single, Files.readString(examples).replace("high", "low"));
        assertThat(probe(single)).isEqualTo(2);
        assertThat(text(err)).contains("all 120 examples have the label \"low\"; a probe needs at least two labels");
        assertThat(probe(examples, "--sites", "blocks.1.hook_resid_pots")).isEqualTo(2);
        assertThat(text(err)).contains("does not exist; nearest names: blocks.1.hook_resid_post");
        assertThat(probe(examples, "--sites", "blocks.0.attn.hook_pattern")).isEqualTo(2);
        assertThat(text(err)).contains("no vector per position");
        assertThat(probe(examples, "--pool", "median")).isEqualTo(2);
        assertThat(text(err)).contains("median");
        assertThat(type("probe", "--examples", examples.toString())).isEqualTo(2);
        assertThat(text(err)).contains("model is missing").contains("--model DIR");
        assertThat(type("probe", "--load", folder.toString())).isEqualTo(2);
        assertThat(text(err)).contains("give --examples FILE");
    }

    private String predictions(Path run, Path examples) {
        out.reset();
        assertThat(type("probe", "--load", run.toString(), "--examples", examples.toString(), "--json"))
                .as(text(err))
                .isZero();
        return text(out);
    }

    private int probe(Path examples, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "probe",
                "--model",
                model.toString(),
                "--examples",
                examples.toString(),
                "--runs",
                folder.resolve("runs").toString(),
                "--threads",
                "2"));
        words.addAll(List.of(SMALL));
        words.addAll(Arrays.asList(more));
        return type(words.toArray(String[]::new));
    }

    private int type(String... words) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                200);
        return Reprise.run(new Rooms(List.of(words), Path.of("")), terminal, words);
    }

    private Path run() throws IOException {
        try (var paths = Files.walk(folder.resolve("runs"))) {
            return paths.filter(path -> path.endsWith("results.json"))
                    .findFirst()
                    .map(Path::getParent)
                    .orElseThrow();
        }
    }

    private Path model(Optional<List<String>> vocabulary) throws IOException {
        Path directory = folder.resolve(vocabulary.isPresent() ? "model" : "bare");
        try (CpuBackend backend = new CpuBackend(1);
                Parameters parameters = Parameters.initialise(backend, CONFIG, 0.2, Rng.of(3))) {
            ModelExport.write(
                    directory,
                    ModelExport.formatFor(CONFIG),
                    new Transformer(backend, CONFIG, parameters),
                    vocabulary,
                    ModelExport.sample(CONFIG));
        }
        return directory;
    }

    /** Different sequences of 2 to 6 tokens; the label says whether the last token is above 6. */
    private Path examples(int count, long seed) throws IOException {
        Rng rng = Rng.of(seed);
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            int[] tokens = new int[2 + rng.nextInt(5)];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = 1 + rng.nextInt(11);
            }
            String label = tokens[tokens.length - 1] > 6 ? "high" : "low";
            lines.add("{\"tokens\": " + Arrays.toString(tokens) + ", \"label\": \"" + label + "\"}");
        }
        return Files.writeString(folder.resolve("examples.jsonl"), String.join("\n", lines) + "\n");
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
