package io.reprise.data;

import java.util.List;

/**
 * A prompt and one like it that has another answer. Both have as many tokens; the answer follows the last.
 *
 * @param clean token ids
 * @param corrupt token ids, as many
 * @param answer the token that continues {@code clean}
 * @param wrong the token that it is measured against: what continues {@code corrupt}, or another false answer
 */
public record PromptPair(List<Integer> clean, List<Integer> corrupt, int answer, int wrong) {
    public PromptPair {
        clean = List.copyOf(clean);
        corrupt = List.copyOf(corrupt);
        if (clean.isEmpty() || clean.size() != corrupt.size()) {
            throw new IllegalArgumentException("the clean prompt has " + clean.size() + " tokens and the corrupt one "
                    + corrupt.size()
                    + "; expected as many of both, since activations are patched position by position");
        }
        if (answer == wrong) {
            throw new IllegalArgumentException(
                    "answer and wrong are both token " + answer + "; expected two different tokens");
        }
    }
}
