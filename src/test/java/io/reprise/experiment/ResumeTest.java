package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.config.ExperimentConfig;
import io.reprise.run.RunLayout;
import io.reprise.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResumeTest {
    private static final ExperimentConfig PLAIN = Tiny.config();
    private static final ExperimentConfig ALL_STATE = Tiny.config(
            "train.steps=60",
            "train.lr=0.05",
            "train.optimizer=adamw",
            "train.weight_decay=0.1",
            "train.clip_norm=0.5",
            "train.eval_every=2",
            "train.patience=8",
            "train.schedule={plateau: {patience: 1, factor: 0.5, min_rate: 1.0e-4}}",
            "train.stop_when={val_accuracy: 0.05, evaluations: 14}",
            "train.keep_log_spaced=true");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"1, 7", "2, 13", "4, 24", "2, 3"})
    void stoppingAndGoingOnGivesTheSameBitsAsNeverStopping(int threads, long stop) {
        assertThat(interrupted(PLAIN, threads, stop)).isEqualTo(undisturbed(PLAIN, 1));
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "2, 15", "4, 23"})
    void plateauStreakPatienceAndClippingGoOnAsIfNothingHappened(int threads, long stop) {
        assertThat(interrupted(ALL_STATE, threads, stop)).isEqualTo(undisturbed(ALL_STATE, 1));
    }

    @Test
    void theExperimentOfTheTestAboveReachesItsPlateauAndItsEarlyStop() throws IOException {
        RunOptions options = Tiny.trainOnly(directory.resolve("state"), 1);
        RunOutcome outcome = Tiny.run(ALL_STATE, options, new Tiny.Log());
        RunLayout run = new RunLayout(outcome.directory());
        Path last = Tiny.checkpoints(run).get(Tiny.checkpoints(run).size() - 1);
        try (SafetensorsFile file = SafetensorsFile.open(last)) {
            assertThat(Integer.parseInt(file.metadata().get("plateau_reductions")))
                    .isPositive();
        }
        assertThat(outcome.result().steps()).isLessThan(60).isGreaterThan(23);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "4"})
    void theSameSeedGivesTheSameBitsWithAnyNumberOfThreads(int threads) {
        assertThat(undisturbed(PLAIN, threads)).isEqualTo(undisturbed(PLAIN, 1));
    }

    @Test
    void anotherSeedGivesOtherBits() {
        assertThat(undisturbed(Tiny.config("seed=4"), 1)).isNotEqualTo(undisturbed(PLAIN, 1));
    }

    @Test
    void anInterruptedRunIsNotTouchedWithoutBeingAsked() {
        RunOptions options = Tiny.trainOnly(directory.resolve("asked"), 1);
        stop(PLAIN, options, 7);
        Map<String, String> before = checkpointsOnly(options);
        assertThatThrownBy(() -> Tiny.run(PLAIN, options, new Tiny.Log()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--resume")
                .hasMessageContaining("--force");
        assertThat(checkpointsOnly(options)).isEqualTo(before);
    }

    private static Map<String, String> checkpointsOnly(RunOptions options) {
        Map<String, String> names = new java.util.TreeMap<>();
        Tiny.checkpoints(Tiny.layout(PLAIN, options))
                .forEach(file -> names.put(file.getFileName().toString(), ""));
        return names;
    }

    private Map<String, String> undisturbed(ExperimentConfig config, int threads) {
        RunOptions options = Tiny.trainOnly(directory.resolve("undisturbed-" + threads), threads);
        return Tiny.bits(new RunLayout(Tiny.run(config, options, new Tiny.Log()).directory()));
    }

    private Map<String, String> interrupted(ExperimentConfig config, int threads, long at) {
        RunOptions options = Tiny.trainOnly(directory.resolve("interrupted"), threads);
        stop(config, options, at);
        Tiny.Log log = new Tiny.Log();
        RunOutcome outcome = Tiny.run(config, Tiny.resuming(options), log);
        assertThat(log.warnings).isEmpty();
        if (at > config.train().checkpointEvery()) {
            assertThat(log.resumed).hasSize(1).allMatch(step -> step > 0 && step < at);
        }
        return Tiny.bits(new RunLayout(outcome.directory()));
    }

    private static void stop(ExperimentConfig config, RunOptions options, long at) {
        assertThatThrownBy(() -> Tiny.run(config, options, new Tiny.Log(at))).isInstanceOf(Tiny.Stopped.class);
    }
}
