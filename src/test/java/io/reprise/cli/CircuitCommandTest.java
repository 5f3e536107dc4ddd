package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code circuit} finds, judges and writes. */
class CircuitCommandTest extends CircuitDesk {
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

    private static JsonNode estimate(JsonNode evaluation, String figure) {
        return evaluation.path(figure).path("estimate");
    }

    private static List<String> names(JsonNode units) {
        List<String> names = new ArrayList<>();
        units.forEach(unit -> names.add(unit.path("unit").asText()));
        return names;
    }
}
