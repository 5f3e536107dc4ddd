package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code circuit} through the real rooms: on a run, on the model of the circuits' goldens, and on a random GPT-2 with its tokenizer. */
class CircuitCommandTest {
    private static final String STEPS = """
            name: steps
            task:
              tokens: separated
              mixture:
                - {series: numerals, rule: {add: 1}, start: 1..16, length: 4..4}
                - {series: numerals, rule: {add: 2}, start: 1..16, length: 4..4}
                - {series: letters, rule: {successor: {step: 1, wrap: true}}, start: 1..16, length: 4..4}
                - {series: letters, rule: {successor: {step: 2, wrap: true}}, start: 1..16, length: 4..4}
            split: {by: example, train: 0.9, validation: 0.05, test: 0.05}
            model: {n_layers: 1, d_model: 32, n_heads: 2, d_mlp: 64}
            train: {steps: 400, batch_size: 32, optimizer: adamw, lr: 1.0e-2, weight_decay: 0.1, keep_log_spaced: true}
            analyses: [{circuits: {tasks: {numerals: {series: numerals, given: 3, discovery: 12, evaluation: 10, split: train}}}}]
            tracking_uri: none
            """;
    private static final String GOLDEN = "src/test/resources/goldens-circuits/";
    private static final String TOY = GOLDEN + "toy";
    private static final String PAIRS = GOLDEN + "prompts.jsonl";
    /** As many tokens as GPT-2 has: its tokenizer then needs no files. */
    private static final int GPT2 = 50_257;

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path shared;

    private static Path run;
    private static Path random;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void models() throws IOException {
        CircuitCommandTest trainer = new CircuitCommandTest();
        trainer.folder = shared;
        Path yaml = Files.writeString(shared.resolve("steps.yaml"), STEPS);
        assertThat(trainer.reprise("run", yaml.toString(), "--runs", shared.toString(), "--quiet"))
                .as(text(trainer.err))
                .isZero();
        try (Stream<Path> found = Files.walk(shared)) {
            run = found.filter(path -> path.endsWith("seed-42")).findFirst().orElseThrow();
        }
        random = shared.resolve("random");
        ModelConfig config = ModelConfig.toy(
                1,
                8,
                2,
                4,
                16,
                GPT2,
                32,
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                true);
        try (Backend backend = new CpuBackend(1)) {
            Transformer model =
                    new Transformer(backend, config, Parameters.initialise(backend, config, 0.5, Rng.of(5)));
            ModelExport.write(random, ModelExport.Format.GPT2, model, Optional.empty(), ModelExport.sample(config));
        }
    }

    @Test
    void whatIsFoundIsJudgedOnOtherPromptsAndWritten() throws IOException {
        Path file = folder.resolve("numerals.json");
        JsonNode found = found(task("--out", file.toString()));
        JsonNode evaluation = found.path("evaluation");
        assertThat(found.path("discovery").asInt()).isEqualTo(12);
        assertThat(evaluation.path("prompts").asInt()).isEqualTo(10);
        assertThat(evaluation.path("found_on_these_prompts").asBoolean()).isFalse();
        assertThat(found.path("screening").path("accuracy").asDouble()).isEqualTo(1.0);
        double faithfulness = estimate(evaluation, "faithfulness").path("value").asDouble();
        assertThat(faithfulness).isGreaterThan(0.5);
        assertThat(estimate(evaluation, "faithfulness")
                        .path("interval")
                        .path("low")
                        .asDouble())
                .isLessThanOrEqualTo(faithfulness);

        Circuit circuit = CircuitFile.read(file);
        assertThat(circuit.name()).isEqualTo("numerals");
        assertThat(circuit.units()).extracting(Unit::name).isEqualTo(names(found.path("units")));
        assertThat(circuit.figures().get("faithfulness")).isEqualTo(faithfulness);
        assertThat(circuit.origin().method()).contains("greedy");
        assertThat(circuit.origin().fingerprint()).isPresent();
        assertThat(circuit.origin().data())
                .isPresent()
                .isNotEqualTo(Optional.of(evaluation.path("data").asText()));
        assertThat(circuit.origin().processing()).isEmpty();
        // the run's own analysis had the same prompts and model
        Circuit own = CircuitFile.read(run.resolve("circuits/numerals.json"));
        assertThat(circuit.units()).isEqualTo(own.units());
        assertThat(circuit.origin().data()).isEqualTo(own.origin().data());
        assertThat(reprise(
                        "overlap",
                        file.toString(),
                        run.resolve("circuits/numerals.json").toString()))
                .as(text(err))
                .isZero();
    }

