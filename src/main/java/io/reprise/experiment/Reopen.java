package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.report.RunReport;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import io.reprise.train.Checkpoints;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Works on the model of a finished run: evaluates and analyses it again, or writes it in another format. */
public final class Reopen {
    private final AtomicFile files;

    public Reopen(AtomicFile files) {
        this.files = files;
    }

    /** Evaluates and analyses again, with this version's measures; results.json and the report are replaced. */
    public RunOutcome evaluate(Path directory, RunOptions options, RunEvents events) throws IOException {
        RunLayout layout = RunDirectory.openFinished(directory);
        RunResult before = RunResult.read(layout.results());
        ExperimentConfig config = ExperimentConfig.load(layout.config(), List.of());
        Dataset data = BuildData.build(config, options.datasets());
        try (Backend backend = Backends.open(config, options.threads())) {
            BuildModel built = load(config, data, layout, backend, events);
            events.onData(BuildData.summary(data));
            Evaluate.Evaluated evaluated = new Evaluate(data).evaluate(built.model());
            Analyse analyse = new Analyse(
                    built,
                    data,
                    config,
                    config.pretrained().map(given -> layout.model()),
                    options.threads(),
                    events::onAnalysis);
            Map<String, Double> metrics = new LinkedHashMap<>(before.metrics());
            metrics.putAll(evaluated.metrics());
            Findings findings = analyse.findings(config.analyses());
            metrics.putAll(findings.metrics());
            metrics.values().removeIf(value -> !Double.isFinite(value));
            RunResult result = new RunResult(
                    before.name(),
                    before.configHash(),
                    before.seed(),
                    before.status(),
                    before.stopReason(),
                    before.model(),
                    before.parameters(),
                    before.steps(),
                    config.question().orElse(""),
                    config.answer().orElse(Answer.of(evaluated.scores())),
                    BuildData.summary(data),
                    metrics,
                    evaluated.scores(),
                    before.expectations(),
                    analyse.samples(),
                    findings.figures(),
                    before.secondsByPhase());
            WriteRun.probes(layout, files, findings.probes());
            WriteRun.relations(layout, files, findings.relations());
            WriteRun.circuits(layout, files, findings);
            result.write(layout.results(), files);
            RunReport.write(result, directory);
            return new RunOutcome(directory, result, Optional.of(layout.report()), Optional.empty(), false);
        }
    }

    /**
     * @param format gpt2 or transformer_lens
     * @throws IllegalArgumentException if the format is unknown or cannot hold the model, with the reason
     */
    public Path export(Path directory, String format, Path out, RunOptions options, RunEvents events)
            throws IOException {
        RunLayout layout = RunDirectory.openFinished(directory);
        ModelExport.Format wanted = Arrays.stream(ModelExport.Format.values())
                .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(format))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("format \"" + format + "\" is unknown; choose from "
                        + Arrays.toString(ModelExport.Format.values()).toLowerCase(Locale.ROOT)));
        ExperimentConfig config = ExperimentConfig.load(layout.config(), List.of());
        Dataset data = BuildData.build(config, options.datasets());
        try (Backend backend = Backends.open(config, options.threads())) {
            BuildModel built = load(config, data, layout, backend, events);
            ModelExport.write(
                    out,
                    wanted,
                    built.model(),
                    Optional.of(data.vocabulary().tokens()),
                    ModelExport.sample(built.model().config()));
        }
        return out;
    }

    /** The model with the weights of the run's last checkpoint. */
    private BuildModel load(ExperimentConfig config, Dataset data, RunLayout layout, Backend backend, RunEvents events)
            throws IOException {
        if (config.pretrained().isPresent()) {
            return BuildModel.load(layout.model(), data, backend); // the run's own copy
        }
        BuildModel built = BuildModel.build(config, data, backend);
        Checkpoints checkpoints = new Checkpoints(layout.checkpoints(), files, backend);
        Checkpoints.Found last = checkpoints
                .latest(events::onWarning)
                .orElseThrow(() -> new IllegalArgumentException(
                        layout.checkpoints() + " has no whole checkpoint; run the experiment again with --force"));
        checkpoints.load(last.file(), built.parameters());
        return built;
    }
}
