package io.reprise.analysis.relation;

import java.util.Arrays;

/** A prompt's tokens and the position of its subject's last token. */
public final class SubjectPrompt {
    private final int[] tokens;
    private final int subject;

    /**
     * @param tokens not empty; copied
     * @param subject a position, from 0
     */
    public SubjectPrompt(int[] tokens, int subject) {
        if (subject < 0 || subject >= tokens.length) {
            throw new IllegalArgumentException("position " + subject + " is not in the prompt of " + tokens.length
                    + " tokens; expected 0.." + (tokens.length - 1));
        }
        this.tokens = tokens.clone();
        this.subject = subject;
    }

    public int[] tokens() {
        return tokens.clone();
    }

    public int length() {
        return tokens.length;
    }

    public int subject() {
        return subject;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectPrompt prompt
                && subject == prompt.subject
                && Arrays.equals(tokens, prompt.tokens);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + subject;
    }

    @Override
    public String toString() {
        return Arrays.toString(tokens) + " at " + subject;
    }
}
