package io.reprise.weights;

import java.util.Optional;

/**
 * A stretch of a torch.save file that tensors look into.
 *
 * @param key its name in the file
 * @param dtype of its elements; none if it is just bytes, whose tensors say themselves what they hold
 * @param count elements, or bytes
 */
record PickledStorage(String key, Optional<StoredDType> dtype, long count) {
    /** A count that can't be is far longer than any file. */
    long bytes() {
        int each = dtype.map(StoredDType::bytes).orElse(1);
        return count > Long.MAX_VALUE / each ? Long.MAX_VALUE : count * each;
    }
}
