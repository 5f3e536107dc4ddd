package io.reprise.data;

import java.util.Arrays;

/** A question in token ids: a prompt, its answer, and what repeating the last member given would be. Arrays are not copied. */
public final class Asked {
    private final Question question;
    private final int[] tokens;
    private final int promptLength;
    private final int[] copy;

    /**
     * @param prompt at least one id
     * @param answer at least one id
     * @param copy the last member given, in the answer's place
     */
    public Asked(Question question, int[] prompt, int[] answer, int[] copy) {
        if (prompt.length == 0 || answer.length == 0) {
            throw new IllegalArgumentException(
                    "a prompt of " + prompt.length + " and an answer of " + answer.length + " tokens; both need some");
        }
        this.question = question;
        this.tokens = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, tokens, prompt.length, answer.length);
        this.promptLength = prompt.length;
        this.copy = copy;
    }

    public Question question() {
        return question;
    }

    /** Prompt and answer. */
    public int[] tokens() {
        return tokens;
    }

    public int promptLength() {
        return promptLength;
    }

    public int answerLength() {
        return tokens.length - promptLength;
    }

    public int[] prompt() {
        return Arrays.copyOf(tokens, promptLength);
    }

    public int[] answer() {
        return Arrays.copyOfRange(tokens, promptLength, tokens.length);
    }

    /** Whether repeating the last member has the answer's first token. */
    public boolean copyHasFirst() {
        return copy.length > 0 && copy[0] == tokens[promptLength];
    }

    /** Whether repeating the last member is the answer. */
    public boolean copyIsAnswer() {
        return Arrays.equals(copy, answer());
    }
}
