package io.reprise.backend;

import io.reprise.tensor.Tensor;

/** Attention applied at packed q, k, v [rows, 3·width]; the value is z [rows, width], per-head mixed values before W_O. */
public interface Attention extends Applied {
    /**
     * The derivative of z at the positions {@code out} with respect to q, k, v at the positions {@code in}, all others held fixed:
     * tangents [k·batch·in, 3·width], cotangents [k·batch·out, width].
     *
     * @throws IllegalArgumentException if a sequence hasn't these positions
     */
    Derivative between(Span in, Span out);

    /** Attention probabilities [batch, heads, query, key]; zero where the mask hides a key. Made when asked for. */
    Tensor pattern();

    /** Scaled scores before the softmax [batch, heads, query, key]; -Infinity where the mask hides a key. Made when asked for. */
    Tensor scores();
}
