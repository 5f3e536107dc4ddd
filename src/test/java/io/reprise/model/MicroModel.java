package io.reprise.model;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import java.util.Map;

/** One attention-only block of two heads of width 1 on a residual stream of width 2: small enough to work out on paper. */
final class MicroModel {
    private MicroModel() {}

    static ModelConfig config(int vocabulary, Normalization normalization) {
        return ModelConfig.toy(1, 2, 2, 1, 0, vocabulary, 4, Activation.NONE, normalization, Positions.NONE, false);
    }

    /** Weights that are not given are 0, gains 1; {@code attn.W_QKV} has columns q0 q1 k0 k1 v0 v1. */
    static Transformer of(Backend backend, ModelConfig config, Map<String, float[]> given) {
        return new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
            float[] values = new float[shape.size()];
            if (name.endsWith(".w")) {
                java.util.Arrays.fill(values, 1);
            }
            return given.getOrDefault(name, values);
        }));
    }
}
