package io.reprise.experiment;

import java.util.List;

/** A model as it is asked: token sequences in, logits of next tokens out. */
interface NextTokens {
    int dVocab();

    /** The longest sequence. */
    int nCtx();

    /**
     * The logits [d_vocab] after positions {@code from[i]} … length − 1 of sequence i, all in one list.
     *
     * @param sequences of any lengths up to n_ctx
     */
    List<float[]> logits(List<int[]> sequences, int[] from);
}
