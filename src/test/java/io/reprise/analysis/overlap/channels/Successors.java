package io.reprise.analysis.overlap.channels;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.train.Checkpoints;
import io.reprise.train.Evaluation;
import io.reprise.train.LabeledBatch;
import io.reprise.train.Objective;
import io.reprise.train.TrainListener;
import io.reprise.train.TrainSpec;
import io.reprise.train.Trainer;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Small transformers that learn to go on with a, a + s, a + 2s, for steps s of 1 to 3 on a ring. */
final class Successors {
    static final int N = 12;
    static final List<Integer> TOKENS = IntStream.range(0, N).boxed().toList();
    private static final int STEPS = 400;

    private Successors() {}

    static ModelConfig shape(int layers, int width, int heads) {
        return ModelConfig.toy(
                layers,
                width,
                heads,
                width / heads,
                2 * width,
                N,
                4,
                Activation.RELU,
                Normalization.LAYER_NORM,
                Positions.LEARNED,
                false);
    }

    /** Weights belong to the caller's scope. */
    static Transformer trained(Backend backend, ModelConfig config, long seed, Path directory) throws IOException {
        Parameters parameters = Parameters.initialise(backend, config, 0.8 / Math.sqrt(config.dModel()), Rng.of(seed));
        Transformer model = new Transformer(backend, config, parameters);
        List<Example> all = new ArrayList<>();
        for (int a = 0; a < N; a++) {
            for (int s = 1; s <= 3; s++) {
                all.add(Example.ofTokens(a, (a + s) % N, (a + 2 * s) % N, (a + 3 * s) % N));
            }
        }
        LabeledBatch batch = LabeledBatch.of(Batch.of(all, 0), Objective.LAST_TOKEN);
        TrainSpec d = TrainSpec.defaults();
        TrainSpec spec = new TrainSpec(
                STEPS,
                all.size(),
                Objective.LAST_TOKEN,
                d.optimizer(),
                5e-3,
                d.beta1(),
                d.beta2(),
                d.epsilon(),
                d.weightDecay(),
                d.schedule(),
                d.clipNorm(),
                STEPS,
                STEPS,
                false,
                Optional.empty(),
                Optional.empty());
        new Trainer(
                        model,
                        parameters,
                        spec,
                        cursor -> batch,
                        () -> new Evaluation(1, 0),
                        new Checkpoints(directory, new AtomicFile(), backend),
                        new Silent())
                .run(Optional.empty());
        return model;
    }

    /** One step, the last token kept and another step in the corrupt prompt; or all three steps. */
    static PairSet prompts(String name, int... steps) {
        List<PromptPair> pairs = new ArrayList<>();
        for (int last = 0; last < N; last++) {
            for (int s : steps) {
                int other = s % 3 + 1;
                pairs.add(new PromptPair(prompt(last, s), prompt(last, other), (last + s) % N, (last + other) % N));
            }
        }
        return new PairSet(name, List.of(new PairSet.Group(List.of("x1", "x2", "x3"), pairs)));
    }

    private static List<Integer> prompt(int last, int step) {
        return List.of(Math.floorMod(last - 2 * step, N), Math.floorMod(last - step, N), last);
    }

    private static final class Silent implements TrainListener {
        @Override
        public void onStep(long step, double loss, double lr, long tokens) {}

        @Override
        public void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) {}

        @Override
        public void beforeCheckpoint(long step) {}
    }
}
