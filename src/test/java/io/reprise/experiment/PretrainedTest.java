package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import io.reprise.run.GitState;
import io.reprise.run.Provenance;
import io.reprise.run.RunResult;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experiments that look into a given model. */
class PretrainedTest {
    private static final Path SORTER = Path.of("experiments/models/nano-sort");
    private static final String YAML = """
            name: look
            task: {rule: {sort: {repeats: true}}, values: 0..11, length: 6}
            split: {by: unit, train: 500, validation: 50, test: 100}
            pretrained: MODEL
            analyses: [{lens: {top_k: 2, sub_blocks: true}}]
            tracking_uri: none
            expect:
              lens/blocks.2.hook_resid_post/accuracy: {at_least: 0.95, control: test/bigram}
            """;

    @TempDir
    Path folder;

    @Test
    void theModelIsEvaluatedNotTrainedAndTheLensMeasuresEveryDepth() throws IOException {
        RunOutcome outcome = run(SORTER);
        RunResult result = outcome.result();
        assertThat(result.steps()).isZero();
        assertThat(result.stopReason()).isEqualTo("not trained: the model of experiments/models/nano-sort");
        assertThat(result.expectations()).allMatch(expectation -> expectation.met());
        assertThat(result.metrics())
                .containsKeys(
                        "lens/blocks.0.hook_resid_pre/accuracy",
                        "lens/blocks.1.hook_resid_mid/kl",
                        "lens/blocks.2.hook_resid_mid/entropy",
                        "lens/decided_depth")
                .doesNotContainKey("final/train/loss");
        assertThat(result.metrics().get("lens/blocks.2.hook_resid_post/accuracy"))
                .as("the last row is the model itself")
                .isEqualTo(result.metrics().get("test/determined_accuracy"));
        assertThat(result.metrics().get("lens/blocks.2.hook_resid_post/kl")).isZero();
        assertThat(result.figures().stream().map(figure -> figure.id()))
                .containsExactly("lens-accuracy", "lens-sample-1", "lens-sample-2", "lens-sample-3");
        assertThat(Files.readString(outcome.directory().resolve("report.html")))
                .contains("Logit lens: right at which depth")
                .contains("not trained");
        assertThat(Provenance.read(outcome.directory().resolve("provenance.json"))
                        .dataDigests())
                .containsEntry("model", ModelDigest.of(SORTER));
        assertThat(Files.readString(outcome.directory().resolve("config.yaml")))
                .contains("pretrained: experiments/models/nano-sort")
                .doesNotContain("n_layers");
        assertThat(Files.readAllBytes(outcome.directory().resolve("model/model.safetensors")))
                .isEqualTo(Files.readAllBytes(SORTER.resolve("model.safetensors")));
    }

    @Test
    void evaluatingTheRunAgainFindsTheSame() throws IOException {
        RunOutcome first = run(SORTER);
        RunOutcome again = new Reopen(new AtomicFile()).evaluate(first.directory(), options(), new Tiny.Log());
        assertThat(again.result().metrics()).isEqualTo(first.result().metrics());
        assertThat(again.result().figures()).isEqualTo(first.result().figures());
    }

    @Test
    void aFinishedRunOfAnotherModelIsNotTakenForThisOne() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Stream<Path> files = Files.list(SORTER)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        run(copy);
        assertThat(run(copy).already()).isTrue();
        byte[] weights = Files.readAllBytes(copy.resolve("model.safetensors"));
        weights[weights.length - 1] ^= 1;
        Files.write(copy.resolve("model.safetensors"), weights);
        assertThatThrownBy(() -> run(copy))
                .hasMessageContaining("with another model in")
                .hasMessageContaining("--force");
    }

    @Test
    void aModelOfOtherTokensOrAShorterContextIsRefused() {
        assertThatThrownBy(() -> run(SORTER, "task.values=0..12"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the tokens 0 1 2")
                .hasMessageContaining("(14), the task has 0 1 2");
        assertThatThrownBy(() -> run(SORTER, "task.length=7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("n_ctx = 14");
        assertThatThrownBy(() -> run(Path.of("src/test/resources/goldens/gpt2")))
                .hasMessageContaining("has no vocabulary.json");
        assertThatThrownBy(() -> run(folder.resolve("nothing"))).hasMessageContaining("no such directory");
    }

    @Test
    void aShapeOrATrainingBesideItIsAMistake() {
        assertThatThrownBy(() -> config(SORTER, "model.n_layers=2"))
                .hasMessageContaining("model stands beside pretrained = experiments/models/nano-sort");
        assertThatThrownBy(() -> config(SORTER, "train.steps=7"))
                .hasMessageContaining("train stands beside pretrained");
    }

    @Test
    void aDecoderThatTheModelHasNotIsToldBeforeTraining() {
        assertThatThrownBy(() -> ExperimentConfig.bind(ConfigTree.parse(Tiny.YAML, "x.yaml", ExperimentConfig.class)
                        .with(List.of(Setting.parse("analyses=[{lens: {decoder: [h.1]}}]")))))
                .hasMessageContaining("analyses: lens: \"h.1\" is out of range: this model has layers 0..0");
        assertThatThrownBy(() -> ExperimentConfig.bind(ConfigTree.parse(Tiny.YAML, "x.yaml", ExperimentConfig.class)
                        .with(List.of(Setting.parse("analyses=[{lens: {top_k: 0}}]")))))
                .hasMessageContaining("analyses.0.lens.top_k = 0; expected 1 or more");
    }

    private RunOutcome run(Path model, String... settings) throws IOException {
        return new Experiment(
                        Clock.systemUTC(), new AtomicFile(), GitState.UNKNOWN, List.of("reprise", "run", "look.yaml"))
                .run(config(model, settings), options(), Parentage.NONE, new Tiny.Log());
    }

    private RunOptions options() {
        return new RunOptions(folder.resolve("runs"), Tiny.DATASETS, 2, false, false, false);
    }

    private static ExperimentConfig config(Path model, String... settings) {
        return ExperimentConfig.bind(
                ConfigTree.parse(YAML.replace("MODEL", model.toString()), "look.yaml", ExperimentConfig.class)
                        .with(Arrays.stream(settings).map(Setting::parse).toList()));
    }
}
