package io.reprise.analysis.circuit.nodes;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Golden;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Small models of every kind of block, and random prompts for them. */
final class Models {
    private Models() {}

    static Stream<String> names() {
        return Stream.of("gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential", "attention-only");
    }

    static Transformer open(String name, Backend backend) throws IOException {
        if (name.equals("attention-only")) {
            return toy(backend, 2, 0);
        }
        try (Golden golden = new Golden(name)) {
            Parameters parameters = ModelDirectory.load(golden.directory(), backend);
            return new Transformer(backend, parameters.config(), parameters);
        }
    }

    /** Random weights; the MLP is {@code dMlp} wide. */
    static Transformer toy(Backend backend, int layers, int dMlp) {
        ModelConfig config = ModelConfig.toy(
                layers,
                12,
                3,
                4,
                dMlp,
                31,
                12,
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false);
        Rng rng = Rng.of(3);
        return new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
            Rng own = rng.split(name);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((name.endsWith(".w") ? 1 : 0) + 0.5 * own.nextGaussian());
            }
            return values;
        }));
    }

    /** Two groups, of 5 and 7 tokens; two positions of the longer share a role. */
    static PairSet pairs(int vocabulary, int prompts) {
        return new PairSet(
                "random",
                List.of(
                        new PairSet.Group(List.of("x1", "sep", "x2", "sep", "x3"), pairs(vocabulary, prompts, 5)),
                        new PairSet.Group(
                                List.of("bos", "x1", "sep", "x2", "x2", "sep", "x3"),
                                pairs(vocabulary, prompts - 1, 7))));
    }

    static List<PromptPair> pairs(int vocabulary, int prompts, int length) {
        Rng rng = Rng.of(length);
        return IntStream.range(0, prompts)
                .mapToObj(i -> {
                    int answer = rng.nextInt(vocabulary);
                    return new PromptPair(
                            tokens(rng, vocabulary, length),
                            tokens(rng, vocabulary, length),
                            answer,
                            (answer + 1 + rng.nextInt(vocabulary - 1)) % vocabulary);
                })
                .toList();
    }

    private static List<Integer> tokens(Rng rng, int vocabulary, int length) {
        return IntStream.range(0, length).mapToObj(i -> rng.nextInt(vocabulary)).toList();
    }
}
