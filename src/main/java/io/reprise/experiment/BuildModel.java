package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelSpec;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.run.RunLayout;
import io.reprise.tensor.Rng;
import io.reprise.train.Checkpoints;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Step 3: the model, from the seed or from a directory. */
record BuildModel(Transformer model, Parameters parameters) {
    static BuildModel build(ExperimentConfig config, Dataset data, Backend backend) {
        ModelConfig shape = config.model().config(data.vocabulary().size(), data.maxLength());
        double std = initStd(config.model(), shape);
        Parameters parameters = Parameters.initialise(
                backend, shape, std, Rng.of(config.modelSeed()).split("init"));
        return new BuildModel(new Transformer(backend, shape, parameters), parameters);
    }

    /**
     * The model of a directory, for a task whose tokens it knows.
     *
     * @throws IllegalArgumentException if its tokens are not the task's, or its context is too short
     */
    static BuildModel load(Path directory, Dataset data, Backend backend) throws IOException {
        try (ModelDirectory model = ModelDirectory.open(directory)) {
            List<String> tokens = model.vocabulary()
                    .orElseThrow(() -> new IllegalArgumentException("pretrained = " + directory
                            + " has no vocabulary.json, so its tokens cannot be told to be the task's; write one"));
            if (!tokens.equals(data.vocabulary().tokens())) {
                throw new IllegalArgumentException("pretrained = " + directory + " has the tokens " + some(tokens)
                        + ", the task has " + some(data.vocabulary().tokens())
                        + "; give the task the model was trained on (task.values, task.vocabulary)");
            }
            if (data.maxLength() > model.config().nCtx()) {
                throw new IllegalArgumentException("pretrained = " + directory + " sees at most n_ctx = "
                        + model.config().nCtx() + " tokens, and the task's longest sequence has " + data.maxLength()
                        + "; shorten task.length");
            }
            Parameters parameters = model.parameters(backend);
            return new BuildModel(new Transformer(backend, model.config(), parameters), parameters);
        }
    }

    /** A finished run's model: its config with the weights of the last checkpoint, or the copy of a pretrained one. */
    static BuildModel ofRun(
            ExperimentConfig config, Dataset data, RunLayout layout, Backend backend, Consumer<String> warn)
            throws IOException {
        Checkpoints checkpoints = new Checkpoints(layout.checkpoints(), new AtomicFile(), backend);
        Optional<Checkpoints.Found> last = checkpoints.latest(warn);
        if (config.pretrained().isPresent() || last.isEmpty()) {
            return load(layout.model(), data, backend);
        }
        BuildModel built = build(config, data, backend);
        checkpoints.load(last.get().file(), built.parameters());
        return built;
    }

    private static String some(List<String> tokens) {
        int shown = Math.min(tokens.size(), 16);
        return String.join(" ", tokens.subList(0, shown)) + (shown < tokens.size() ? " …" : "") + " (" + tokens.size()
                + ")";
    }

    /** Standard deviation of the first weights. */
    static double initStd(ModelSpec spec, ModelConfig shape) {
        return spec.initStd().orElse(initStd(shape));
    }

    /** That of a model whose settings do not say. */
    static double initStd(ModelConfig shape) {
        return 0.8 / Math.sqrt(shape.dModel());
    }

    /** For people: {@code 1 layer, 2 heads, d_model 64, d_mlp 256}. */
    static String words(ModelConfig c) {
        return String.format(
                Locale.ROOT,
                "%d layer%s, %d head%s, d_model %d, %s",
                c.nLayers(),
                c.nLayers() == 1 ? "" : "s",
                c.nHeads(),
                c.nHeads() == 1 ? "" : "s",
                c.dModel(),
                c.attnOnly() ? "attention-only" : "d_mlp " + c.dMlp());
    }
}
