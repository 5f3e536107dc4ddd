package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.config.ConfigException;
import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import io.reprise.run.Figure;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The analyses breaking, editing and induction, on toys that are trained here. */
class EditingAnalysesTest {
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
            model: {n_layers: 1, d_model: 32, n_heads: 4, d_mlp: 64}
            train: {steps: 400, batch_size: 32, optimizer: adamw, lr: 1.0e-2, weight_decay: 0.1}
            analyses: [ANALYSIS]
            tracking_uri: none
            """;
    private static final String TASKS = "tasks: {numerals: {series: numerals, given: 3, discovery: 12, evaluation: 10,"
            + " split: train}, letters: {series: letters, given: 3, discovery: 12, evaluation: 10, split: train}}";
    private static final String BREAKING = "{breaking: {" + TASKS
            + ", search: {units: neurons}, target: numerals, controls: 5, steps: 20, points: 4}}";
    private static final String EDITING = "{editing: {" + TASKS + ", target: numerals, controls: 5}}";
    private static final String BLOCKS = """
            name: blocks
            task: {rule: {repeat: {times: 2, repeats: false}}, values: 0..11, length: 4..6}
            split: {by: example, train: 400, validation: 50, test: 50}
            model: {n_layers: 2, d_model: 16, n_heads: 2, d_mlp: 0, positions: rotary}
            train: {steps: 20, batch_size: 32}
            analyses: [{induction: {sequences: 16, controls: 4, rule: {twins: 60, level: 0.99, least: 0.0}}}]
            tracking_uri: none
            """;

    @TempDir
    Path directory;

    @Test
    void aTasksOwnUnitsAreTakenOutAndTrainedOnBesideRandomOnes() {
        RunOutcome outcome = run(STEPS.replace("ANALYSIS", BREAKING));
        Map<String, Double> metrics = outcome.result().metrics();
        double circuit = metrics.get("breaking/circuit/units");
        assertThat(metrics.get("breaking/own/units")).isBetween(1.0, circuit);
        // the model does the task; without its circuit it loses more than without as many random units
        assertThat(metrics.get("breaking/circuit/numerals/accuracy")).isEqualTo(1);
        assertThat(metrics.get("breaking/circuit/numerals/difference_kept"))
                .isLessThan(metrics.get("breaking/circuit/numerals/random_difference_kept"));
        assertThat(metrics.get("breaking/own/numerals/difference_kept"))
                .isCloseTo(
                        metrics.get("breaking/own/numerals/difference_after")
                                / metrics.get("breaking/own/numerals/difference"),
                        within(1e-12));
        assertThat(metrics)
                .containsKeys(
                        "breaking/own/letters/random_accuracy_after",
                        "breaking/recovery/removed/accuracy_after",
                        "breaking/recovery/random_removed/accuracy_after");
        assertThat(metrics.get("breaking/recovery/nothing_removed/accuracy_before"))
                .isEqualTo(1);
        assertThat(outcome.result().figures())
                .extracting(Figure::id)
                .contains("breaking-circuit", "breaking-own", "breaking-recovery");
    }

    @Test
    void headsThatActAsInTheCorruptPromptGiveItsAnswer() {
        RunOutcome outcome = run(STEPS.replace("ANALYSIS", EDITING));
        Map<String, Double> metrics = outcome.result().metrics();
        String edit = "editing/redirected/numerals/";
        assertThat(metrics.get(edit + "wanted")).isZero();
        assertThat(metrics.get(edit + "wanted_after")).isGreaterThan(0.4);
        assertThat(metrics.get(edit + "accuracy_after")).isLessThan(metrics.get(edit + "accuracy"));
        // steps are mixed, so that a vector which is constant over prompts has nothing to say
        assertThat(metrics.get("editing/steered/numerals/wanted_after")).isLessThan(0.3);
        assertThat(metrics).containsKeys("editing/redirected/letters/wanted_after", "editing/heads");
        assertThat(outcome.result().figures()).extracting(Figure::id).contains("editing-redirected", "editing-steered");
    }

    @Test
    void anUntrainedModelOfBlocksHasNoInduction() {
        Map<String, Double> metrics = run(BLOCKS).result().metrics();
        assertThat(metrics.get("induction/second_loss")).isCloseTo(metrics.get("induction/first_loss"), within(0.3));
        assertThat(metrics).containsKeys("induction/heads", "induction/returned", "induction/random_weights_score");
        assertThat(metrics.get("induction/score")).isLessThan(0.5);
    }

    @Test
    void whatCannotBeDoneIsSaidBeforeTraining() {
        for (String analysis : new String[] {BREAKING, EDITING}) {
            assertThatThrownBy(
                            () -> run(STEPS.replace("ANALYSIS", analysis.replace("target: numerals", "target: words"))))
                    .hasMessageContainingAll("\"words\"", "[numerals, letters]");
        }
        assertThatThrownBy(() -> run(STEPS.replace("ANALYSIS", "{breaking: {target: numerals}}")))
                .hasMessageContaining("two tasks or more");
        assertThatThrownBy(() -> run(STEPS.replace("ANALYSIS", BREAKING.replace("units: neurons", "units: channels"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be taken out of the weights");
        assertThatThrownBy(() -> run(STEPS.replace("ANALYSIS", "{breaking: {lr_ratio: 0}}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lr_ratio");
        assertThatThrownBy(() -> run(STEPS.replace("ANALYSIS", EDITING), "model.n_heads=0", "model.n_layers=0"))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("heads");
        assertThatThrownBy(() -> run(STEPS.replace("ANALYSIS", "induction")))
                .hasMessageContainingAll("repeated blocks", "add 1");
    }

    private RunOutcome run(String yaml, String... settings) {
        ConfigTree tree = ConfigTree.parse(yaml, "toy.yaml", ExperimentConfig.class)
                .with(Stream.of(settings).map(Setting::parse).toList());
        return Tiny.run(
                ExperimentConfig.bind(tree),
                new RunOptions(directory, Tiny.DATASETS, 2, false, false, false),
                new Tiny.Log());
    }
}
