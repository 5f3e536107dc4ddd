package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.overlap.within.ScoreOverlap;
import io.reprise.config.ExperimentConfig;
import io.reprise.report.RunReport;
import io.reprise.run.DataSummary;
import io.reprise.run.GitState;
import io.reprise.run.Json;
import io.reprise.run.Machine;
import io.reprise.run.MetricsLog;
import io.reprise.run.OverlapResults;
import io.reprise.run.Provenance;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunResult;
import io.reprise.run.Secrets;
import io.reprise.tensor.Rng;
import io.reprise.track.Publication;
import io.reprise.track.Tracker;
import io.reprise.track.Tracking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The steps of a run that compares circuits from files: no task, no model, no training; files, report, MLflow as in any run. */
final class CircuitsPipeline {
    private static final int DIGEST_LENGTH = 16;
    /** Permutations of scores: the smallest p is a thousandth. */
    private static final int DRAWS = 999;

    private static final String WHY = "nothing to train: circuits from files";

    private final ExperimentConfig config;
    private final CompareCircuits circuits;
    private final RunDirectory run;
    private final RunEvents events;
    private final Clock clock;
    private final Stopwatch watch;

    CircuitsPipeline(
            ExperimentConfig config,
            CompareCircuits circuits,
            RunDirectory run,
            RunEvents events,
            Clock clock,
            Stopwatch watch) {
        this.config = config;
        this.circuits = circuits;
        this.run = run;
        this.events = events;
        this.clock = clock;
        this.watch = watch;
    }

    RunOutcome run(GitState git, List<String> command, Parentage parentage) throws IOException {
        events.onStart(
                config.name(), "overlap of circuits", circuits.words(), 0, config.modelSeed(), "one thread", 1, 0);
        run.files()
                .write(run.layout().config(), Secrets.redact(config.resolved().yaml()));
        Provenance provenance = Provenance.collect(
                clock, command, git, Machine.here(), "none", "no model is run", 1, digests(config.circuits()));
        run.writeProvenance(provenance);
        Optional<Tracking> tracking = Publish.start(config, run, provenance, parentage, clock, events::onWarning);
        try {
            RunResult result = result(provenance.dataDigests(), parentage.arm());
            run.writeResult(result);
            RunReport.write(result, run.layout().root());
            run.finish();
            tracking.ifPresent(t -> t.finish(Tracker.Outcome.FINISHED));
            return new RunOutcome(
                    run.layout().root(),
                    result,
                    Optional.of(run.layout().report()),
                    tracking.flatMap(Tracking::await).map(Publication::uri).map(Pipeline::words),
                    false);
        } catch (IOException | RuntimeException e) {
            tracking.ifPresent(t -> t.finish(Tracker.Outcome.FAILED));
            throw e;
        } finally {
            tracking.ifPresent(Tracking::close);
        }
    }

    private RunResult result(Map<String, String> digests, String arm) throws IOException {
        OverlapResults found = circuits.results(
                new ScoreOverlap(DRAWS, Rng.of(config.modelSeed()).split("overlaps")));
        watch.lap("compare");
        Files.createDirectories(run.layout().circuits());
        for (Circuit circuit : circuits.circuits()) {
            CircuitFile.write(run.layout().circuits().resolve(circuit.name() + ".json"), circuit, run.files());
        }
        run.files().write(run.layout().overlaps(), Json.write(found));
        for (Path log : List.of(run.layout().metrics(), run.layout().timings())) {
            MetricsLog.resume(log, 0, run.files().observer()).close(); // no curves
        }
        Map<String, Double> metrics = CompareCircuits.metrics(found);
        return new RunResult(
                config.name(),
                config.resolved().hash(),
                config.modelSeed(),
                "finished",
                WHY,
                circuits.words(),
                0,
                0,
                config.question().orElse(""),
                config.answer().or(() -> CompareCircuits.answer(found)).orElse(""),
                new DataSummary(Map.of(), digests, 0, Map.of(), List.of()),
                metrics,
                List.of(),
                Expectations.judge(config.expect(), metrics, arm),
                List.of(),
                List.of(),
                watch.seconds());
    }

    /** By file, the first half of SHA-256: what tells whether a finished run compared what the files hold now. */
    static Map<String, String> digests(List<Path> files) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try {
            for (Path file : files) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                digests.put(file.toString(), HexFormat.of().formatHex(digest, 0, DIGEST_LENGTH));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        return digests;
    }
}
