package io.reprise.analysis.overlap.between;

import java.util.Locale;

/**
 * What of a component is compared. None depends on the model's width, on the order of its heads, or on how the products W_Q·W_Kᵀ
 * and W_V·W_O are split into factors.
 */
public enum SignatureChannel {
    /** How much attention a query of each role gives the keys of each role, beyond what looking at all alike would give. Heads. */
    PATTERN,
    /** W_E·W_V·W_O·W_U on the task's tokens, rows centred. Heads that write to the logits. */
    OV,
    /** W_E·W_Q·W_Kᵀ·W_Eᵀ on the task's tokens, rows centred. Heads whose scores depend on tokens. */
    QK,
    /** What ablating it alone changes of the metric, prompt by prompt. */
    EFFECT,
    /** What it adds to the logit difference directly, prompt by prompt. */
    DIRECT,
    /** Which prompts it tells apart: the Gram matrix of its output at the last position (debiased linear CKA). */
    OUTPUT,
    /** Head scores, such as induction and copying. */
    SCORES;

    /** As in YAML and JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether prompts can be exchanged within it, for a null of permuted examples. */
    boolean perPrompt() {
        return this == EFFECT || this == DIRECT || this == OUTPUT;
    }
}