    @Test
    void peopleReadFiguresBesideRandomCircuitsAndNothingElseOnStdout() {
        assertThat(circuit(task())).as(text(err)).isZero();
        assertThat(text(out))
                .contains("numerals given 3: 22 prompts of split train", "lookups: (last token, position) ")
                .contains("random circuits", "score ", "faithfulness ", "necessity ", "CPR ", "CMD ", "least needed: ")
                .contains("keeping 80% of logit_difference · mean, noising")
                .doesNotContain("NaN");
        assertThat(text(err)).contains("search greedy among nodes, 12 prompts");
        assertThat(circuit(task("--quiet"))).isZero();
        assertThat(text(err)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--method exhaustive",
                "--method eap",
                "--method eap-ig --steps 3",
                "--method exact_edges",
                "--units neurons --ablation zero",
                "--units channels --metric kl --ablation resample",
                "--units edges --direction denoising --ablation resample",
                "--units channels --positions x1,x2 --keep 0.9"
            })
    void everySearchThatThereIsCanBeAskedFor(String options) throws IOException {
        JsonNode found = found(
                task(Stream.concat(Stream.of("--controls", "4", "--knockouts", "2"), Stream.of(options.split(" ")))
                        .toArray(String[]::new)));
        assertThat(names(found.path("units"))).isNotEmpty();
        assertThat(estimate(found.path("evaluation"), "faithfulness")
                        .path("value")
                        .asDouble())
                .as("on other prompts")
                .isGreaterThan(0.3);
        if (options.contains("eap")) {
            assertThat(found.path("kind").asText()).isEqualTo("edges");
            assertThat(found.path("figures").path("kept").asInt())
                    .isEqualTo(found.path("units").size())
                    .isLessThanOrEqualTo(found.path("figures").path("requested").asInt());
        }
    }

    /** Heads write the same into the stream up to what every norm subtracts, and a logit difference has no mean to lose. */
    @Test
    void processedWeightsGiveTheSameCircuitAndAreRecorded() throws IOException {
        Path file = folder.resolve("processed.json");
        JsonNode plain = found(task());
        JsonNode processed = found(task("--process", "published", "--out", file.toString()));
        assertThat(names(processed.path("units"))).isEqualTo(names(plain.path("units")));
        assertThat(processed.path("evaluation").path("alone").asDouble())
                .isCloseTo(
                        plain.path("evaluation").path("alone").asDouble(),
                        within(1e-3)); // float32 weights, written anew
        assertThat(CircuitFile.read(file).origin().processing())
                .containsExactly("fold_layer_norm", "center_writing_weights", "center_unembed");
    }

