package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Every shape of toy, small and with odd sizes. Runs are of random weights, gains and biases included. */
record ToyShape(ModelConfig config) {
    private static final int VOCABULARY = 11;
    private static final int CONTEXT = 9;

    /** Weights are multiples of this, so that float32 also holds them after a step of a difference quotient. */
    private static final double GRID = 0x1p-16;

    static Stream<ToyShape> all() {
        List<ToyShape> shapes = new ArrayList<>();
        for (int layers = 0; layers <= 2; layers++) {
            for (String block : layers == 0 ? List.of("none") : List.of("attention", "mlp", "parallel")) {
                for (Normalization normalization : Normalization.values()) {
                    for (Positions positions : Positions.values()) {
                        for (boolean tied : new boolean[] {false, true}) {
                            shapes.add(of(layers, block, normalization, positions, tied));
                        }
                    }
                }
            }
        }
        return shapes.stream();
    }

    static Stream<ToyShape> withLayers() {
        return all().filter(shape -> shape.config.nLayers() > 0);
    }

    /** Each kind of block, norm, position and unembedding with each other once: few enough for slow checks. */
    static Stream<ToyShape> few() {
        return Stream.of(
                of(0, "none", Normalization.LAYER_NORM, Positions.LEARNED, true),
                of(0, "none", Normalization.NONE, Positions.NONE, false),
                of(1, "attention", Normalization.NONE, Positions.LEARNED, false),
                of(1, "attention", Normalization.LAYER_NORM, Positions.ROTARY, true),
                of(1, "mlp", Normalization.NONE, Positions.ROTARY, false),
                of(1, "parallel", Normalization.NONE, Positions.NONE, true),
                of(2, "attention", Normalization.LAYER_NORM, Positions.NONE, false),
                of(2, "mlp", Normalization.LAYER_NORM, Positions.LEARNED, true),
                of(2, "parallel", Normalization.LAYER_NORM, Positions.ROTARY, false));
    }

    static ToyShape of(int layers, String block, Normalization normalization, Positions positions, boolean tied) {
        boolean mlp = block.equals("mlp") || block.equals("parallel");
        int dHead = 3;
        return new ToyShape(new ModelConfig(
                layers,
                10,
                2,
                dHead,
                mlp ? 13 : 0,
                VOCABULARY,
                CONTEXT,
                tied ? Activation.GELU : Activation.GELU_NEW,
                normalization,
                1e-5,
                positions,
                positions == Positions.ROTARY ? 2 : 0,
                10000,
                block.equals("parallel"),
                tied,
                Collections.nCopies(layers, 0),
                Collections.nCopies(layers, 1 / Math.sqrt(dHead))));
    }

    /** Same numbers on every backend; the weights belong to the caller's scope. */
    Transformer random(Backend backend) {
        Rng rng = Rng.of(5);
        Parameters parameters = Parameters.of(backend, config, (name, shape) -> {
            Rng own = rng.split(name);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                double value = (name.endsWith(".w") ? 1 : 0) + 0.4 * own.nextGaussian();
                values[i] = (float) (Math.rint(value / GRID) * GRID);
            }
            return values;
        });
        return new Transformer(backend, config, parameters);
    }

    static Tokens tokens(int batch, int length, long seed) {
        Rng rng = Rng.of(seed);
        int[] ids = new int[batch * length];
        Arrays.setAll(ids, i -> rng.nextInt(VOCABULARY));
        return new Tokens(ids, batch, length);
    }

    static double[] gaussians(int count, Rng rng) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> rng.nextGaussian());
        return values;
    }

    static void assertSameBits(String what, double[] actual, double[] expected) {
        assertThat(Arrays.stream(expected).anyMatch(Double::isNaN))
                .as("%s has a NaN", what)
                .isFalse();
        assertThat(actual).as(what).isEqualTo(expected);
    }

    @Override
    public String toString() {
        String block = config.attnOnly() ? "attention" : config.parallelAttnMlp() ? "parallel" : "mlp";
        return config.nLayers() + " layers"
                + (config.nLayers() == 0 ? "" : ", " + block)
                + ", " + (config.hasLayerNorm() ? "layer norm" : "no norm")
                + ", positions " + config.positions()
                + (config.tiedUnembed() ? ", tied" : ", untied");
    }
}
