package io.reprise.track;

import io.reprise.run.GitState;
import io.reprise.run.Machine;
import io.reprise.run.MetricsLog;
import io.reprise.run.Provenance;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResults;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.WriteObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** A small run directory with one file of every kind that is published. */
final class SampleRun {
    static final long START = 1_700_000_000_000L;
    static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(START + 60_000), ZoneOffset.UTC);
    static final String PARENT = "ffffffffffffffffffffffffffffffff";
    static final AtomicFile FILES = new AtomicFile();

    private SampleRun() {}

    static RunCard card(String experiment, String id) {
        return new RunCard(
                experiment,
                id,
                "d_model=64 seed=42",
                START,
                Map.of("model.d_model", "64", "seed", "42"),
                Map.of(
                        "mlflow.user", "ada",
                        "mlflow.source.name", "reprise",
                        "mlflow.source.git.commit", "0123456789abcdef",
                        "suite", experiment,
                        "kind", "train",
                        "seed", "42",
                        "config.hash", "5f3a91c2"),
                PARENT,
                "sweep of 1");
    }

    /** Running, with its metrics on disk; 3 steps of 2 curves, one value of them NaN. */
    static RunDirectory started(Path runs, String id) throws IOException {
        RunDirectory run =
                RunDirectory.start(RunLayout.locate(runs, "quickstart", "5f3a91c2", 42), CLOCK, FILES, () -> id);
        RunLayout layout = run.layout();
        Files.writeString(
                layout.config(), "name: quickstart\ntracking_uri: http://ada:secret@host:1\nmodel: {d_model: 64}\n");
        run.writeProvenance(Provenance.collect(
                CLOCK, List.of("run", "x.yaml"), GitState.UNKNOWN, Machine.here(), "cpu", "plain", 2, Map.of()));
        try (MetricsLog metrics = MetricsLog.create(layout.metrics(), WriteObserver.NONE);
                MetricsLog timings = MetricsLog.create(layout.timings(), WriteObserver.NONE)) {
            for (int i = 0; i < 3; i++) {
                metrics.append(i * 10L, metrics(i));
                timings.append(i * 10L, timings(i));
            }
        }
        return run;
    }

    static Map<String, Double> metrics(int i) {
        return Map.of("train/loss", i == 2 ? Double.NaN : 1.0 / (i + 1), "val/accuracy rule +2", 0.5 + i / 8.0);
    }

    static Map<String, Double> timings(int i) {
        return Map.of(MetricsLog.AT_MS, START + 1000.0 * i, "train/tokens_per_s", 400_000.0);
    }

    static RunDirectory completed(RunDirectory run) throws IOException {
        RunLayout layout = run.layout();
        Files.createDirectories(layout.figures());
        Files.write(layout.figures().resolve("pattern 0.0.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G'});
        Files.createDirectories(layout.checkpoints());
        Files.writeString(layout.checkpoints().resolve("step-20"), "stays at home");
        Files.writeString(layout.report(), "<!doctype html><title>Quickstart</title>");
        run.writeResult(RunResults.of("quickstart", "5f3a91c2", 42, Map.of("test/determined_accuracy", 0.998)));
        run.finish();
        return run;
    }

    /** Finished and described to a tracker, but never published. */
    static RunLayout finished(Path runs, String id) throws IOException {
        RunDirectory run = started(runs, id);
        new TrackingFile(card("quickstart", id), List.of()).write(run.layout(), FILES);
        return completed(run).layout();
    }
}
