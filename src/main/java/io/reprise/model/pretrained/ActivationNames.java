package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A library's names of the non-linearities; where one has two names, the first is written. */
final class ActivationNames {
    /** The transformers library's; the further names of the tanh form are the same function, rounded differently. */
    static final ActivationNames TRANSFORMERS = new ActivationNames(
            Map.entry("relu", Activation.RELU),
            Map.entry("gelu", Activation.GELU),
            Map.entry("gelu_new", Activation.GELU_NEW),
            Map.entry("gelu_fast", Activation.GELU_NEW),
            Map.entry("gelu_pytorch_tanh", Activation.GELU_NEW),
            Map.entry("linear", Activation.NONE));

    /** {@code act_fn} of HookedTransformerConfig. */
    static final ActivationNames TRANSFORMER_LENS = new ActivationNames(
            Map.entry("relu", Activation.RELU),
            Map.entry("gelu", Activation.GELU),
            Map.entry("gelu_new", Activation.GELU_NEW),
            Map.entry("gelu_pytorch_tanh", Activation.GELU_NEW));

    private final Map<String, Activation> byName = new LinkedHashMap<>();

    @SafeVarargs
    private ActivationNames(Map.Entry<String, Activation>... names) {
        for (Map.Entry<String, Activation> name : names) {
            byName.put(name.getKey(), name.getValue());
        }
    }

    Map<String, Activation> byName() {
        return Collections.unmodifiableMap(byName);
    }

    boolean has(Activation activation) {
        return byName.containsValue(activation);
    }

    String nameOf(Activation activation) {
        return byName.entrySet().stream()
                .filter(entry -> entry.getValue() == activation)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no name for " + activation))
                .getKey();
    }
}
