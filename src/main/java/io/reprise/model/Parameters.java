package io.reprise.model;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * A model's weights held in memory by name, in the order of the forward pass. Names are TransformerLens's, except that q, k
 * and v are packed: {@code blocks.0.attn.W_QKV} [d_model, 3·heads·d_head]; {@code unembed.W_U} is stored [d_vocab, d_model].
 */
public final class Parameters implements ModelWeights, AutoCloseable {
    /** Names of the tables. */
    public static final String EMBED = "embed.W_E";

    public static final String POS_EMBED = "pos_embed.W_pos";
    public static final String UNEMBED = "unembed.W_U";

    private final Backend backend;
    private final ModelConfig config;
    private final Map<String, Tensor> byName;

    private Parameters(Backend backend, ModelConfig config, Map<String, Tensor> byName) {
        this.backend = backend;
        this.config = config;
        this.byName = Collections.unmodifiableMap(byName);
    }

    /** Every parameter's name and shape, in order. */
    public static Map<String, Shape> shapes(ModelConfig c) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        int width = c.nHeads() * c.dHead();
        shapes.put(EMBED, Shape.of(c.dVocab(), c.dModel()));
        if (c.positions() == ModelConfig.Positions.LEARNED) {
            shapes.put(POS_EMBED, Shape.of(c.nCtx(), c.dModel()));
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
            shapes.put(UNEMBED, Shape.of(c.dVocab(), c.dModel()));
        }
        return shapes;
    }

    /** @param values gives the numbers of the parameter with this name and shape */
    public static Parameters of(Backend backend, ModelConfig config, BiFunction<String, Shape, float[]> values) {
        return holding(backend, config, (name, shape) -> backend.upload(shape, values.apply(name, shape)));
    }

    /** @param tensors gives the tensor with this name and shape, which closes with these parameters */
    public static Parameters holding(Backend backend, ModelConfig config, BiFunction<String, Shape, Tensor> tensors) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        shapes(config).forEach((name, shape) -> {
            Tensor tensor = tensors.apply(name, shape);
            if (!tensor.shape().equals(shape)) {
                throw new IllegalArgumentException(
                        name + " is given as " + tensor.shape() + "; expected " + shape + " by the config");
            }
            byName.put(name, tensor);
        });
        return new Parameters(backend, config, byName);
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
    public Tensor embed(int[] ids) {
        return backend.embed(get(EMBED), ids);
    }

    @Override
    public Optional<Tensor> posEmbed(int length) {
        int[] positions = IntStream.range(0, length).toArray();
        return Optional.ofNullable(byName.get(POS_EMBED)).map(table -> backend.embed(table, positions));
    }

    @Override
    public BlockWeights block(int layer) {
        return BlockWeights.of(config, layer, this::get);
    }

    @Override
    public Optional<BlockWeights.Norm> lnFinal() {
        return config.hasLayerNorm()
                ? Optional.of(new BlockWeights.Norm(get("ln_final.w"), get("ln_final.b")))
                : Optional.empty();
    }

    @Override
    public Applied unembed(Tensor x) {
        return backend.linear(x, unembedding(), Layout.OUT_IN, Optional.empty(), Activation.NONE);
    }

    @Override
    public Tensor unembedRows(int[] ids) {
        return backend.rows(unembedding(), ids);
    }

    private Tensor unembedding() {
        return get(config.tiedUnembed() ? EMBED : UNEMBED);
    }

    @Override
    public void embedPullback(int[] ids, int length, Tensor cotangent, Gradients gradients) {
        Optional<Tensor> embed = gradients.of(get(EMBED));
        embed.ifPresent(sum -> backend.embedPullback(ids, cotangent, sum));
        Optional<Tensor> positions = Optional.ofNullable(byName.get(POS_EMBED)).flatMap(gradients::of);
        if (positions.isPresent()) {
            Tensor folded = backend.zeros(Shape.of(length, cotangent.shape().columns()));
            backend.addFolded(folded, cotangent);
            backend.embedPullback(IntStream.range(0, length).toArray(), folded, positions.get());
        }
    }

    @Override
    public void close() {
        byName.values().forEach(Tensor::close);
    }
}
