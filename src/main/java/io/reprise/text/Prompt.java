package io.reprise.text;

import java.util.List;
import java.util.Optional;

/** What a model is given: a text, or its token ids. */
public sealed interface Prompt {
    /** The user's name for it, if given. */
    Optional<String> id();

    record Text(Optional<String> id, String text) implements Prompt {
        public Text {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("\"text\" is empty");
            }
        }
    }

    /** @param tokens ids from 0 */
    record Tokens(Optional<String> id, List<Integer> tokens) implements Prompt {
        public Tokens {
            tokens = List.copyOf(tokens);
            if (tokens.isEmpty()) {
                throw new IllegalArgumentException("\"tokens\" is empty");
            }
            for (int token : tokens) {
                if (token < 0) {
                    throw new IllegalArgumentException("token id " + token + " is negative");
                }
            }
        }
    }
}
