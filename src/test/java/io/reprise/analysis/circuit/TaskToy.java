package io.reprise.analysis.circuit;

import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/** A one-layer transformer of random weights: 4 heads and an MLP, and prompts for it. */
public final class TaskToy {
    private static final int VOCABULARY = 13;

    private TaskToy() {}

    /** Its answers are what the model says itself, so that it has something to lose. */
    public static NodeModel nodes(Backend backend, Metric metric, Ablation.Kind ablation) {
        ModelConfig config = ModelConfig.toy(
                1,
                16,
                4,
                4,
                24,
                VOCABULARY,
                8,
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false);
        Rng rng = Rng.of(8);
        Transformer model = new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
            Rng own = rng.split(name);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((name.endsWith(".w") ? 1 : 0) + 0.5 * own.nextGaussian());
            }
            return values;
        }));
        PairSet asked = pairs(List.of());
        NodeModel questions = new NodeModel(model, asked, Metric.PROBABILITY, Ablation.of(ablation));
        List<Integer> answers = new ArrayList<>();
        for (double[] logits : questions.logits(questions.universe().all())) {
            answers.add(Readout.largest(logits));
        }
        return new NodeModel(model, pairs(answers), metric, Ablation.of(ablation));
    }

    private static PairSet pairs(List<Integer> answers) {
        Rng rng = Rng.of(4);
        List<PromptPair> pairs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int answer = answers.isEmpty() ? 0 : answers.get(i);
            pairs.add(new PromptPair(
                    tokens(rng), tokens(rng), answer, (answer + 1 + rng.nextInt(VOCABULARY - 1)) % VOCABULARY));
        }
        return new PairSet("toy", List.of(new PairSet.Group(List.of("x1", "x2", "x3", "x4", "end"), pairs)));
    }

    private static List<Integer> tokens(Rng rng) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tokens.add(rng.nextInt(VOCABULARY));
        }
        return tokens;
    }
}
