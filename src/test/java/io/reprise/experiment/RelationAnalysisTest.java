package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.relation.study.Curve;
import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.analysis.relation.study.RelationTrial;
import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.run.Json;
import io.reprise.run.RelationResults;
import io.reprise.run.RunLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelationAnalysisTest {
    private static final String FACTS = """
            name: facts
            task: {rule: {triples: {subjects: 12, relations: 2, objects: 3}}}
            split: {train: 1.0, validation: 0.0, test: 0.0}
            model: {n_layers: 1, d_model: 16, n_heads: 2, d_mlp: 0, normalization: none}
            train: {steps: 300, batch_size: 24, loss: answer_tokens, lr: 1.0e-2}
            analyses: [{relation: {name: facts, train: 6, trials: 2, directions: 2}}]
            tracking_uri: none
            """;

    @TempDir
    Path directory;

    @Test
    void aRunsRelationsAreInItsMetricsAndItsFiles() throws IOException {
        RunOutcome outcome = run(ExperimentConfig.bind(ConfigTree.parse(FACTS, "facts.yaml", ExperimentConfig.class)));
        Map<String, Double> metrics = outcome.result().metrics();
        assertThat(metrics).containsEntry("train/determined_accuracy", 1.0);
        assertThat(metrics)
                .containsKeys(
                        "relation/facts/faithfulness",
                        "relation/facts/causality",
                        "relation/facts/identity",
                        "relation/facts/translation",
                        "relation/facts/ceiling_least_squares",
                        "relation/facts/ceiling_shuffled",
                        "relation/facts/frozen_pattern",
                        "relation/facts/jacobian_spread");
        // 12 subjects in 16 dimensions: an affine map fits whatever they are told
        assertThat(metrics).containsEntry("relation/facts/ceiling", 1.0).containsEntry("relation/facts/known", 1.0);
        assertThat(metrics.get("relation/facts/faithfulness_gap"))
                .isCloseTo(1 - metrics.get("relation/facts/faithfulness"), within(1e-12));
        RunLayout run = new RunLayout(outcome.directory());
        List<RelationResult> relations = RelationResults.read(run.relations()).relations();
        assertThat(relations).extracting(RelationResult::relation).containsExactly("r1", "r2");
        assertThat(relations.get(0).trials()).hasSize(2);
        assertThat(relations.get(0).trials().get(0).operator().directions()).hasSize(2);
        assertThat(relations
                        .get(0)
                        .trials()
                        .get(0)
                        .operator()
                        .directions()
                        .get(0)
                        .writes())
                .isNotEmpty();
        // absent values among them
        assertThat(Json.write(new RelationResults(relations))).isEqualTo(Files.readString(run.relations()));
        assertThat(Files.readString(run.relations())).contains("null");
    }

    @Test
    void everyLayerHasItsMetricsIfHeldOutSubjectsAreAskedThere() throws IOException {
        String deeper = FACTS.replace("n_layers: 1", "n_layers: 2")
                .replace("directions: 2", "directions: 0, layers: [embed+pos, 0], test_curves: true");
        RunOutcome outcome = run(ExperimentConfig.bind(ConfigTree.parse(deeper, "facts.yaml", ExperimentConfig.class)));
        Map<String, Double> metrics = outcome.result().metrics();
        List<RelationResult> relations = RelationResults.read(new RunLayout(outcome.directory()).relations())
                .relations();
        double depth = 0;
        double beta = 0;
        double ratio = 0;
        int trials = 0;
        for (RelationResult relation : relations) {
            for (RelationTrial trial : relation.trials()) { // as many in each relation
                depth += trial.choice().layer().equals("0") ? 1 : 0;
                beta += trial.choice().beta().orElseThrow();
                ratio += trial.operator().imageNorm() / trial.operator().biasNorm();
                trials++;
            }
        }
        assertThat(trials).isEqualTo(4);
        // means in another order: rounding only
        assertThat(metrics.get("relation/facts/read_depth")).isCloseTo(depth / trials, within(1e-12));
        assertThat(metrics.get("relation/facts/beta")).isCloseTo(beta / trials, within(1e-12));
        assertThat(metrics.get("relation/facts/image_to_bias")).isCloseTo(ratio / trials, within(1e-12));
        assertThat(metrics)
                .containsKeys(
                        "relation/facts/edit_depth",
                        "relation/facts/edit_above_read",
                        "relation/facts/beta_one",
                        "relation/facts/layer/embed+pos/faithfulness",
                        "relation/facts/layer/embed+pos/beta_one",
                        "relation/facts/layer/embed+pos/causality",
                        "relation/facts/layer/0/faithfulness",
                        "relation/facts/layer/0/causality");
        assertThat(metrics.get("relation/facts/layer/0/faithfulness"))
                .isCloseTo((atBlock0(relations.get(0)) + atBlock0(relations.get(1))) / 2, within(1e-12));
    }

    @Test
    void ofASuccessorItAsksAfterTheMembersShown() throws IOException {
        RunOutcome outcome = run("analyses=[{relation: {train: 5, trials: 1, contexts: [2, 3]}}]", "train.steps=300");
        assertThat(RelationResults.read(new RunLayout(outcome.directory()).relations())
                        .relations())
                .extracting(RelationResult::relation)
                .containsExactly("add_1_after_2", "add_1_after_3");
        assertThat(outcome.result().metrics()).containsKey("relation/task/faithfulness");
    }

    @Test
    void whatMakesNoSenseIsRefusedWithItsKey() {
        assertThatThrownBy(() -> Tiny.config("analyses=[{relation: {contexts: [0]}}]"))
                .hasMessageContaining("contexts = [0]");
        assertThatThrownBy(() -> Tiny.config("analyses=[{relation: {train: 1}}]"))
                .hasMessageContaining("train = 1");
        assertThatThrownBy(() -> Tiny.config("analyses=[{relation: {name: a b}}]"))
                .hasMessageContaining("name = \"a b\"");
        assertThatThrownBy(() -> run("analyses=[{relation: {train: 99}}]"))
                .hasMessageContaining("99 training samples asked for");
    }

    private static double atBlock0(RelationResult relation) {
        return relation.curves().stream()
                .filter(curve -> curve.axis() == Curve.Axis.LAYER && curve.subjects() == Curve.Subjects.TEST)
                .filter(curve -> curve.measure().equals("recall"))
                .flatMap(curve -> curve.points().stream())
                .filter(point -> point.at().equals("0"))
                .mapToDouble(point -> point.value().mean())
                .findFirst()
                .orElseThrow();
    }

    private RunOutcome run(String... settings) {
        return run(Tiny.config(settings));
    }

    private RunOutcome run(ExperimentConfig config) {
        return Tiny.run(config, new RunOptions(directory, Tiny.DATASETS, 2, false, false, false), new Tiny.Log());
    }
}
