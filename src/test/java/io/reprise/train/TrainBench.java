package io.reprise.train;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Steps per second of the product's own training step (gradient step and Adam, as {@link Trainer} calls them) on the shapes of
 * a PyTorch script: one pre-norm block, learned positions, tanh GELU, untied head, next-token loss, sixteen batches drawn
 * beforehand. Prints one JSON object; the figure is the median of five rounds.
 *
 * <pre>TrainBench d_model=64 heads=4 d_mlp=256 vocab=64 seq=12 batch=64 steps=300 threads=2</pre>
 */
public final class TrainBench {
    private static final int BATCHES = 16;
    private static final int ROUNDS = 5;
    /** Longer than the script's 30 steps: the JIT compiles while it runs, ahead-of-time code does not. */
    private static final double WARM_UP_SECONDS = 8;

    private TrainBench() {}

    public static void main(String[] args) {
        Map<String, Integer> shape = new HashMap<>(Map.of(
                "d_model", 64, "heads", 4, "d_mlp", 256, "vocab", 64, "seq", 12, "batch", 64, "steps", 300, "threads",
                2));
        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            if (pair.length != 2 || shape.replace(pair[0], Integer.valueOf(pair[1])) == null) {
                throw new IllegalArgumentException(arg + " is unknown; choose from " + shape.keySet());
            }
        }
        int dModel = shape.get("d_model");
        ModelConfig config = ModelConfig.toy(
                1,
                dModel,
                shape.get("heads"),
                dModel / shape.get("heads"),
                shape.get("d_mlp"),
                shape.get("vocab"),
                shape.get("seq"),
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false);
        try (Backend backend = new CpuBackend(shape.get("threads"));
                Parameters parameters = Parameters.initialise(backend, config, 0.1, Rng.of(0));
                AdamOptimizer adam = new AdamOptimizer(backend, parameters.byName(), TrainSpec.defaults());
                GradientStep gradients = new GradientStep(new Transformer(backend, config, parameters), parameters)) {
            List<LabeledBatch> batches = batches(shape);
            long[] step = {0};
            Runnable one = () -> {
                gradients.run(batches.get((int) (step[0] % BATCHES)));
                step[0]++;
                backend.parallel(
                        gradients.names().size(),
                        i -> adam.step(gradients.names().get(i), gradients.gradient(i), 1e-3, 1, step[0]));
            };
            long end = System.nanoTime() + (long) (WARM_UP_SECONDS * 1e9);
            while (System.nanoTime() < end) {
                one.run();
            }
            double[] rates = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                for (int i = 0; i < shape.get("steps"); i++) {
                    one.run();
                }
                rates[round] = shape.get("steps") / ((System.nanoTime() - start) / 1e9);
            }
            Arrays.sort(rates);
            System.out.printf(
                    Locale.ROOT,
                    "{\"ours\": \"%s\", \"java\": \"%s\", \"config\": \"%s\", \"steps_per_s\": %.2f, \"all\": %s}%n",
                    backend.description(),
                    Runtime.version(),
                    shape,
                    rates[ROUNDS / 2],
                    Arrays.toString(rates));
        }
    }

    private static List<LabeledBatch> batches(Map<String, Integer> shape) {
        Rng rng = Rng.of(1);
        List<LabeledBatch> batches = new ArrayList<>();
        for (int b = 0; b < BATCHES; b++) {
            List<Example> examples = new ArrayList<>();
            for (int n = 0; n < shape.get("batch"); n++) {
                int[] tokens = new int[shape.get("seq")];
                Arrays.setAll(tokens, i -> rng.nextInt(shape.get("vocab")));
                examples.add(Example.ofTokens(tokens));
            }
            batches.add(LabeledBatch.of(Batch.of(examples, 0), Objective.NEXT_TOKEN));
        }
        return batches;
    }
}
