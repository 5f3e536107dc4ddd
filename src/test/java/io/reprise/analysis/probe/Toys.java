package io.reprise.analysis.probe;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/** Small models and labelled sequences. */
final class Toys {
    static final ModelConfig CONFIG = ModelConfig.toy(
            2,
            8,
            2,
            4,
            12,
            11,
            6,
            Activation.GELU_NEW,
            ModelConfig.Normalization.LAYER_NORM,
            ModelConfig.Positions.LEARNED,
            false);

    private Toys() {}

    static Parameters parameters(Backend backend, long seed) {
        return Parameters.initialise(backend, CONFIG, 0.4, Rng.of(seed));
    }

    /** Sequences of 2 to 6 tokens; the label says whether the last token is in the upper half. */
    static List<LabelledExample> sequences(int count, long seed) {
        Rng rng = Rng.of(seed);
        List<LabelledExample> examples = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            int[] tokens = new int[2 + rng.nextInt(5)];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = rng.nextInt(CONFIG.dVocab());
            }
            String label = tokens[tokens.length - 1] > 5 ? "high" : "low";
            examples.add(new LabelledExample(tokens, label, "", "line " + (n + 1)));
        }
        return examples;
    }

    static ProbeData data(int count, long seed) {
        return ProbeData.split(sequences(count, seed), ProbeData.Shares.defaults(), seed);
    }
}
