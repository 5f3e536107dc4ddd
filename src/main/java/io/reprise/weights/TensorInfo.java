package io.reprise.weights;

import io.reprise.tensor.Shape;

/**
 * One entry of a safetensors header.
 *
 * @param begin first byte of the data, counted from the end of the header
 * @param end one past the last byte
 */
record TensorInfo(String name, StoredDType dtype, Shape shape, long begin, long end) {}
