package io.reprise.model;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The lower blocks of a transformer applied at a batch of tokens, with their derivative. Lives as long as the scope it was made
 * in. The residual stream is numbered by the blocks below it: 0 before the first block, n after block n-1.
 *
 * @param embedded the stream before the first block [rows, d_model]
 * @param blocks one per layer, from the first
 */
public record AppliedBlocks(
        Backend backend, ModelWeights weights, Tokens tokens, Tensor embedded, List<Applied> blocks) {
    public AppliedBlocks {
        blocks = List.copyOf(blocks);
    }

    /** The residual stream above {@code below} blocks, [rows, d_model]. */
    public Tensor stream(int below) {
        return below == 0 ? embedded : blocks.get(below - 1).value();
    }

    /**
     * Back-propagates from several places of the stream at once.
     *
     * @param cotangents by the number of blocks below the place, [rows, d_model] each
     * @param lowest the lowest block whose gradient is wanted; -1 to go down to the embeddings
     * @param gradients receives every weight's gradient it asks for
     */
    public void pullback(Map<Integer, Tensor> cotangents, int lowest, Gradients gradients) {
        Optional<Tensor> u = Optional.empty();
        for (int below = blocks.size(); below > lowest; below--) {
            Optional<Tensor> here = Optional.ofNullable(cotangents.get(below));
            Optional<Tensor> above = u;
            u = here.map(own -> above.map(from -> backend.add(from, own)).orElse(own))
                    .or(() -> above);
            if (below > 0 && u.isPresent()) {
                u = Optional.of(blocks.get(below - 1).pullback(u.get(), gradients));
            } else if (u.isPresent()) {
                weights.embedPullback(tokens.ids(), tokens.length(), u.get(), gradients);
            }
        }
    }
}
