package io.reprise.analysis.circuit;

import java.util.Locale;

/** How well a circuit does on a prompt, from the logits at the position before the answer. */
public enum Metric {
    /** Logit of the answer minus that of the wrong answer. */
    LOGIT_DIFFERENCE,
    /** Probability of the answer. */
    PROBABILITY,
    /** KL(full model ‖ circuit) in nats: 0 is best. */
    KL,
    /** 1 if the answer has the largest logit of all, else 0. */
    ACCURACY;

    /** As in YAML and JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
