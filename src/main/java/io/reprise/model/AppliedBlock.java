package io.reprise.model;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/**
 * One transformer block applied at a residual stream: x + attention + MLP.
 *
 * @param attention from the block's input to attn_out
 * @param mlp from the MLP's input to mlp_out; absent in attention-only models
 * @param parallel both read the block's input (GPT-NeoX); else the MLP reads resid_mid
 * @param value hook_resid_post [rows, d_model]
 */
record AppliedBlock(Backend backend, Chain attention, Optional<Chain> mlp, boolean parallel, Tensor value)
        implements Applied {

    @Override
    public Tensor pushforward(Tensor tangents) {
        Tensor mid = backend.add(tangents, attention.pushforward(tangents));
        return mlp.map(chain -> backend.add(mid, chain.pushforward(parallel ? tangents : mid)))
                .orElse(mid);
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        if (mlp.isEmpty()) {
            return backend.add(cotangents, attention.pullback(cotangents, gradients));
        }
        Tensor mid = backend.add(cotangents, mlp.get().pullback(cotangents, gradients));
        return backend.add(mid, attention.pullback(parallel ? cotangents : mid, gradients));
    }
}
