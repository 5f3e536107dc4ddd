package io.reprise.tensor;

/**
 * An opaque handle to numbers that a backend owns. Read and written only through that backend; closing it gives the memory
 * back, after which every use is an error.
 */
public interface Tensor extends AutoCloseable {
    Shape shape();

    DType dtype();

    /** Idempotent. */
    @Override
    void close();
}
