package io.reprise.backend;

import io.reprise.tensor.Tensor;

/**
 * A building block applied at one point: its value there and its derivative. What the forward kept for the derivative is
 * private to the backend and lives as long as the {@link Scope} it was made in.
 *
 * <p>Derivatives come in batches: a tangent or cotangent may have k times the rows of the point (k stacked copies, copy
 * outermost), each copy differentiated at the same point.
 */
public interface Applied {
    /** The block's output, [rows, out]. */
    Tensor value();

    /**
     * J·v with respect to the input, weights held fixed.
     *
     * @param tangents [k·rows, in]
     * @return [k·rows, out]
     */
    Tensor pushforward(Tensor tangents);

    /**
     * Jᵀ·u with respect to the input, and, for each weight that {@code gradients} knows, that weight's gradient added to its
     * accumulator.
     *
     * @param cotangents [k·rows, out]; k must be 1 unless gradients is {@link Gradients#NONE}
     * @return [k·rows, in]
     */
    Tensor pullback(Tensor cotangents, Gradients gradients);
}
