package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.config.ConfigException;
import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import io.reprise.data.Example;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.pairs.TaskPairs;
import io.reprise.run.Figure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The analyses breaking and editing, on a block that learns two series. */
class CircuitEditsTest {
    private static final String STEPS = """
            name: edits
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
            tracking_uri: none
            """;
    private static final String TASKS = """
            tasks: {numerals: {series: numerals, given: 3..3, discovery: 12, evaluation: 10, split: train},             letters: {series: letters, given: 3..3, discovery: 12, evaluation: 10, split: train}}""";
    private static final Unit HEAD = new Unit.Head(0, 0);
    private static final Unit MLP = new Unit.Mlp(0);

    @TempDir
    Path directory;

    @Test
    void aTasksOwnUnitsAreInNoOtherCircuit() {
        TaskCircuits.Task one = task("one", Set.of(HEAD, MLP));
        TaskCircuits.Task other = task("other", Set.of(HEAD));
        TaskCircuits.Task third = task("third", Set.of(MLP));
        assertThat(ToyBreaking.own(one, List.of(one, other))).containsExactly(MLP);
        assertThat(ToyBreaking.own(one, List.of(other, one, third))).isEmpty();
        assertThat(ToyBreaking.own(other, List.of(one, other))).isEmpty();
        assertThat(ToyBreaking.own(other, List.of(third, other))).containsExactly(HEAD);
    }

    @Test
    void trainingOnNeverSeesAPromptThatIsMeasured() {
        List<Example> examples = List.of(
                Example.ofTokens(1, 2, 3, 4),
                Example.ofTokens(9, 1, 2, 3),
                Example.ofTokens(1, 2, 9, 3),
                Example.ofTokens(1, 2),
                Example.ofTokens(5, 6, 7));
        assertThat(ToyBreaking.without(examples, prompts(1, 2, 3)))
                .as("neither at the start nor later")
                .containsExactly(examples.get(2), examples.get(3), examples.get(4));
    }

    /** A task beside itself has nothing of its own. All of this small model is its circuit, and taking it out breaks both. */
    @Test
    void aSharedCircuitIsTakenOutWholeAndOnlyComesBackIfItMay() {
        String settings = "search: {units: nodes, keep: 0.99}, steps: 120, points: 4, lr_ratio: 1";
        Map<String, Double> held = shared(settings);
        assertThat(held).containsEntry("breaking/own/units", 0.0).containsEntry("breaking/circuit/units", 3.0);
        for (String task : List.of("numerals", "again")) {
            String circuit = "breaking/circuit/" + task + "/";
            assertThat(held.get(circuit + "accuracy")).isEqualTo(1);
            // all that is left is a constant per length: one answer for ten prompts, few of which share it
            assertThat(held.get(circuit + "accuracy_after")).isLessThanOrEqualTo(0.3);
            assertThat(held)
                    .as("random units could only be the same ones; nothing is one task's own")
                    .doesNotContainKeys(circuit + "random_accuracy_after", "breaking/own/" + task + "/accuracy");
        }
        assertThat(held.get("breaking/recovery/nothing_removed/accuracy_before"))
                .isEqualTo(1);
        // without attention the last token, a separator, tells nothing
        assertThat(held.get("breaking/recovery/removed/accuracy_after")).isLessThanOrEqualTo(0.3);
        Map<String, Double> free = shared(settings + ", mode: free");
        assertThat(free.get("breaking/recovery/removed/accuracy_before")).isLessThanOrEqualTo(0.3);
        assertThat(free.get("breaking/recovery/removed/accuracy_after"))
                .isGreaterThanOrEqualTo(held.get("breaking/recovery/removed/accuracy_after") + 0.3);
    }

    @Test
    void removalStandsBesideRandomRemovalAndTrainingOnBesideNone() {
        RunOutcome outcome =
                run("breaking", "search: {units: neurons}, steps: 20, points: 2, lr_ratio: 1.0e-6, controls: 5");
        Map<String, Double> metrics = outcome.result().metrics();
        double whole = metrics.get("breaking/circuit/units");
        assertThat(whole).isBetween(1.0, 65.0);
        assertThat(metrics.get("breaking/own/units")).isBetween(0.0, whole);
        for (String task : List.of("numerals", "letters")) {
            String circuit = "breaking/circuit/" + task + "/";
            assertThat(metrics.get(circuit + "difference_kept"))
                    .isEqualTo(metrics.get(circuit + "difference_after") / metrics.get(circuit + "difference"));
            assertThat(metrics.get(circuit + "random_accuracy_after")).isBetween(0.0, 1.0);
        }
        // a circuit that keeps 0.8 of its task leaves less behind than random units do
        assertThat(metrics.get("breaking/circuit/numerals/difference_kept"))
                .isLessThan(metrics.get("breaking/circuit/numerals/random_difference_kept"));
        Figure recovery = figure(outcome, "breaking-recovery");
        assertThat(recovery.rowLabels()).containsExactly("removed", "random removed", "nothing removed");
        assertThat(recovery.columnLabels()).containsExactly("0", "10", "20");
        assertThat(recovery.values().get(2)).as("at a rate of next to nothing").containsOnly(1.0);
        assertThat(recovery.values()).allSatisfy(row -> assertThat(row).containsOnly(row.get(0)));
        assertThat(figure(outcome, "breaking-circuit").values().get(0).get(1))
                .isEqualTo(metrics.get("breaking/circuit/numerals/accuracy_after"));
    }

