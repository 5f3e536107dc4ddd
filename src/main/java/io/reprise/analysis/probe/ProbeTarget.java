package io.reprise.analysis.probe;

import io.reprise.data.Example;
import io.reprise.text.Vocabulary;

/** What a probe on a run's own sequences is asked about. */
public sealed interface ProbeTarget {
    /** Which component of the task made the sequence: {@code numerals add 2}. */
    record Rule() implements ProbeTarget {
        @Override
        public String label(Example example, int position, Vocabulary vocabulary) {
            return example.component();
        }

        @Override
        public String words() {
            return "which rule made the sequence";
        }

        @Override
        public boolean ofToken() {
            return false;
        }
    }

    /** Whether the number at the position is even. */
    record Parity() implements ProbeTarget {
        @Override
        public String label(Example example, int position, Vocabulary vocabulary) {
            return Math.floorMod(number(example, position, vocabulary), 2) == 0 ? "even" : "odd";
        }

        @Override
        public String words() {
            return "whether the number is even";
        }

        @Override
        public boolean ofToken() {
            return true;
        }
    }

    /**
     * Whether the number at the position is above a limit.
     *
     * @param limit the largest number of the lower class
     */
    record Above(long limit) implements ProbeTarget {
        @Override
        public String label(Example example, int position, Vocabulary vocabulary) {
            return number(example, position, vocabulary) > limit ? ">" + limit : "≤" + limit;
        }

        @Override
        public String words() {
            return "whether the number is above " + limit;
        }

        @Override
        public boolean ofToken() {
            return true;
        }
    }

    /**
     * The class of an example.
     *
     * @param position of the token that is asked about
     */
    String label(Example example, int position, Vocabulary vocabulary);

    /** For people: whether the number is even. */
    String words();

    /** Whether it asks about one token, not about the whole sequence. */
    boolean ofToken();

    private static long number(Example example, int position, Vocabulary vocabulary) {
        String token = vocabulary.token(example.token(position));
        try {
            return Long.parseLong(token);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "a probe asks about the number at position " + position + ", and the token there is \"" + token
                            + "\"; choose a pool position that holds numbers",
                    e);
        }
    }
}
