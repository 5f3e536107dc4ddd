package io.reprise.model;

import io.reprise.tensor.Tensor;
import java.util.Optional;
import java.util.function.Function;

/**
 * The weights of one block. All matrices are [in, out].
 *
 * @param ln1 norm before attention
 * @param qkvWeight [d_model, 3·heads·d_head], columns q | k | v, each head by head
 * @param qkvBias [3·heads·d_head]
 * @param outWeight W_O [heads·d_head, d_model]
 * @param outBias [d_model]
 * @param ln2 norm before the MLP
 * @param mlp absent in attention-only models
 */
public record BlockWeights(
        Optional<Norm> ln1,
        Tensor qkvWeight,
        Optional<Tensor> qkvBias,
        Tensor outWeight,
        Optional<Tensor> outBias,
        Optional<Norm> ln2,
        Optional<Mlp> mlp) {

    /** Gain and bias of a layer norm, [d_model] each. */
    public record Norm(Tensor gain, Tensor bias) {}

    /**
     * @param inWeight [d_model, d_mlp]
     * @param inBias [d_mlp]
     * @param outWeight [d_mlp, d_model]
     * @param outBias [d_model]
     */
    public record Mlp(Tensor inWeight, Tensor inBias, Tensor outWeight, Tensor outBias) {}

    /**
     * The weights of a block by the names of {@link Parameters}.
     *
     * @param get gives the parameter with this name
     */
    public static BlockWeights of(ModelConfig config, int layer, Function<String, Tensor> get) {
        String block = "blocks." + layer + ".";
        Function<String, Optional<Norm>> norm = name -> config.hasLayerNorm()
                ? Optional.of(new Norm(get.apply(block + name + ".w"), get.apply(block + name + ".b")))
                : Optional.empty();
        return new BlockWeights(
                norm.apply("ln1"),
                get.apply(block + "attn.W_QKV"),
                Optional.of(get.apply(block + "attn.b_QKV")),
                get.apply(block + "attn.W_O"),
                Optional.of(get.apply(block + "attn.b_O")),
                config.attnOnly() ? Optional.empty() : norm.apply("ln2"),
                config.attnOnly()
                        ? Optional.empty()
                        : Optional.of(new Mlp(
                                get.apply(block + "mlp.W_in"),
                                get.apply(block + "mlp.b_in"),
                                get.apply(block + "mlp.W_out"),
                                get.apply(block + "mlp.b_out"))));
    }
}
