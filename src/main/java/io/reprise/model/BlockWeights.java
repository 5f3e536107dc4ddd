package io.reprise.model;

import io.reprise.backend.Backend;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
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

    /** The same block with the queries, keys and values of some heads only, in this order; in the caller's scope. */
    BlockWeights withHeads(Backend backend, ModelConfig config, int[] heads) {
        int dHead = config.dHead();
        List<Tensor> columns = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            for (int i = 0, end; i < heads.length; i = end) {
                for (end = i + 1; end < heads.length && heads[end] == heads[end - 1] + 1; ) {
                    end++;
                }
                int from = (part * config.nHeads() + heads[i]) * dHead;
                columns.add(backend.columns(qkvWeight, from, from + (end - i) * dHead));
            }
        }
        Optional<Tensor> bias = qkvBias.map(all -> {
            double[] from = backend.downloadDoubles(all);
            double[] to = new double[3 * heads.length * dHead];
            for (int block = 0; block < 3 * heads.length; block++) {
                int head = block / heads.length * config.nHeads() + heads[block % heads.length];
                System.arraycopy(from, head * dHead, to, block * dHead, dHead);
            }
            return backend.upload(Shape.of(to.length), to);
        });
        return new BlockWeights(ln1, backend.joinColumns(columns), bias, outWeight, outBias, ln2, mlp);
    }
}
