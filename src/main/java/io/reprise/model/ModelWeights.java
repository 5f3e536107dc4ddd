package io.reprise.model;

import io.reprise.tensor.Tensor;
import java.util.Optional;

/** Where a transformer gets its weights from: held in memory ({@link Parameters}) or fetched layer by layer. */
public interface ModelWeights {
    /** W_E [d_vocab, d_model]. */
    Tensor embed();

    /** W_pos [n_ctx, d_model], if positions are learned. */
    Optional<Tensor> posEmbed();

    BlockWeights block(int layer);

    Optional<BlockWeights.Norm> lnFinal();

    /** The unembedding as [d_vocab, d_model]; the embedding itself when tied. */
    Tensor unembed();
}
