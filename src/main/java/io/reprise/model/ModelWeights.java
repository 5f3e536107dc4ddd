package io.reprise.model;

import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/**
 * Where a transformer gets its weights from: held in memory ({@link Parameters}), or read when a layer is first asked for. What
 * depends on the input (rows of tables, the product with the unembedding) is made in the caller's scope; blocks and norms are
 * the weights' own.
 */
public interface ModelWeights {
    /**
     * The first block that is here. If it isn't block 0, these are the upper part of a model: they have no embedding, and a run
     * starts from the residual stream that this block reads.
     */
    default int firstLayer() {
        return 0;
    }

    /** Rows of W_E → [ids.length, d_model]. */
    Tensor embed(int[] ids);

    /** The first rows of W_pos → [length, d_model], if positions are learned. */
    Optional<Tensor> posEmbed(int length);

    /** Valid until another layer is asked for; longer, where weights stay in memory. */
    BlockWeights block(int layer);

    Optional<BlockWeights.Norm> lnFinal();

    /** The product of x [rows, d_model] with the unembedding → [rows, d_vocab]. */
    Applied unembed(Tensor x);

    /** Rows of the unembedding stored as [d_vocab, d_model] → [ids.length, d_model]; the embedding's when tied. */
    Tensor unembedRows(int[] ids);

    /**
     * Adds the embeddings' gradients where {@code gradients} asks for them; weights that aren't held in memory have none.
     *
     * @param ids the tokens, [batch·length]
     * @param cotangent of the residual stream before the first block, [batch·length, d_model]
     */
    default void embedPullback(int[] ids, int length, Tensor cotangent, Gradients gradients) {}
}
