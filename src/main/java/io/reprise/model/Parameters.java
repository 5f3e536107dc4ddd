package io.reprise.model;

import io.reprise.backend.Backend;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A model's weights held in memory by name, in the order of the forward pass. Names are TransformerLens's, except that q, k
 * and v are packed: {@code blocks.0.attn.W_QKV} [d_model, 3·heads·d_head]; {@code unembed.W_U} is stored [d_vocab, d_model].
 */
public final class Parameters implements ModelWeights, AutoCloseable {
    private final ModelConfig config;
    private final Map<String, Tensor> byName;

    private Parameters(ModelConfig config, Map<String, Tensor> byName) {
        this.config = config;
        this.byName = Collections.unmodifiableMap(byName);
    }

    /** Every parameter's name and shape, in order. */
    public static Map<String, Shape> shapes(ModelConfig c) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        int width = c.nHeads() * c.dHead();
        shapes.put("embed.W_E", Shape.of(c.dVocab(), c.dModel()));
        if (c.positions() == ModelConfig.Positions.LEARNED) {
            shapes.put("pos_embed.W_pos", Shape.of(c.nCtx(), c.dModel()));
        }
        for (int layer = 0; layer < c.nLayers(); layer++) {
            String block = "blocks." + layer + ".";
            if (c.hasLayerNorm()) {
                shapes.put(block + "ln1.w", Shape.of(c.dModel()));
                shapes.put(block + "ln1.b", Shape.of(c.dModel()));
            }
            shapes.put(block + "attn.W_QKV", Shape.of(c.dModel(), 3 * width));
            shapes.put(block + "attn.b_QKV", Shape.of(3 * width));
            shapes.put(block + "attn.W_O", Shape.of(width, c.dModel()));
            shapes.put(block + "attn.b_O", Shape.of(c.dModel()));
            if (c.attnOnly()) {
                continue;
            }
            if (c.hasLayerNorm()) {
                shapes.put(block + "ln2.w", Shape.of(c.dModel()));
                shapes.put(block + "ln2.b", Shape.of(c.dModel()));
            }
            shapes.put(block + "mlp.W_in", Shape.of(c.dModel(), c.dMlp()));
            shapes.put(block + "mlp.b_in", Shape.of(c.dMlp()));
            shapes.put(block + "mlp.W_out", Shape.of(c.dMlp(), c.dModel()));
            shapes.put(block + "mlp.b_out", Shape.of(c.dModel()));
        }
        if (c.hasLayerNorm()) {
            shapes.put("ln_final.w", Shape.of(c.dModel()));
            shapes.put("ln_final.b", Shape.of(c.dModel()));
        }
        if (!c.tiedUnembed()) {
            shapes.put("unembed.W_U", Shape.of(c.dVocab(), c.dModel()));
        }
        return shapes;
    }

    /** @param values gives the numbers of the parameter with this name and shape */
    public static Parameters of(Backend backend, ModelConfig config, BiFunction<String, Shape, float[]> values) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        shapes(config).forEach((name, shape) -> byName.put(name, backend.upload(shape, values.apply(name, shape))));
        return new Parameters(config, byName);
    }

    /**
     * Normal weights with standard deviation {@code std}, norm gains 1, biases 0. Each parameter draws from a stream of its own
     * name, so that adding one changes no other.
     */
    public static Parameters initialise(Backend backend, ModelConfig config, double std, Rng rng) {
        return of(backend, config, (name, shape) -> {
            float[] values = new float[shape.size()];
            String leaf = name.substring(name.lastIndexOf('.') + 1);
            if (leaf.equals("w")) {
                java.util.Arrays.fill(values, 1f);
            } else if (leaf.startsWith("W")) {
                Rng own = rng.split(name);
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (std * own.nextGaussian());
                }
            }
            return values;
        });
    }

    public ModelConfig config() {
        return config;
    }

    /** Name → tensor, in order. */
    public Map<String, Tensor> byName() {
        return byName;
    }

    public Tensor get(String name) {
        Tensor tensor = byName.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter \"" + name + "\"; this model has " + byName.keySet());
        }
        return tensor;
    }

    /** Number of scalars. */
    public long count() {
        return byName.values().stream().mapToLong(t -> t.shape().size()).sum();
    }

    @Override
    public Tensor embed() {
        return get("embed.W_E");
    }

    @Override
    public Optional<Tensor> posEmbed() {
        return Optional.ofNullable(byName.get("pos_embed.W_pos"));
    }

    @Override
    public BlockWeights block(int layer) {
        String block = "blocks." + layer + ".";
        return new BlockWeights(
                norm(block + "ln1"),
                get(block + "attn.W_QKV"),
                Optional.of(get(block + "attn.b_QKV")),
                get(block + "attn.W_O"),
                Optional.of(get(block + "attn.b_O")),
                norm(block + "ln2"),
                config.attnOnly()
                        ? Optional.empty()
                        : Optional.of(new BlockWeights.Mlp(
                                get(block + "mlp.W_in"),
                                get(block + "mlp.b_in"),
                                get(block + "mlp.W_out"),
                                get(block + "mlp.b_out"))));
    }

    @Override
    public Optional<BlockWeights.Norm> lnFinal() {
        return norm("ln_final");
    }

    @Override
    public Tensor unembed() {
        return config.tiedUnembed() ? embed() : get("unembed.W_U");
    }

    private Optional<BlockWeights.Norm> norm(String name) {
        return Optional.ofNullable(byName.get(name + ".w")).map(gain -> new BlockWeights.Norm(gain, get(name + ".b")));
    }

    @Override
    public void close() {
        byName.values().forEach(Tensor::close);
    }
}
