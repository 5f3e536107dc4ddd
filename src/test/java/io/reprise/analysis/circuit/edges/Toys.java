package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Small models of every kind with random weights, biases and gains, and random prompts for them. */
final class Toys {
    static final int VOCABULARY = 13;
    private static final int D_MODEL = 12;
    private static final int D_HEAD = 4;

    /** {@code block}: attention, mlp or parallel. */
    enum Block {
        ATTENTION,
        MLP,
        PARALLEL
    }

    private Toys() {}

    static ModelConfig config(int layers, int heads, Block block, Normalization normalization, Positions positions) {
        return new ModelConfig(
                layers,
                D_MODEL,
                heads,
                D_HEAD,
                block == Block.ATTENTION ? 0 : 10,
                VOCABULARY,
                8,
                Activation.GELU_NEW,
                normalization,
                1e-5,
                positions,
                positions == Positions.ROTARY ? 2 : 0,
                10000,
                block == Block.PARALLEL,
                false,
                Collections.nCopies(layers, 0),
                Collections.nCopies(layers, 0.5));
    }

    /** Without rotation, so that the plain computation needs none. */
    static ModelConfig learned(int layers, int heads, Block block, Normalization normalization) {
        return config(layers, heads, block, normalization, Positions.LEARNED);
    }

    /** The same with attention that looks everywhere alike: what it writes is linear in the values. */
    static ModelConfig unscaled(ModelConfig c) {
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
                c.parallelAttnMlp(),
                c.tiedUnembed(),
                c.attnWindows(),
                Collections.nCopies(c.nLayers(), 0.0));
    }

    static Parameters parameters(Backend backend, ModelConfig config, long seed) {
        Rng rng = Rng.of(seed);
        return Parameters.of(backend, config, (name, shape) -> {
            Rng own = rng.split(name);
            float[] values = new float[shape.size()];
            boolean gain = name.endsWith(".w");
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((gain ? 1 : 0) + 0.4 * own.nextGaussian());
            }
            return values;
        });
    }

    static Transformer model(Backend backend, ModelConfig config, long seed) {
        return new Transformer(backend, config, parameters(backend, config, seed));
    }

    /** Groups of the lengths given. */
    static PairSet pairs(int each, long seed, int... lengths) {
        Rng rng = Rng.of(seed);
        List<PairSet.Group> groups = new ArrayList<>();
        for (int length : lengths) {
            List<PromptPair> pairs = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                int answer = rng.nextInt(VOCABULARY);
                pairs.add(new PromptPair(
                        tokens(length, rng), tokens(length, rng), answer, (answer + 1 + rng.nextInt(5)) % VOCABULARY));
            }
            List<String> roles = IntStream.range(0, length)
                    .mapToObj(i -> i % 2 == 0 ? "x" : "sep")
                    .toList();
            groups.add(new PairSet.Group(roles, pairs));
        }
        return new PairSet("random", groups);
    }

    static PairSet swapped(PairSet pairs) {
        return new PairSet(
                pairs.name(),
                pairs.groups().stream()
                        .map(group -> new PairSet.Group(
                                group.roles(),
                                group.pairs().stream()
                                        .map(p -> new PromptPair(p.corrupt(), p.clean(), p.answer(), p.wrong()))
                                        .toList()))
                        .toList());
    }

    private static List<Integer> tokens(int length, Rng rng) {
        return IntStream.range(0, length).mapToObj(i -> rng.nextInt(VOCABULARY)).toList();
    }

    /** Each unit with probability {@code share}. */
    static Set<Unit> some(Universe universe, double share, Rng rng) {
        Set<Unit> some = new LinkedHashSet<>();
        for (Unit unit : universe.units()) {
            if (rng.nextDouble() < share) {
                some.add(unit);
            }
        }
        return some;
    }
}
