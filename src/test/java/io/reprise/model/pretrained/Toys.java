package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small models of every kind, with no weight at a value that would hide a mistake. */
final class Toys {
    private Toys() {}

    /** Models that GPT-2 can hold. */
    static Map<String, ModelConfig> gpt2() {
        Map<String, ModelConfig> toys = new LinkedHashMap<>();
        toys.put("mlp", toy(2, 4, 8, 40, Activation.GELU_NEW, Normalization.LAYER_NORM, Positions.LEARNED, false));
        toys.put("tied", toy(1, 2, 16, 128, Activation.GELU, Normalization.LAYER_NORM, Positions.LEARNED, true));
        toys.put(
                "attention-only", toy(2, 4, 8, 0, Activation.RELU, Normalization.LAYER_NORM, Positions.LEARNED, false));
        toys.put("no-positions", toy(1, 4, 8, 24, Activation.RELU, Normalization.LAYER_NORM, Positions.NONE, true));
        toys.put(
                "one-narrow-head",
                toy(1, 1, 8, 0, Activation.RELU, Normalization.LAYER_NORM, Positions.LEARNED, false));
        toys.put(
                "three-of-four-heads",
                toy(2, 3, 8, 16, Activation.NONE, Normalization.LAYER_NORM, Positions.NONE, false));
        toys.put("no-layer", toy(0, 4, 8, 0, Activation.RELU, Normalization.LAYER_NORM, Positions.LEARNED, false));
        toys.put("scaled-by-layer", scales(toys.get("mlp"), List.of(1 / Math.sqrt(8), 1 / Math.sqrt(8) / 2)));
        toys.put("unscaled", scales(toys.get("mlp"), List.of(1.0, 1.0)));
        return toys;
    }

    /** Models that only a TransformerLens state dict can hold. */
    static Map<String, ModelConfig> transformerLensOnly() {
        Map<String, ModelConfig> toys = new LinkedHashMap<>();
        toys.put("no-norm", toy(1, 2, 16, 24, Activation.RELU, Normalization.NONE, Positions.LEARNED, false));
        toys.put("no-norm-no-positions", toy(2, 2, 16, 0, Activation.RELU, Normalization.NONE, Positions.NONE, true));
        toys.put("rotary", toy(2, 4, 8, 24, Activation.GELU, Normalization.LAYER_NORM, Positions.ROTARY, false));
        toys.put(
                "wide-heads",
                toy(1, 3, 24, 24, Activation.GELU_NEW, Normalization.LAYER_NORM, Positions.LEARNED, false));
        toys.put("odd-heads", toy(1, 2, 11, 0, Activation.RELU, Normalization.NONE, Positions.ROTARY, false));
        ModelConfig mlp = gpt2().get("mlp");
        toys.put("windows", windows(mlp, List.of(0, 5), false));
        toys.put("parallel", windows(mlp, List.of(0, 0), true));
        toys.put("own-scale", scales(mlp, List.of(0.25, 0.25)));
        return toys;
    }

    static ModelConfig toy(
            int layers,
            int heads,
            int dHead,
            int dMlp,
            Activation act,
            Normalization normalization,
            Positions positions,
            boolean tied) {
        return ModelConfig.toy(layers, 32, heads, dHead, dMlp, 61, 24, act, normalization, positions, tied);
    }

    static ModelConfig scales(ModelConfig c, List<Double> scales) {
        return change(c, c.attnWindows(), scales, c.parallelAttnMlp());
    }

    static ModelConfig windows(ModelConfig c, List<Integer> windows, boolean parallel) {
        return change(c, windows, c.attnScales(), parallel);
    }

    private static ModelConfig change(ModelConfig c, List<Integer> windows, List<Double> scales, boolean parallel) {
        return new ModelConfig(
                c.nLayers(),
                c.dModel(),
                c.nHeads(),
                c.dHead(),
                c.dMlp(),
                c.dVocab(),
                c.nCtx(),
                c.actFn(),
                c.normalization(),
                c.eps(),
                c.positions(),
                c.rotaryDim(),
                c.rotaryBase(),
                parallel,
                c.tiedUnembed(),
                windows,
                scales);
    }

    /** Every weight random, gains around 1 included. */
    static Transformer random(Backend backend, ModelConfig config) {
        Rng rng = Rng.of(3);
        Parameters parameters = Parameters.of(backend, config, (name, shape) -> {
            Rng own = rng.split(name);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((name.endsWith(".w") ? 1 : 0) + 0.2 * own.nextGaussian());
            }
            return values;
        });
        return new Transformer(backend, config, parameters);
    }

    static List<String> vocabulary(ModelConfig config) {
        return Collections.unmodifiableList(
                new java.util.ArrayList<>(java.util.stream.IntStream.range(0, config.dVocab())
                        .mapToObj(id -> "t" + id)
                        .toList()));
    }
}
