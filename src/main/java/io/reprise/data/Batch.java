package io.reprise.data;

import java.util.Arrays;
import java.util.List;

/** Examples side by side, filled up on the right to one length. */
public final class Batch {
    private final List<Example> examples;
    private final int[] tokens;
    private final int[] lengths;
    private final int length;

    private Batch(List<Example> examples, int[] tokens, int[] lengths, int length) {
        this.examples = List.copyOf(examples);
        this.tokens = tokens;
        this.lengths = lengths;
        this.length = length;
    }

    /** {@code examples} filled up with {@code padId} to {@code length} tokens. */
    public static Batch of(List<Example> examples, int padId, int length) {
        int[] tokens = new int[examples.size() * length];
        Arrays.fill(tokens, padId);
        int[] lengths = new int[examples.size()];
        for (int b = 0; b < lengths.length; b++) {
            Example example = examples.get(b);
            if (example.length() > length) {
                throw new IllegalArgumentException(
                        "an example has " + example.length() + " tokens, the batch room for " + length);
            }
            lengths[b] = example.length();
            example.copyTo(tokens, b * length);
        }
        return new Batch(examples, tokens, lengths, length);
    }

    /** {@code examples} filled up to the longest of them. */
    public static Batch of(List<Example> examples, int padId) {
        return of(
                examples,
                padId,
                examples.stream().mapToInt(Example::length).max().orElse(0));
    }

    /** Number of examples. */
    public int size() {
        return lengths.length;
    }

    /** Tokens in a row, padding included. */
    public int length() {
        return length;
    }

    public List<Example> examples() {
        return examples;
    }

    /** [batch × length], row by row; a copy. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** [batch] tokens of each example without padding; a copy. */
    public int[] lengths() {
        return lengths.clone();
    }
}
