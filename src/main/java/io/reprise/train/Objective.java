package io.reprise.train;

import java.util.Arrays;

/**
 * Which token each position is trained to predict. Row i's target is what the model should say after reading tokens 0..i.
 */
public enum Objective {
    /** Every next token: logits[:, :-1] against tokens[:, 1:]. */
    NEXT_TOKEN,
    /** The last token only, from the position before it. */
    LAST_TOKEN,
    /** The answer's tokens only, each from the position before it. */
    ANSWER_TOKENS,
    /** Diagnostic, wrong on purpose: targets not shifted, so each position learns to repeat its own token. */
    DIAGNOSTIC_UNSHIFTED,
    /** Diagnostic, wrong on purpose: the last token as the target of every position. */
    DIAGNOSTIC_LAST_EVERYWHERE;

    /** A target that is not one. */
    public static final int NONE = -1;

    /** Whether this objective exists only to show what a misalignment does. */
    public boolean isDiagnostic() {
        return this == DIAGNOSTIC_UNSHIFTED || this == DIAGNOSTIC_LAST_EVERYWHERE;
    }

    /**
     * Targets of one sequence, padded with {@link #NONE}.
     *
     * @param tokens the sequence, without padding
     * @param answerStart index of the answer's first token
     * @param out receives rows {@code from} to {@code from + padded}
     */
    void targets(int[] tokens, int answerStart, int[] out, int from, int padded) {
        Arrays.fill(out, from, from + padded, NONE);
        int last = tokens.length - 1;
        switch (this) {
            case NEXT_TOKEN -> System.arraycopy(tokens, 1, out, from, last);
            case LAST_TOKEN -> out[from + last - 1] = tokens[last];
            case ANSWER_TOKENS -> {
                for (int i = Math.max(1, answerStart); i <= last; i++) {
                    out[from + i - 1] = tokens[i];
                }
            }
            case DIAGNOSTIC_UNSHIFTED -> System.arraycopy(tokens, 0, out, from, tokens.length);
            case DIAGNOSTIC_LAST_EVERYWHERE -> Arrays.fill(out, from, from + last, tokens[last]);
        }
    }
}
