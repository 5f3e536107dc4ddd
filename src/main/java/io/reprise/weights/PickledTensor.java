package io.reprise.weights;

import java.util.List;

/**
 * A tensor as a pickle describes it, unchecked.
 *
 * @param offset of its first element in the storage, in elements
 * @param sizes one per axis
 * @param strides between neighbours of an axis, in elements
 */
record PickledTensor(PickledStorage storage, StoredDType dtype, long offset, List<Long> sizes, List<Long> strides) {
    PickledTensor {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
    }
}
