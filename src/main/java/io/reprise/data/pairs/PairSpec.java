package io.reprise.data.pairs;

import java.util.Optional;

/**
 * Which prompts of a toy's task, and how many.
 *
 * @param series only sequences of this series
 * @param rule only sequences of this rule, by its label, such as {@code add 2}
 * @param length members in the prompt; any if missing, each length a group of its own
 * @param discovery prompts to find circuits on
 * @param evaluation other prompts, to judge them on
 * @param corrupt how the corrupt twin is made
 * @param seen whether sequences of the training set may be used, too
 */
public record PairSpec(
        Optional<String> series,
        Optional<String> rule,
        Optional<Integer> length,
        int discovery,
        int evaluation,
        Corrupt corrupt,
        boolean seen) {
    /** How a corrupt twin is made. */
    public enum Corrupt {
        /** As suits the task: the rule swapped where there are several, else another example. */
        AUTO,
        /** The same last member, reached by another rule of the same series: 10 12 14 → 16 against 12 13 14 → 15. */
        SWAP_RULE,
        /** Any other sequence of the same series, rule and length with another answer. */
        OTHER_EXAMPLE
    }

    public PairSpec {
        if (discovery < 1 || evaluation < 1) {
            throw new IllegalArgumentException(
                    "discovery = " + discovery + " and evaluation = " + evaluation + "; expected 1 or more of both");
        }
        length.filter(n -> n < 1).ifPresent(n -> {
            throw new IllegalArgumentException("length = " + n + "; expected 1 or more members in the prompt");
        });
    }

    public static PairSpec defaults() {
        return new PairSpec(Optional.empty(), Optional.empty(), Optional.empty(), 64, 64, Corrupt.AUTO, false);
    }
}
