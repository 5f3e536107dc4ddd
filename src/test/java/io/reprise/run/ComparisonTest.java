package io.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.run.Comparison.Cell;
import io.reprise.run.Comparison.Direction;
import io.reprise.run.Comparison.Group;
import io.reprise.run.Comparison.Run;
import io.reprise.run.Comparison.Value;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.WriteObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    Path runs;

    private static Run run(String width, long seed, double last, double best) {
        return new Run(
                Map.of("model.d_model", width, "seed", "" + seed),
                seed,
                Map.of("test/accuracy", new Value(last, best), "val/loss", new Value(1 - last, 1 - best)));
    }

    private static final List<Run> RUNS =
            List.of(run("128", 1, 0.8, 0.8), run("64", 2, 0.9, 0.95), run("64", 1, 0.7, 0.99), run("9", 1, 0.5, 0.5));

    @Test
    void groupsByConfigWithMeanAndSampleDeviationOverSeeds() {
        Comparison comparison = Comparison.of(RUNS, List.of("model.d_model"), List.of("test/accuracy", "val/loss"));
        assertThat(comparison.groups())
                .extracting(Group::values)
                .containsExactly(List.of("9"), List.of("64"), List.of("128"));
        Group wide = comparison.groups().get(1);
        assertThat(wide.seeds()).containsExactly(1L, 2L);
        Cell accuracy = wide.cells().get("test/accuracy");
        // (0.7 + 0.9)/2; √(2·0.1²/(2−1)) = 0.14142…: exact up to rounding
        assertThat(accuracy.last().mean()).isCloseTo(0.8, within(1e-15));
        assertThat(accuracy.last().sd()).isCloseTo(Math.sqrt(0.02), within(1e-15));
        assertThat(accuracy.best().mean()).isCloseTo(0.97, within(1e-15));
        assertThat(accuracy.bestOfAll()).isEqualTo(0.99);
        assertThat(wide.cells().get("val/loss").bestOfAll()).isCloseTo(0.01, within(1e-15));
    }

    @Test
    void singleRunHasNoDeviation() {
        Group narrow = Comparison.of(RUNS, List.of("model.d_model"), List.of("test/accuracy"))
                .groups()
                .get(0);
        assertThat(narrow.cells().get("test/accuracy").last().sd()).isNaN();
    }

    @Test
    void saysWhatThereIsWhenAskedForWhatThereIsNot() {
        assertThatThrownBy(() -> Comparison.of(RUNS, List.of("model.width"), List.of()))
                .hasMessage("no run has the config key model.width; there are model.d_model, seed");
        assertThatThrownBy(() -> Comparison.of(RUNS, List.of(), List.of("accuracy")))
                .hasMessage("no run has the metric accuracy; there are test/accuracy, val/loss");
    }

    @Test
    void findsWhatASweepVaried() {
        assertThat(Comparison.varying(RUNS)).containsExactly("model.d_model");
        assertThat(Comparison.varying(RUNS.subList(1, 3))).isEmpty();
    }

    @Test
    void lossesAreBetterWhenLower() {
        assertThat(Direction.of("final/train/loss")).isEqualTo(Direction.LOWER);
        assertThat(Direction.of("val/kl_mean")).isEqualTo(Direction.LOWER);
        assertThat(Direction.of("loss/accuracy")).isEqualTo(Direction.HIGHER);
    }

    @Test
    void readsRunsFromTheirDirectories() throws IOException {
        for (long seed = 1; seed <= 2; seed++) {
            RunDirectory run = RunDirectory.start(
                    RunLayout.locate(runs, "widths", "ab", seed), Clock.systemUTC(), new AtomicFile());
            Files.writeString(run.layout().config(), "name: widths\nmodel: {d_model: 64, heads: [1, 2]}\n");
            try (MetricsLog log = MetricsLog.create(run.layout().metrics(), WriteObserver.NONE)) {
                log.append(10, Map.of("val/loss", 0.5 / seed));
                log.append(20, Map.of("val/loss", Double.NaN));
                log.append(30, Map.of("val/loss", 0.75));
            }
            run.writeResult(RunResults.of("widths", "ab", seed, Map.of("test/accuracy", 0.5)));
            run.finish();
        }
        RunDirectory.start(RunLayout.locate(runs, "widths", "ab", 3), Clock.systemUTC(), new AtomicFile())
                .fail("no");
        List<RunIndex.Found> found = RunIndex.find(runs);
        assertThat(found)
                .extracting(RunIndex.Found::state)
                .containsExactly(RunState.FINISHED, RunState.FINISHED, RunState.FAILED);
        assertThat(found.get(1).seed()).hasValue(2);
        assertThat(found.get(1).configHash()).isEqualTo("ab");
        Run second = Run.read(found.get(1).layout());
        assertThat(second.config()).containsEntry("model.d_model", "64").containsEntry("model.heads", "[1,2]");
        assertThat(second.metrics()).containsEntry("val/loss", new Value(0.75, 0.25));
        assertThat(second.metrics()).containsEntry("test/accuracy", new Value(0.5, 0.5));
    }
}
