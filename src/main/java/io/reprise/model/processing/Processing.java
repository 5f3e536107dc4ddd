package io.reprise.model.processing;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A rewriting of a model's weights that leaves its log-probabilities as they are; the names are TransformerLens's. */
public enum Processing {
    /**
     * Gains and biases of the norms go into the weights that read them; what stays of a norm is centring and scaling. The bias of
     * the last norm has nowhere to go, since no model here has an unembedding bias: it stays in the norm, in units of the folded
     * unembedding.
     */
    FOLD_LAYER_NORM,
    /** What is written to the residual stream has mean 0 over d_model; every norm subtracts that mean anyway. */
    CENTER_WRITING_WEIGHTS,
    /** The mean over the vocabulary leaves the unembedding: logits move by one number per position. */
    CENTER_UNEMBED,
    /** Biases of values go into the bias of the attention's output, since a pattern's row sums to 1. */
    FOLD_VALUE_BIASES;

    /** What the published sequence circuits used (arXiv 2311.04131). */
    public static List<Processing> published() {
        return List.of(FOLD_LAYER_NORM, CENTER_WRITING_WEIGHTS, CENTER_UNEMBED);
    }

    /** As in YAML, JSON and artifacts. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming the valid keys */
    public static Processing parse(String key) {
        return Arrays.stream(values())
                .filter(step -> step.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("weight processing \"" + key
                        + "\" does not exist; choose from "
                        + Arrays.stream(values()).map(Processing::key).toList()));
    }
}
