package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelSpec;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.Locale;

/** Step 3: the model, from the seed. */
record BuildModel(Transformer model, Parameters parameters) {
    static BuildModel build(ExperimentConfig config, Dataset data, Backend backend) {
        ModelConfig shape = config.model().config(data.vocabulary().size(), data.maxLength());
        double std = initStd(config.model(), shape);
        Parameters parameters = Parameters.initialise(
                backend, shape, std, Rng.of(config.modelSeed()).split("init"));
        return new BuildModel(new Transformer(backend, shape, parameters), parameters);
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
