package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.config.ConfigException;
import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import io.reprise.run.CircuitResults;
import io.reprise.run.Json;
import io.reprise.run.RunLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CircuitAnalysisTest {
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
            train: {steps: 400, batch_size: 32, optimizer: adamw, lr: 1.0e-2, weight_decay: 0.1}
            analyses:
              - circuits:
                  tasks:
                    numerals: {series: numerals, given: 3..3, discovery: 12, evaluation: 10, split: train}
                    letters: {series: letters, given: 3..3, discovery: 12, evaluation: 10, split: train}
                  splits: 3
                  controls: 20
            tracking_uri: none
            """;

    @TempDir
    Path directory;

    @Test
    void aRunsCircuitsAreInItsMetricsFilesAndReport() throws IOException {
        RunOutcome outcome = run();
        Map<String, Double> metrics = outcome.result().metrics();
        assertThat(metrics.get("circuit/numerals/accuracy")).isEqualTo(1.0);
        // three units: all subsets are measured beside greedy pruning
        assertThat(metrics)
                .containsKeys(
                        "circuit/numerals/greedy_is_smallest",
                        "circuit/letters/faithfulness",
                        "circuit/letters/random_faithfulness",
                        "overlap/numerals-letters/jaccard",
                        "overlap/letters-numerals/necessity",
                        "overlap/letters-numerals/core_faithfulness",
                        "circuit/letters/specificity",
                        "overlap/numerals-letters/stratified_q");
        RunLayout run = new RunLayout(outcome.directory());
        CircuitResults results = CircuitResults.read(run.circuitResults());
        assertThat(Json.write(results)).isEqualTo(Files.readString(run.circuitResults()));
        assertThat(results.tasks()).extracting(CircuitResults.Task::name).containsExactly("numerals", "letters");
        assertThat(results.tasks()).allSatisfy(task -> assertThat(task.check()).isPresent());
        for (CircuitResults.Task task : results.tasks()) {
            Circuit circuit = CircuitFile.read(run.circuits().resolve(task.name() + ".json"));
            assertThat(circuit.size()).isEqualTo(task.size()).isPositive();
            assertThat(circuit.origin().task())
                    .hasValueSatisfying(name -> assertThat(name).contains(task.name()));
        }
        assertThat(Files.readString(outcome.directory().resolve("report.html")))
                .contains("id=\"circuits\"", "Re-use between tasks", "numerals and letters");
        assertThat(run.figures().resolve("circuit-numerals.svg")).exists();
        assertThat(run.figures().resolve("overlap-csi.svg")).exists();
    }

    @Test
    void otherUnitsAndMethodsGoTheSameWay() throws IOException {
        for (String search : List.of(
                "{units: edges, method: eap_ig, steps: 3}",
                "{units: edges, method: exact_edges}",
                "{units: nodes, method: exhaustive}",
                "{units: neurons, metric: kl, ablation: resample}")) {
            RunOutcome outcome = run("analyses.0.circuits.search=" + search, "train.steps=300");
            CircuitResults results = CircuitResults.read(new RunLayout(outcome.directory()).circuitResults());
            assertThat(results.tasks()).allSatisfy(task -> {
                assertThat(task.size()).as(search).isPositive();
                assertThat(task.own().own()).as(search + " on other prompts").isGreaterThan(0.3);
            });
        }
    }

    @Test
    void whatCannotBeDoneIsSaidBeforeTraining() {
        assertThatThrownBy(() -> run("analyses.0.circuits.tasks.numerals.series=months"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("months", "numerals");
        assertThatThrownBy(() -> run("analyses.0.circuits.tasks.numerals.discovery=1000"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000");
        assertThatThrownBy(() -> run("analyses.0.circuits.search={units: nodes, method: eap}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("eap", "units: edges");
        assertThatThrownBy(() -> run("analyses.0.circuits.search={keep: 80}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("such as 0.8");
    }

    @Test
    void aTaskThatTheModelCannotDoIsRefusedWithTheNumbersUnlessForced() throws IOException {
        assertThatThrownBy(() -> run("train.steps=1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("is refused", "at chance", "force");
        RunOutcome forced = run(
                "train.steps=1",
                "analyses.0.circuits.force=true",
                "analyses.0.circuits.search.metric=kl",
                "analyses.0.circuits.search.ablation=zero");
        CircuitResults results = CircuitResults.read(new RunLayout(forced.directory()).circuitResults());
        assertThat(results.tasks()).allMatch(task -> task.screening().forced());
    }

    private RunOutcome run(String... settings) {
        ConfigTree tree = ConfigTree.parse(STEPS, "steps.yaml", ExperimentConfig.class)
                .with(Stream.of(settings).map(Setting::parse).toList());
        return Tiny.run(
                ExperimentConfig.bind(tree),
                new RunOptions(directory, Tiny.DATASETS, 2, false, false, false),
                new Tiny.Log());
    }
}
