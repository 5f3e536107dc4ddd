package io.reprise.experiment;

import io.reprise.analysis.probe.LabelledExample;
import io.reprise.analysis.probe.Part;
import io.reprise.analysis.probe.ProbeData;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.config.ProbeConfig;
import io.reprise.config.ResolvedConfig;
import io.reprise.model.Site;
import io.reprise.run.DataSummary;
import io.reprise.run.GitState;
import io.reprise.run.Machine;
import io.reprise.run.ProbeResults;
import io.reprise.run.Provenance;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunState;
import io.reprise.run.Secrets;
import io.reprise.text.Tokenizer;
import io.reprise.track.Publication;
import io.reprise.track.Tracker;
import io.reprise.track.Tracking;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A probe of a model on a file of labelled examples, as a run: with a directory of its own, provenance, a report, MLflow, and
 * checkpoints where blocks are fine-tuned.
 */
public final class ProbeRun {
    private static final int DIGEST_LENGTH = 32;

    private final Clock clock;
    private final AtomicFile files;
    private final GitState git;
    private final List<String> command;

    public ProbeRun(Clock clock, AtomicFile files, GitState git, List<String> command) {
        this.clock = clock;
        this.files = files;
        this.git = git;
        this.command = List.copyOf(command);
    }

    /**
     * @param out the run directory; the usual place below {@code options.runs()} if empty
     * @throws IllegalArgumentException for what the user can mend
     */
    public ProbeOutcome run(ProbeConfig config, RunOptions options, Optional<Path> out, RunEvents events)
            throws IOException {
        ResolvedConfig resolved = ResolvedConfig.of(config);
        String name = config.name().orElseGet(() -> nameOf(config.examples().orElseThrow()));
        Path directory = out.orElseGet(() -> RunLayout.locate(options.runs(), name, resolved.hash(), config.seed()));
        Stopwatch watch = new Stopwatch(clock);
        BackendChoice backend = config.backend().orElse(BackendChoice.CPU);
        try (OpenModel model = OpenModel.open(
                Path.of(config.model().orElseThrow()), backend, options.threads(), false, events::onNote)) {
            List<Site> sites = sites(config, model);
            Optional<Tokenizer> tokenizer = model.tokenizer();
            ProbeData data = ExampleFile.read(Path.of(config.examples().orElseThrow()), tokenizer, true)
                    .data(config.split(), config.seed());
            DataSummary summary = summary(data, model);
            RunDirectory.Inspection found = RunDirectory.inspect(directory);
            if (found.state() == RunState.FINISHED && !options.force()) {
                return finished(directory, summary);
            }
            try (RunDirectory run = Experiment.claim(directory, found, options, clock, files)) {
                try {
                    ProbePipeline pipeline =
                            new ProbePipeline(name, config, resolved, options, model, sites, data, summary, run, clock);
                    return work(pipeline, name, config, resolved, options, model, summary, run, events, watch);
                } catch (IOException | RuntimeException e) {
                    run.fail(String.valueOf(e.getMessage()));
                    throw e;
                }
            }
        }
    }

    private ProbeOutcome work(
            ProbePipeline pipeline,
            String name,
            ProbeConfig config,
            ResolvedConfig resolved,
            RunOptions options,
            OpenModel model,
            DataSummary summary,
            RunDirectory run,
            RunEvents events,
            Stopwatch watch)
            throws IOException {
        run.files().write(run.layout().config(), Secrets.redact(resolved.yaml()));
        Provenance provenance = Provenance.collect(
                clock,
                command,
                git,
                Machine.here(),
                model.model().backend().name(),
                model.model().backend().description(),
                options.threads(),
                summary.digests());
        run.writeProvenance(provenance);
        Optional<Tracking> tracking = Publish.start(name, config, resolved, run, provenance, clock, events::onWarning);
        try {
            watch.lap("open");
            ProbePipeline.Done done = pipeline.run(
                    events, (step, at, values) -> tracking.ifPresent(t -> t.metrics(step, at, values)), watch);
            tracking.ifPresent(t -> t.finish(Tracker.Outcome.FINISHED));
            return new ProbeOutcome(
                    run.layout().root(),
                    done.probe(),
                    run.layout().report(),
                    tracking.flatMap(Tracking::await).map(Publication::uri).map(Pipeline::words),
                    false);
        } catch (IOException | RuntimeException e) {
            tracking.ifPresent(t -> t.finish(Tracker.Outcome.FAILED));
            throw e;
        } finally {
            tracking.ifPresent(Tracking::close);
        }
    }

    private static ProbeOutcome finished(Path directory, DataSummary now) throws IOException {
        RunLayout layout = RunDirectory.openFinished(directory);
        Map<String, String> before = Provenance.read(layout.provenance()).dataDigests();
        if (!before.equals(new TreeMap<>(now.digests()))) {
            throw new IllegalArgumentException(
                    directory + " has this probe on other examples or another model, which have changed since;"
                            + " do it again with --force, or choose another place with --out");
        }
        return new ProbeOutcome(
                directory, ProbeResults.read(layout.probes()).probes().get(0), layout.report(), Optional.empty(), true);
    }

    private static List<Site> sites(ProbeConfig config, OpenModel model) {
        if (!config.sites().isEmpty()) {
            return config.sites().stream()
                    .map(name -> model.directory().site(name))
                    .toList();
        }
        int layers = model.model().config().nLayers();
        return List.of(layers == 0 ? Site.of(Site.Kind.EMBED) : Site.of(Site.Kind.RESID_POST, layers - 1));
    }

    private static String nameOf(String examples) {
        String stem = String.valueOf(Path.of(examples).getFileName()).replaceFirst("\\.[^.]*$", "");
        String clean = stem.replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[^A-Za-z0-9]+", "");
        return clean.isEmpty() ? "probe" : clean;
    }

    private static DataSummary summary(ProbeData data, OpenModel model) throws IOException {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        Map<String, String> digests = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            sizes.put(part.key(), data.examples(part).size());
            digests.put(part.key(), digest(data.examples(part)));
        }
        digests.put("model", digest(model.path()));
        return new DataSummary(sizes, digests, model.model().config().dVocab(), Map.of(), List.of());
    }

    private static String digest(List<LabelledExample> examples) {
        MessageDigest sha = sha256();
        for (LabelledExample example : examples) {
            sha.update((example.label() + "\0" + example.group() + "\0").getBytes(StandardCharsets.UTF_8));
            for (int token : example.tokens()) {
                sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(token).array());
            }
            sha.update((byte) '\n');
        }
        return HexFormat.of().formatHex(sha.digest()).substring(0, DIGEST_LENGTH);
    }

    /** Of names, sizes and the first MiB of each file: reading all of a large model twice would take longer than the probe. */
    private static String digest(Path model) throws IOException {
        MessageDigest sha = sha256();
        List<Path> own;
        try (var entries = Files.list(model)) {
            own = entries.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : own) {
            sha.update((file.getFileName() + "\0" + Files.size(file) + "\0").getBytes(StandardCharsets.UTF_8));
            try (var in = Files.newInputStream(file)) {
                sha.update(in.readNBytes(1 << 20));
            }
        }
        return HexFormat.of().formatHex(sha.digest()).substring(0, DIGEST_LENGTH);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
