package io.reprise.model;

import io.reprise.tensor.Tensor;
import java.util.Optional;

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
}
