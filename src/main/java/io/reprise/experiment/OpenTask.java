package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.text.Tokenizer;
import io.reprise.text.VocabularyTokenizer;
import io.reprise.train.Checkpoints;
import io.reprise.weights.AtomicFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A model with what is known of its task. A run's is built from its config and last checkpoint, as its own analyses have it: a
 * model directory may pad it with parts that do nothing. Any other is opened as {@link OpenModel} does.
 */
final class OpenTask implements Closeable {
    private final Path path;
    private final Transformer model;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<String> fingerprint;
    private final Optional<Run> run;
    private final List<Closeable> opened = new ArrayList<>();

    /** What a run knows. */
    private record Run(RunLayout layout, Dataset data, BuildModel built, Checkpoints checkpoints, double initStd) {}

    private OpenTask(
            Path path,
            Transformer model,
            Optional<Tokenizer> tokenizer,
            Optional<String> fingerprint,
            Optional<Run> run,
            List<Closeable> opened) {
        this.path = path;
        this.model = model;
        this.tokenizer = tokenizer;
        this.fingerprint = fingerprint;
        this.run = run;
        this.opened.addAll(opened);
    }

    /**
     * @param path a model directory, or the directory of a finished run
     * @param datasets where the series of a run's task are
     */
    static OpenTask open(Path path, Path datasets, Arithmetic arithmetic, boolean stream, Consumer<String> notes)
            throws IOException {
        RunLayout layout = new RunLayout(path);
        boolean ofRun = Files.exists(layout.config()) && !Files.exists(path.resolve("probe.json"));
        if (!ofRun) {
            return plain(path, arithmetic, stream, notes);
        }
        RunDirectory.openFinished(path);
        ExperimentConfig config = ExperimentConfig.load(layout.config(), List.of());
        Dataset data = BuildData.build(config, datasets);
        Backend backend = Backends.open(arithmetic);
        try {
            Checkpoints checkpoints = new Checkpoints(layout.checkpoints(), new AtomicFile(), backend);
            BuildModel built = BuildModel.ofRun(config, data, layout, backend, notes);
            double std = config.pretrained().isPresent()
                    ? BuildModel.initStd(built.model().config())
                    : BuildModel.initStd(config.model(), built.model().config());
            return new OpenTask(
                    path,
                    built.model(),
                    Optional.of(new VocabularyTokenizer(data.vocabulary())),
                    fingerprint(layout.model()),
                    Optional.of(new Run(layout, data, built, checkpoints, std)),
                    List.of(built.parameters()::close, backend::close));
        } catch (IOException | RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    private static OpenTask plain(Path path, Arithmetic arithmetic, boolean stream, Consumer<String> notes)
            throws IOException {
        OpenModel open = OpenModel.open(path, arithmetic, stream, notes);
        try {
            return new OpenTask(
                    path,
                    open.model(),
                    open.tokenizer(),
                    Optional.of(open.directory().fingerprint()),
                    Optional.empty(),
                    List.of(open));
        } catch (IOException | RuntimeException | Error e) {
            open.close();
            throw e;
        }
    }

    private static Optional<String> fingerprint(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            return Optional.of(model.fingerprint());
        }
    }

    /** As it was given. */
    Path path() {
        return path;
    }

    Transformer model() {
        return model;
    }

    Optional<Tokenizer> tokenizer() {
        return tokenizer;
    }

    Optional<String> fingerprint() {
        return fingerprint;
    }

    /** Of a run: all its task's examples. */
    Optional<Dataset> data() {
        return run.map(Run::data);
    }

    /** Standard deviation of the weights that training began with, or could have. */
    double initStd() {
        return run.map(Run::initStd).orElseGet(() -> BuildModel.initStd(model.config()));
    }

    /** What happens at a step. */
    @FunctionalInterface
    interface AtStep {
        /** @param model with the step's weights; another one's at the next step */
        void at(long step, Transformer model) throws IOException;
    }

    /**
     * The checkpoints that are left, the oldest first.
     *
     * @throws IllegalArgumentException if there are none
     */
    List<Checkpoints.Found> checkpoints(Consumer<String> warn) throws IOException {
        Run known = run.orElseThrow(() -> new IllegalArgumentException(path
                + " is no run directory, so it has no checkpoints; give one like runs/quickstart/5f3a91c2/seed-42"));
        List<Checkpoints.Found> all = known.checkpoints().all(warn);
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    known.layout().checkpoints()
                            + " has no whole checkpoint; train with train.keep_log_spaced=true, which keeps steps 1, 2, 4, 8, …");
        }
        return all;
    }

    /** Visits checkpoints, and gives the model its last weights back. */
    void visit(List<Checkpoints.Found> some, AtStep visitor) throws IOException {
        Run known = run.orElseThrow();
        for (Checkpoints.Found each : some) {
            known.checkpoints().load(each.file(), known.built().parameters());
            visitor.at(each.state().step(), known.built().model());
        }
        known.checkpoints().load(some.get(some.size() - 1).file(), known.built().parameters());
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : opened) {
            each.close();
        }
    }
}
