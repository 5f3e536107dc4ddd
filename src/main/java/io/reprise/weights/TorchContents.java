package io.reprise.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a container of torch.save holds.
 *
 * @param tensors by name, in the file's order
 * @param positions of the storages' first bytes, by key
 */
record TorchContents(Map<String, PickledTensor> tensors, Map<String, Long> positions) {
    TorchContents {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        positions = Map.copyOf(positions);
    }

    /**
     * @param saved what the pickle held
     * @throws WeightsFormatException if it isn't a map from names to tensors
     */
    static Map<String, PickledTensor> stateDict(Object saved, Object file) throws WeightsFormatException {
        if (!(saved instanceof Map<?, ?> map)) {
            throw new WeightsFormatException(
                    file, "holds " + TensorUnpickler.kind(saved) + ", expected the tensors of model.state_dict()");
        }
        Map<String, PickledTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof PickledTensor tensor)) {
                throw new WeightsFormatException(
                        file,
                        "holds " + TensorUnpickler.kind(entry.getValue()) + " under \"" + entry.getKey()
                                + "\", expected only tensors; save model.state_dict() alone");
            }
            tensors.put((String) entry.getKey(), tensor);
        }
        return tensors;
    }
}
