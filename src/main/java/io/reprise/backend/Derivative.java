package io.reprise.backend;

import io.reprise.tensor.Tensor;

/**
 * A derivative at a point, in both directions, for batches: k stacked copies of rows, copy outermost. Lives as long as the
 * {@link Scope} it was made in.
 */
public interface Derivative {
    /**
     * J·v.
     *
     * @param tangents [k·rows in, in]
     * @return [k·rows out, out]
     */
    Tensor pushforward(Tensor tangents);

    /**
     * Jᵀ·u.
     *
     * @param cotangents [k·rows out, out]
     * @return [k·rows in, in]
     */
    Tensor pullback(Tensor cotangents);
}
