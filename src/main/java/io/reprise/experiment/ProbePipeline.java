package io.reprise.experiment;

import io.reprise.analysis.probe.FineTuneSpec;
import io.reprise.analysis.probe.FineTuning;
import io.reprise.analysis.probe.Probe;
import io.reprise.analysis.probe.ProbeData;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.probe.ProbeResult.Measure;
import io.reprise.analysis.probe.ProbeSpec;
import io.reprise.analysis.probe.ProbeStore;
import io.reprise.analysis.probe.ProbeStudy;
import io.reprise.backend.Backend;
import io.reprise.config.ProbeConfig;
import io.reprise.config.ResolvedConfig;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.model.pretrained.Residency;
import io.reprise.report.RunReport;
import io.reprise.run.DataSummary;
import io.reprise.run.MetricsLog;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import io.reprise.train.Checkpoints;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The steps of a probe run after its data: the probe and its controls, fine-tuning if asked for, files, report. */
final class ProbePipeline {
    private final String name;
    private final ProbeConfig config;
    private final ResolvedConfig resolved;
    private final RunOptions options;
    private final OpenModel model;
    private final List<Site> sites;
    private final ProbeData data;
    private final DataSummary summary;
    private final RunDirectory run;
    private final Clock clock;

    ProbePipeline(
            String name,
            ProbeConfig config,
            ResolvedConfig resolved,
            RunOptions options,
            OpenModel model,
            List<Site> sites,
            ProbeData data,
            DataSummary summary,
            RunDirectory run,
            Clock clock) {
        this.name = name;
        this.config = config;
        this.resolved = resolved;
        this.options = options;
        this.model = model;
        this.sites = sites;
        this.data = data;
        this.summary = summary;
        this.run = run;
        this.clock = clock;
    }

    record Done(ProbeResult probe, RunResult result) {}

    Done run(RunEvents events, CurveLog.Follower follower, Stopwatch watch) throws IOException {
        Transformer probed = model.model();
        ModelConfig shape = probed.config();
        long parameters = Parameters.shapes(shape).values().stream()
                .mapToLong(each -> each.size())
                .sum();
        events.onStart(
                name,
                "probe of " + String.join(" + ", sites.stream().map(Site::name).toList()),
                BuildModel.words(shape),
                parameters,
                config.seed(),
                probed.backend().description(),
                options.threads(),
                config.fineTune().map(FineTuneSpec::steps).orElse(0L));
        events.onData(summary);
        ProbeStudy.Words words = new ProbeStudy.Words(name, "label in " + fileName(config), BuildModel.words(shape));
        ProbeStudy.Outcome studied = new ProbeStudy(spec(shape, events), what -> events.onAnalysis("probe", what))
                .run(probed, sites, BuildModel.initStd(shape), data, words, config.seed());
        watch.lap("probe");
        ProbeResult probe = studied.result();
        long steps = 0;
        if (config.fineTune().isPresent()) {
            FineTuning.Outcome tuned =
                    fineTune(studied.probe(), config.fineTune().get(), events, follower);
            probe = probe.with(tuned.measure());
            steps = tuned.step();
            watch.lap("fine-tune");
        } else {
            ProbeStore.write(run.layout().root(), studied.probe(), run.files());
            try (MetricsLog metrics =
                    MetricsLog.resume(run.layout().metrics(), 0, run.files().observer())) {
                for (Map.Entry<Integer, Double> point : studied.curve().entrySet()) {
                    metrics.append(point.getKey(), Map.of("val/loss", point.getValue()));
                }
            }
        }
        WriteRun.probes(run.layout(), run.files(), List.of(probe));
        RunResult result = result(probe, parameters, steps, watch);
        run.writeResult(result);
        RunReport.write(result, run.layout().root());
        run.finish();
        return new Done(probe, result);
    }

    /** Random models are held in memory; where one does not fit there, that control is left out and said so. */
    private ProbeSpec spec(ModelConfig shape, RunEvents events) {
        ProbeSpec spec = config.spec(sites.stream().map(Site::name).toList());
        long heap = Runtime.getRuntime().maxMemory();
        if (spec.randomModels() > 0 && Residency.ALL.bytes(shape) > heap / 3) {
            events.onWarning("a model of this shape with random weights does not fit beside the model in Java's "
                    + (heap >> 20) + " MiB: that control is left out. REPRISE_JAVA_OPTS=-Xmx with more brings it back");
            return new ProbeSpec(spec.sites(), spec.pool(), spec.head(), spec.split(), spec.seeds(), 0);
        }
        return spec;
    }

    private FineTuning.Outcome fineTune(Probe start, FineTuneSpec spec, RunEvents events, CurveLog.Follower follower)
            throws IOException {
        Backend backend = model.model().backend();
        RunLayout layout = run.layout();
        Checkpoints checkpoints = new Checkpoints(layout.checkpoints(), run.files(), backend);
        Optional<Checkpoints.Found> found = checkpoints.latest(events::onWarning);
        long step = found.map(f -> f.state().step()).orElse(0L);
        found.ifPresent(f -> events.onResume(step));
        try (Parameters parameters = model.directory().parameters(backend);
                MetricsLog metrics =
                        MetricsLog.resume(layout.metrics(), step, run.files().observer());
                MetricsLog timings =
                        MetricsLog.resume(layout.timings(), step, run.files().observer())) {
            Transformer tuned = new Transformer(backend, parameters.config(), parameters);
            FineTuning.Outcome outcome = new FineTuning(
                            parameters, model.directory().absent(), tuned, start, data, spec, config.seed())
                    .run(checkpoints, found, new CurveLog(events, metrics, timings, clock, follower));
            events.onStop(outcome.step(), outcome.reason().words() + ", lowest validation loss");
            ModelExport.writeLike(model.path(), layout.model(), tuned);
            ProbeStore.write(layout.root(), outcome.probe(), run.files());
            return outcome;
        }
    }

    private RunResult result(ProbeResult probe, long parameters, long steps, Stopwatch watch) {
        Map<String, Double> metrics = probe.metrics();
        return new RunResult(
                name,
                resolved.hash(),
                config.seed(),
                "finished",
                "",
                probe.model(),
                parameters,
                steps,
                config.question().orElse(""),
                config.answer().orElse(answer(probe)),
                summary,
                metrics,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                watch.seconds());
    }

    /** The deciding numbers in words. */
    static String answer(ProbeResult probe) {
        StringBuilder text = new StringBuilder("The probe gets ");
        text.append(percent(probe.measure(ProbeResult.ACCURACY).orElseThrow())).append(" of unseen examples right");
        probe.measure(ProbeResult.FINE_TUNED)
                .ifPresent(m -> text.append(", with blocks below fine-tuned ").append(percent(m)));
        text.append("; shuffled labels ")
                .append(percent(probe.measure(ProbeResult.SHUFFLED).orElseThrow()));
        text.append(", the majority class ")
                .append(percent(probe.measure(ProbeResult.MAJORITY).orElseThrow()));
        probe.measure(ProbeResult.RANDOM_MODEL)
                .ifPresent(m -> text.append(", a model with random weights ").append(percent(m)));
        return text.append('.').toString();
    }

    private static String percent(Measure measure) {
        return String.format(
                Locale.ROOT,
                "%.1f%% (95%% interval %.1f to %.1f)",
                100 * measure.accuracy(),
                100 * measure.low(),
                100 * measure.high());
    }

    private static String fileName(ProbeConfig config) {
        return String.valueOf(Path.of(config.examples().orElseThrow()).getFileName());
    }
}