    @Test
    void ordersRolesAndCheckpointsAreToldBesideIt() throws IOException {
        JsonNode found =
                found(task("--ensemble", "3", "--roles", "--twins", "50", "--checkpoints", "--knockouts", "0"));
        assertThat(found.path("ensemble").path("sizes")).hasSize(3);
        for (JsonNode unit : found.path("units")) {
            assertThat(unit.path("survival").asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(found.path("roles").path("largest").findValuesAsText("role"))
                .contains("PREVIOUS_TOKEN", "INDUCTION", "SUCCESSOR", "SEQUENCE_DETECTION");
        JsonNode steps = found.path("checkpoints");
        List<Long> numbers = new ArrayList<>();
        steps.forEach(step -> numbers.add(step.path("step").asLong()));
        assertThat(numbers).startsWith(0L, 1L, 2L, 4L).endsWith(400L).isSorted();
        assertThat(steps.get(0).path("refused").asText()).contains("is refused", "at chance");
        JsonNode last = steps.get(steps.size() - 1);
        List<String> units = new ArrayList<>();
        last.path("units").forEach(unit -> units.add(unit.asText()));
        assertThat(units).isEqualTo(names(found.path("units")));
        assertThat(last.path("score").asDouble())
                .isEqualTo(estimate(found.path("evaluation"), "score")
                        .path("value")
                        .asDouble());
        assertThat(circuit(task(
                        "--ensemble",
                        "3",
                        "--roles",
                        "--twins",
                        "50",
                        "--checkpoints",
                        "--controls",
                        "4",
                        "--knockouts",
                        "0")))
                .isZero();
        assertThat(text(out))
                .contains("3 random ones keep", "survival", "sequence_detection", "of random weights")
                .contains("J* with the last", "refused: prefers the answer in");
    }

    /** The kept set, the number of trials and the model's score are PyTorch's. */
    @Test
    void aFileOfPairsGivesTheGoldenCircuit() throws IOException {
        JsonNode torch = JSON.readTree(Path.of(GOLDEN + "prune.json").toFile());
        JsonNode found = found(
                TOY, "--pairs", PAIRS, "--eval-pairs", others().toString(), "--controls", "4", "--knockouts", "0");
        List<String> wanted = new ArrayList<>();
        for (int layer = 0; layer < 4; layer++) {
            for (JsonNode head : torch.path("heads")) {
                if (head.get(0).asInt() == layer) {
                    wanted.add("a" + layer + ".h" + head.get(1).asInt());
                }
            }
            for (JsonNode mlp : torch.path("mlps")) {
                if (mlp.asInt() == layer) {
                    wanted.add("m" + layer);
                }
            }
        }
        assertThat(names(found.path("units"))).isEqualTo(wanted);
        assertThat(found.path("figures").path("trials").asInt())
                .isEqualTo(torch.path("forwards").asInt() - 1);
        assertThat(found.path("discovery").asInt()).isEqualTo(64);
        JsonNode halves = found(TOY, "--pairs", PAIRS, "--controls", "4", "--knockouts", "0");
        assertThat(halves.path("discovery").asInt()).isEqualTo(32);
        // some clean prompts stand there several times, and are on one side only
        assertThat(halves.path("evaluation").path("prompts").asInt()).isBetween(24, 32);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--template done --series months|done months: 24 prompts; the published template|x4",
                "--template lost --series number-words|lost number_words|sep",
                "--contrast ioi|indirect object: 24 prompts|s2",
                "--contrast greater-than --century 18|greater than: 24 prompts|year"
            })
    void templatesAreMadeWithTheModelsTokenizer(String options, String words, String role) throws IOException {
        String[] all = Stream.concat(
                        Stream.of(random.toString(), "--force", "--metric", "probability"),
                        Stream.concat(
                                Stream.of(options.split(" ")),
                                Stream.of("--discovery 16 --evaluation 8 --controls 4 --knockouts 0 --positions "
                                                + role)
                                        .flatMap(each -> Stream.of(each.split(" ")))))
                .toArray(String[]::new);
        JsonNode found = found(all);
        assertThat(found.path("prompts").asText()).startsWith(words);
        assertThat(found.path("discovery").asInt()).isEqualTo(16);
        assertThat(found.path("evaluation").path("prompts").asInt()).isEqualTo(8);
        assertThat(found.path("screening").path("forced").asBoolean()).isTrue();
        assertThat(found.path("universe").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RUN|no prompts are given; choose one of --task",
                "RUN --task --pairs x.jsonl|--task and --pairs are given; choose one of",
                "RUN --task --words w.txt|--words belongs to --contrast and --template",
                "RUN --pairs x.jsonl|x.jsonl does not exist",
                "RUN --task --given 3 --split train|ask for 128 prompts",
                "RUN --task --series months|series letters",
                "RUN --task --method magic|--method \"magic\" is unknown; choose exhaustive, greedy, eap",
                "RUN --task --units nodes --method eap|units: edges",
                "RUN --task --keep 80|such as 0.8",
                "RUN --task --process melt|--process \"melt\" is unknown; choose fold_layer_norm",
                "RUN --task --ensemble 3 --method exhaustive|has no order",
                "RUN --task --twins 5|--roles",
                "RUN --task --direction denoising|cannot denoise",
                "RUN --template done|needs --series",
                "RUN --template gone --series months|--template \"gone\" is unknown; choose done, lost, born",
                "RUN --contrast greater_than --words w.txt|--words belongs to --contrast ioi",
                "RUN --template done --series months|\"Book\"",
                "NONE --template done --series months|has no tokenizer",
                "TOY --task|is no run with a task of its own",
                "TOY --pairs PAIRS --checkpoints|is no run directory, so it has no checkpoints",
                "TOY --pairs PAIRS --discovery 60 --evaluation 30|ask for 90 prompts, and",
                "TOY --pairs PAIRS --eval-pairs PAIRS|64 of 64 prompts of prompts.jsonl are also among the 64",
                "TOY --pairs PAIRS --evaluation 0|evaluation = 0, expected 1 or more",
                "TOY --pairs PAIRS --positions x9|the roles of task",
                "TOY --pairs PAIRS --out .|is a directory",
                "TOY --pairs PAIRS --out deep/down.json|there is no directory",
                "GPT2 --template done --series months --filter --discovery 8 --evaluation 8|the model did none of 100 rounds",
                "GPT2 --template done --series months --discovery 8 --evaluation 8|is refused: the model is at chance",
                "GPT2 --contrast ioi --discovery 8 --evaluation 8 --force --roles --twins 3|take at least 50 twins",
                "GPT2 --contrast greater_than --discovery 80 --evaluation 20|there are 91",
                "nowhere --task|nowhere"
            })
    void mistakesAreTheUsersAndSaidOnce(String arguments, String words) {
        String none = "src/test/resources/goldens/gpt2";
        String[] all = Stream.of(arguments.split(" "))
                .map(word -> switch (word) {
                    case "RUN" -> run.toString();
                    case "TOY" -> TOY;
                    case "PAIRS" -> PAIRS;
                    case "GPT2" -> random.toString();
                    case "NONE" -> none;
                    default -> word;
                })
                .toArray(String[]::new);
        refused(words, all);
    }

    @Test
    void pairsThatDoNotFitAreRefusedWithTheirLine() throws IOException {
        refused(
                "line 2: clean has 3 tokens [\"1\", \"2\", \"3\"] and corrupt has 2",
                TOY,
                "--pairs",
                pairs(
                        "{\"clean\": \"1 2 3\", \"corrupt\": \"4 5 3\", \"answer\": \"4\", \"wrong\": \"5\"}",
                        "{\"clean\": \"1 2 3\", \"corrupt\": \"4 5\", \"answer\": \"4\", \"wrong\": \"5\"}"));
        refused(
                "has prompts of 7 tokens, and the model sees at most n_ctx = 6",
                TOY,
                "--pairs",
                pairs(line("[1,2,3,4,5,6,7]", "[1,2,3,4,5,7,7]"), line("[2,2,3,4,5,6,7]", "[1,2,3,4,5,7,7]")));
        String same = line("[1,2,3]", "[3,2,3]");
        refused("1 of 1 prompts of", TOY, "--pairs", pairs(same), "--eval-pairs", pairs(same));
        refused("has 1 clean prompt", TOY, "--pairs", pairs(same, line("[1,2,3]", "[4,2,3]")));
        refused(
                "has no tokenizer",
                "src/test/resources/goldens/gpt2",
                "--pairs",
                pairs("{\"clean\": \"a b\", \"corrupt\": \"a c\", \"answer\": 1, \"wrong\": 2}"));
    }

    @Test
    void aTaskThatALookupDoesIsRefusedWithTheNumbersUnlessForced() throws IOException {
        // 10 11 12 → 13 needs the last token alone
        String[] lines = IntStream.range(10, 16)
                .mapToObj(n -> "{\"clean\": [%d, %d, %d], \"corrupt\": [%d, %d, %d], \"answer\": %d, \"wrong\": %d}"
                        .formatted(n, n + 1, n + 2, n + 5, n + 6, n + 7, n + 3, n + 8))
                .toArray(String[]::new);
        String file = pairs(IntStream.range(0, 6)
                .boxed()
                .flatMap(before -> Stream.of(lines).map(line -> line.replace("[", "[" + before + ", ")))
                .toArray(String[]::new));
        refused("a lookup does it as well: bigram of the other prompts", TOY, "--pairs", file);
        assertThat(text(err)).contains("(--force)");
        JsonNode found = found(TOY, "--pairs", file, "--force", "--controls", "4", "--knockouts", "0");
        assertThat(found.path("screening").path("forced").asBoolean()).isTrue();
    }

    /** Written as a GPT-2 it has MLPs that do nothing. */
    @Test
    void aRunWithoutMlpsHasHeadsAlone() throws IOException {
        assertThat(reprise(
                        "run",
                        shared.resolve("steps.yaml").toString(),
                        "--runs",
                        folder.toString(),
                        "--quiet",
                        "analyses=[]",
                        "model.d_mlp=0",
                        "train.steps=20"))
                .as(text(err))
                .isZero();
        String[] task = task("--force", "--metric", "kl", "--controls", "4");
        try (Stream<Path> found = Files.walk(folder)) {
            task[0] = found.filter(path -> path.endsWith("seed-42"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
        assertThat(found(task).path("universe").asInt()).isEqualTo(2);
    }

    @Test
    void whereTheModelHasNothingToLoseEveryMethodSaysSo() throws IOException {
        Path exchanged = Files.writeString(
                folder.resolve("exchanged.jsonl"),
                Files.readString(Path.of(PAIRS))
                        .replace("answer", "other")
                        .replace("wrong", "answer")
                        .replace("other", "wrong"));
        for (String method : List.of("greedy", "eap", "exact_edges")) {
            refused("expected more than 0", TOY, "--pairs", exchanged.toString(), "--force", "--method", method);
        }
    }

    @Test
    void checkpointsThatWereThrownAwayAreNotThere() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> all = Files.walk(run)) {
            for (Path path : all.toList()) {
                if (!path.toString().contains("checkpoints")) {
                    Files.copy(path, copy.resolve(run.relativize(path).toString()));
                }
            }
        }
        String[] task = task("--checkpoints");
        task[0] = copy.toString();
        refused("has no whole checkpoint; train with train.keep_log_spaced=true", task);
    }

    /** Pairs of the golden's task that are not among its prompts. */
    private Path others() throws IOException {
        List<String> lines = new ArrayList<>();
        String known = Files.readString(Path.of(PAIRS));
        for (int n = 1; n < 28; n++) {
            String clean = "[%d, %d, %d, %d]".formatted(n, n + 1, n + 2, n + 3);
            if (n > 3 && !known.contains("\"clean\": " + clean)) {
                lines.add("{\"clean\": %s, \"corrupt\": [%d, %d, %d, %d], \"answer\": %d, \"wrong\": %d}"
                        .formatted(clean, n - 3, n - 1, n + 1, n + 3, n + 4, n + 5));
            }
        }
        assertThat(lines).hasSizeGreaterThan(5);
        return Files.write(folder.resolve("others.jsonl"), lines);
    }

    private static String line(String clean, String corrupt) {
        return "{\"clean\": %s, \"corrupt\": %s, \"answer\": 8, \"wrong\": 9}".formatted(clean, corrupt);
    }

    private String pairs(String... lines) throws IOException {
        return Files.write(Files.createTempFile(folder, "pairs", ".jsonl"), List.of(lines))
                .toString();
    }

    /** The run's own numerals. */
    private static String[] task(String... more) {
        return Stream.concat(
                        Stream.of(
                                run.toString(),
                                "--task",
                                "--series",
                                "numerals",
                                "--given",
                                "3",
                                "--discovery",
                                "12",
                                "--evaluation",
                                "10",
                                "--split",
                                "train"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private JsonNode found(String... arguments) throws IOException {
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
        assertThat(circuit(all)).as(text(err)).isZero();
        return JSON.readTree(text(out));
    }

    private static JsonNode estimate(JsonNode evaluation, String figure) {
        return evaluation.path(figure).path("estimate");
    }

    private static List<String> names(JsonNode units) {
        List<String> names = new ArrayList<>();
        units.forEach(unit -> names.add(unit.path("unit").asText()));
        return names;
    }

    private void refused(String words, String... arguments) {
        assertThat(circuit(arguments)).as(text(out)).isEqualTo(2);
        assertThat(text(err)).contains(words).doesNotContain("Exception");
        assertThat(text(out)).isEmpty();
    }

    private int circuit(String... arguments) {
        return reprise(Stream.concat(Stream.of("circuit"), Stream.of(arguments)).toArray(String[]::new));
    }

    private int reprise(String... all) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(all), folder), terminal, all);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
