package io.reprise.model;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import java.util.List;

/**
 * A transformer applied at a batch of tokens, with its derivative. Lives as long as the scope it was made in.
 *
 * @param blocks one per layer
 * @param head final norm and unembedding
 */
public record AppliedTransformer(
        Backend backend, ModelWeights weights, Tokens tokens, List<Applied> blocks, Applied head) {
    public AppliedTransformer {
        blocks = List.copyOf(blocks);
    }

    /** [rows, d_vocab]. */
    public Tensor logits() {
        return head.value();
    }

    /**
     * Back-propagates to the embeddings.
     *
     * @param cotangent of the logits [rows, d_vocab]
     * @param gradients receives every weight's gradient it asks for
     */
    public void pullback(Tensor cotangent, Gradients gradients) {
        Tensor u = head.pullback(cotangent, gradients);
        for (int layer = blocks.size() - 1; layer >= 0; layer--) {
            u = blocks.get(layer).pullback(u, gradients);
        }
        weights.embedPullback(tokens.ids(), tokens.length(), u, gradients);
    }
}
