package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.cpu.CpuBackend;
import io.reprise.config.ExperimentConfig;
import io.reprise.run.RunLayout;
import io.reprise.train.Checkpoints;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.Killed;
import io.reprise.weights.WriteObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a run before and after every write, fsync and rename that it makes. */
class KillTest {
    private static final ExperimentConfig CONFIG =
            Tiny.config("train.steps=6", "train.eval_every=3", "train.checkpoint_every=2", "model.d_model=8");

    @TempDir
    Path directory;

    /** Notes what reached its place before it kills. */
    private static final class Observer implements WriteObserver {
        private final WriteObserver killer;
        private long completed = -1;

        Observer(int moments) {
            killer = Killed.after(moments);
        }

        @Override
        public void before(Action action, Path file) throws IOException {
            killer.before(action, file);
        }

        @Override
        public void after(Action action, Path file) throws IOException {
            String name = file.getFileName().toString();
            if (action == Action.RENAME && name.startsWith("step-")) {
                completed = Long.parseLong(name.substring(5, 14));
            }
            killer.after(action, file);
        }
    }

    @Test
    void afterAKillAtAnyMomentTheLastCompleteCheckpointIsFoundAndTheRunEndsInTheSameBits() throws IOException {
        Map<String, String> undisturbed = undisturbed();
        List<String> moments = new ArrayList<>();
        for (int n = 0; ; n++) {
            RunOptions options = Tiny.trainOnly(directory.resolve("killed-" + n), 1);
            Observer observer = new Observer(n);
            try {
                Tiny.run(CONFIG, options, new Tiny.Log(), observer);
                break;
            } catch (Killed kill) {
                moments.add(kill.getMessage());
            }
            String when = "kill " + n + " " + moments.get(n);
            List<String> warnings = new ArrayList<>();
            assertThat(latest(options, warnings)).as(when).isEqualTo(observer.completed);
            Tiny.Log log = new Tiny.Log();
            RunOutcome outcome = Tiny.run(CONFIG, Tiny.resuming(options), log);
            assertThat(Tiny.bits(new RunLayout(outcome.directory()))).as(when).isEqualTo(undisturbed);
            assertThat(warnings).as(when).isEmpty();
            assertThat(log.warnings).as(when).isEmpty();
        }
        assertThat(moments)
                .contains(
                        "before WRITE of step-000000004.safetensors",
                        "after WRITE of step-000000004.safetensors",
                        "before SYNC of step-000000004.safetensors",
                        "after SYNC of step-000000004.safetensors",
                        "before RENAME of step-000000004.safetensors",
                        "after RENAME of step-000000004.safetensors",
                        "before SYNC_DIRECTORY of step-000000004.safetensors",
                        "after SYNC_DIRECTORY of step-000000004.safetensors",
                        "after RENAME of best.safetensors",
                        "before SYNC of metrics.jsonl",
                        "before RENAME of status.json");
    }

    @Test
    void aRunThatIsKilledAgainAndAgainEndsInTheSameBits() {
        RunOptions options = Tiny.trainOnly(directory.resolve("again"), 2);
        Random random = new Random(17); // any: what counts is that moments differ
        int kills = 0;
        RunOutcome outcome = null;
        while (outcome == null) {
            try {
                outcome =
                        Tiny.run(CONFIG, Tiny.resuming(options), new Tiny.Log(), Killed.after(40 + random.nextInt(40)));
            } catch (Killed kill) {
                kills++;
                assertThat(kills).as("kills without getting to the end").isLessThan(50);
            }
        }
        assertThat(kills).isPositive();
        assertThat(Tiny.bits(new RunLayout(outcome.directory()))).isEqualTo(undisturbed());
    }

    private Map<String, String> undisturbed() {
        RunOptions options = Tiny.trainOnly(directory.resolve("undisturbed"), 1);
        return Tiny.bits(new RunLayout(Tiny.run(CONFIG, options, new Tiny.Log()).directory()));
    }

    private static long latest(RunOptions options, List<String> warnings) throws IOException {
        try (CpuBackend backend = new CpuBackend(1)) {
            Path checkpoints = Tiny.layout(CONFIG, options).checkpoints();
            return new Checkpoints(checkpoints, new AtomicFile(), backend)
                    .latest(warnings::add)
                    .map(found -> found.state().step())
                    .orElse(-1L);
        }
    }
}
