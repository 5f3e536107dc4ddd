package io.reprise.backend;

import io.reprise.tensor.Tensor;
import java.util.Optional;

/** Where a pullback adds the gradients of weights. */
@FunctionalInterface
public interface Gradients {
    /** No weight gradients are wanted. */
    Gradients NONE = weight -> Optional.empty();

    /** The accumulator for {@code weight} (by identity, same shape), or empty if its gradient is not wanted. */
    Optional<Tensor> of(Tensor weight);
}
