package io.reprise.backend;

import io.reprise.tensor.Tensor;

/**
 * Closes on exit every tensor that the current thread made through its backend since the scope was opened. Scopes nest and
 * are closed by the thread that opened them, innermost first. Tensors made outside any scope belong to their maker.
 */
public interface Scope extends AutoCloseable {
    /** Hands {@code tensor} to the enclosing scope, or to the caller if there is none. Returns it. */
    Tensor keep(Tensor tensor);

    @Override
    void close();
}
