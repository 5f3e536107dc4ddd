package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.report.RunReport;
import io.reprise.run.DataSummary;
import io.reprise.run.GitState;
import io.reprise.run.Machine;
import io.reprise.run.MetricsLog;
import io.reprise.run.Provenance;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunResult;
import io.reprise.run.Secrets;
import io.reprise.track.Publication;
import io.reprise.track.Tracker;
import io.reprise.track.Tracking;
import io.reprise.train.StopReason;
import io.reprise.train.TrainState;
import io.reprise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps of one run after its data: model, training, evaluation, analyses, files, report, MLflow. In this order. */
final class Pipeline {
    private final ExperimentConfig config;
    private final RunOptions options;
    private final Dataset data;
    private final Backend backend;
    private final RunDirectory run;
    private final RunEvents events;
    private final Clock clock;
    private final Stopwatch watch;

    Pipeline(
            ExperimentConfig config,
            RunOptions options,
            Dataset data,
            Backend backend,
            RunDirectory run,
            RunEvents events,
            Clock clock,
            Stopwatch watch) {
        this.config = config;
        this.options = options;
        this.data = data;
        this.backend = backend;
        this.run = run;
        this.events = events;
        this.clock = clock;
        this.watch = watch;
    }

    RunOutcome run(GitState git, List<String> command, Parentage parentage) throws IOException {
        DataSummary summary = BuildData.summary(data);
        Analyse.requireData(config.analyses(), config.requireTask(), data);
        BuildModel built = config.pretrained().isPresent()
                ? BuildModel.load(config.pretrained().get(), data, backend)
                : BuildModel.build(config, data, backend);
        events.onStart(
                config.name(),
                BuildData.words(data),
                BuildModel.words(built.model().config()),
                built.parameters().count(),
                config.modelSeed(),
                backend.description(),
                options.threads(),
                config.pretrained().isPresent() ? 0 : config.train().steps());
        events.onData(summary);
        run.files()
                .write(run.layout().config(), Secrets.redact(config.resolved().yaml()));
        Provenance provenance = Provenance.collect(
                clock,
                command,
                git,
                Machine.here(),
                backend.name(),
                backend.description(),
                options.threads(),
                digests(summary));
        run.writeProvenance(provenance);
        Optional<Tracking> tracking = Publish.start(config, run, provenance, parentage, clock, events::onWarning);
        try {
            watch.lap("prepare");
            Trained trained = config.pretrained().isPresent()
                    ? notTrained(config.pretrained().get())
                    : train(built, tracking);
            RunResult result = result(built, trained, summary, parentage.arm());
            finish(built, result);
            tracking.ifPresent(t -> t.finish(Tracker.Outcome.FINISHED));
            Optional<String> where =
                    tracking.flatMap(Tracking::await).map(Publication::uri).map(Pipeline::words);
            return new RunOutcome(
                    run.layout().root(),
                    result,
                    options.trainOnly()
                            ? Optional.empty()
                            : Optional.of(run.layout().report()),
                    where,
                    false);
        } catch (IOException | RuntimeException e) {
            tracking.ifPresent(t -> t.finish(Tracker.Outcome.FAILED));
            throw e;
        } finally {
            tracking.ifPresent(Tracking::close);
        }
    }

    /** Data by split, and the model if it is given. */
    private Map<String, String> digests(DataSummary summary) throws IOException {
        Map<String, String> digests = new LinkedHashMap<>(summary.digests());
        if (config.pretrained().isPresent()) {
            digests.put(ModelDigest.KEY, ModelDigest.of(config.pretrained().get()));
        }
        return digests;
    }

    /**
     * How the model came to be what it is.
     *
     * @param why training ended, in words
     * @param metrics of training
     */
    private record Trained(String why, long steps, Map<String, Double> metrics) {}

    private Trained train(BuildModel built, Optional<Tracking> tracking) throws IOException {
        TrainModel trainer = new TrainModel(config, data, built, run, clock);
        Trainer.Outcome trained =
                trainer.train(events, (step, at, values) -> tracking.ifPresent(t -> t.metrics(step, at, values)));
        watch.lap("train");
        TrainState state = trained.state();
        events.onStop(state.step(), trained.reason().words());
        if (trained.reason() == StopReason.NOT_FINITE) {
            throw notFinite(trained);
        }
        return new Trained(
                trained.reason().words() + " at step " + state.step(),
                state.step(),
                Map.of(
                        "final/train/loss", state.lastLoss(),
                        "best/val/loss", state.bestLoss(),
                        "best/val/accuracy", state.bestAccuracy(),
                        "best/step", (double) state.bestStep()));
    }

    /** The curves of a model that was not trained here are empty. */
    private Trained notTrained(Path directory) throws IOException {
        events.onNote("not trained: the model of " + directory);
        for (Path log : List.of(run.layout().metrics(), run.layout().timings())) {
            MetricsLog.resume(log, 0, run.files().observer()).close();
        }
        return new Trained("not trained: the model of " + directory, 0, Map.of());
    }

    private IllegalArgumentException notFinite(Trainer.Outcome trained) {
        String lastGood = trained.lastGood().isPresent()
                ? "the last good checkpoint is of step " + trained.lastGood().getAsLong() + " in "
                        + run.layout().checkpoints()
                : "there is no checkpoint before it";
        return new IllegalArgumentException("the loss became " + trained.state().lastLoss() + " at step "
                + trained.state().step() + "; " + lastGood + ". Lower train.lr or set train.clip_norm");
    }

    private RunResult result(BuildModel built, Trained trained, DataSummary summary, String arm) throws IOException {
        Evaluate.Evaluated evaluated = options.trainOnly()
                ? new Evaluate.Evaluated(List.of(), Map.of(), Map.of())
                : new Evaluate(data).evaluate(built.model());
        watch.lap("evaluate");
        Analyse analyse = new Analyse(built, data, config, config.pretrained(), options.threads(), events::onAnalysis);
        boolean analysed = !options.trainOnly();
        Map<String, Double> metrics = new LinkedHashMap<>(evaluated.metrics());
        metrics.putAll(trained.metrics());
        Findings findings = analysed ? analyse.findings(config.analyses()) : Findings.NONE;
        metrics.putAll(findings.metrics());
        metrics.values().removeIf(value -> !Double.isFinite(value));
        RunResult result = new RunResult(
                config.name(),
                config.resolved().hash(),
                config.modelSeed(),
                "finished",
                trained.why(),
                BuildModel.words(built.model().config()),
                built.parameters().count(),
                trained.steps(),
                config.question().orElse(""),
                config.answer().orElse(Answer.of(evaluated.scores())),
                summary,
                metrics,
                evaluated.scores(),
                analysed ? Expectations.judge(config.expect(), metrics, arm) : List.of(),
                analysed ? analyse.samples() : List.of(),
                findings.figures(),
                watch.seconds());
        watch.lap("analyse");
        WriteRun.predictions(run, data, evaluated.forecasts());
        WriteRun.probes(run.layout(), run.files(), findings.probes());
        WriteRun.relations(run.layout(), run.files(), findings.relations());
        WriteRun.circuits(run.layout(), run.files(), findings);
        return result;
    }

    private void finish(BuildModel built, RunResult result) throws IOException {
        WriteRun.model(run, built, data);
        run.writeResult(result);
        if (!options.trainOnly()) {
            RunReport.write(result, run.layout().root());
        }
        run.finish();
    }

    /** How to look at it. */
    static String words(String uri) {
        return uri.startsWith("sqlite:") ? "mlflow ui --backend-store-uri " + uri : uri;
    }
}