    /**
     * The corrupt prompt ends with the clean one's last token. In one block its heads' outputs at the last position are all in which the
     * two differ there, so with all of them redirected the logits are those of the corrupt prompt.
     */
    @Test
    void withEveryHeadRedirectedTheAnswerIsTheCorruptPromptsAndSteeringByNothingChangesNothing() {
        Map<String, Double> metrics =
                metrics("editing", "search: {units: nodes, keep: 0.99}, controls: 3, strength: 0");
        assertThat(metrics).containsEntry("editing/heads", 2.0);
        for (String task : List.of("numerals", "letters")) {
            String edited = "editing/redirected/" + task + "/";
            assertThat(metrics.get(edited + "accuracy")).isEqualTo(1);
            assertThat(metrics.get(edited + "wanted")).isZero();
            assertThat(metrics.get(edited + "accuracy_after")).isZero();
            // the corrupt prompts are examples that were trained on as well
            assertThat(metrics.get(edited + "wanted_after")).isEqualTo(1);
            assertThat(metrics)
                    .as("no head is left for a control")
                    .doesNotContainKeys(edited + "random_wanted_after", edited + "others_wanted_after");
            String steered = "editing/steered/" + task + "/";
            assertThat(metrics.get(steered + "difference_after"))
                    .as("by vectors of strength 0")
                    .isEqualTo(metrics.get(steered + "difference"));
            assertThat(metrics.get(steered + "random_accuracy_after"))
                    .as("directions are free where heads are not")
                    .isEqualTo(metrics.get(steered + "accuracy"));
        }
    }

    @Test
    void randomHeadsAndTheHeadsOutsideTheCircuitAreBesideIt() {
        Map<String, Double> metrics = run(
                        "editing", "search: {units: nodes, keep: 0.5}, controls: 8", "model.n_heads=8")
                .result()
                .metrics();
        assertThat(metrics.get("editing/heads")).isBetween(1.0, 7.0);
        String edited = "editing/redirected/numerals/";
        assertThat(metrics.get(edited + "difference_after"))
                .isLessThan(metrics.get(edited + "random_difference_after"))
                .isLessThan(metrics.get(edited + "difference"));
        assertThat(metrics.get(edited + "others_wanted_after")).isBetween(0.0, 1.0);
        assertThat(metrics).doesNotContainKey("editing/steered/numerals/others_wanted_after");
    }

    @Test
    void whatCannotBeDoneIsSaidBeforeTraining() {
        for (String analysis : List.of("breaking", "editing")) {
            assertThatThrownBy(() -> run(analysis, "", "analyses.0." + analysis + ".target=months"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            analysis, "\"months\"", "numerals", "letters", "one of them as the target");
            assertThatThrownBy(() -> runOf("{" + analysis + ": {tasks: {numerals: {series: numerals, given: 3..3,"
                            + " discovery: 12, evaluation: 10, split: train}}, target: numerals}}"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(analysis, "expected two tasks or more");
            assertThatThrownBy(() -> run(analysis, "", "model.n_layers=0"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContainingAll(analysis + " looks at heads", "n_layers = 0");
            assertThatThrownBy(() -> run(analysis, "", "analyses.0." + analysis + ".tasks.letters.discovery=1000"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1000");
            assertThatThrownBy(() -> run(analysis, "controls: 0"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("controls = 0");
        }
        assertThatThrownBy(() -> run("breaking", "search: {units: channels}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("channels cannot be taken out of the weights", "neurons");
        assertThatThrownBy(() -> run("breaking", "lr_ratio: -1.0"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lr_ratio = -1.0");
    }

    @Test
    void aTaskThatTheModelCannotDoIsRefused() {
        for (String analysis : List.of("breaking", "editing")) {
            assertThatThrownBy(() -> run(analysis, "", "train.steps=1"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("is refused", "at chance");
        }
    }

    /** The two tasks are one. */
    private Map<String, Double> shared(String settings) {
        return runOf("{breaking: {" + TASKS.replace("letters: {series: letters", "again: {series: numerals")
                        + ", target: numerals, " + settings + "}}")
                .result()
                .metrics();
    }

    private Map<String, Double> metrics(String analysis, String settings) {
        return run(analysis, settings).result().metrics();
    }

    private RunOutcome run(String analysis, String settings, String... others) {
        return runOf(
                "{" + analysis + ": {" + TASKS + ", target: numerals" + (settings.isEmpty() ? "" : ", " + settings)
                        + "}}",
                others);
    }

    private RunOutcome runOf(String analysis, String... others) {
        ConfigTree tree = ConfigTree.parse(
                        STEPS + "analyses: [" + analysis + "]\n", "edits.yaml", ExperimentConfig.class)
                .with(Stream.of(others).map(Setting::parse).toList());
        return Tiny.run(
                ExperimentConfig.bind(tree),
                new RunOptions(directory, Tiny.DATASETS, 2, false, false, false),
                new Tiny.Log());
    }

    private static Figure figure(RunOutcome outcome, String id) {
        return outcome.result().figures().stream()
                .filter(figure -> figure.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static TaskCircuits.Task task(String name, Set<Unit> units) {
        Universe universe = Universe.nodes(new ModelShape(1, 1, 16, false));
        Circuit circuit = new Circuit(name, Circuit.Origin.unknown(), universe, units, Map.of(), Map.of());
        return new TaskCircuits.Task(name, new TaskPairs(prompts(1, 2), prompts(3, 4), ""), circuit);
    }

    private static PairSet prompts(Integer... clean) {
        List<Integer> tokens = List.of(clean);
        return new PairSet(
                "prompts",
                List.of(new PairSet.Group(
                        tokens.stream().map(token -> "x" + token).toList(),
                        List.of(new PromptPair(tokens, tokens, 7, 8)))));
    }
}
