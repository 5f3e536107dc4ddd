package io.reprise.analysis.relation;

import io.reprise.text.Tokenizer;
import io.reprise.text.VocabularyTokenizer;
import java.util.Locale;

/** Whether a predicted token answers with an object, of which only the first token is asked for. */
public final class Answers {
    /** How a token is compared with an object. */
    public enum Match {
        /** The token is the first one of a blank and the object. */
        FIRST_TOKEN("the object's first token"),
        /**
         * The token's text, without outer blanks and without case, is not empty and begins the object's (Hernandez et al. 2024). A
         * single letter is accepted.
         */
        PREFIX("text that begins the object");

        private final String words;

        Match(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }

        /** A vocabulary of whole words is compared exactly, since one of its words may begin another. */
        public static Match of(Tokenizer tokenizer) {
            return tokenizer instanceof VocabularyTokenizer ? FIRST_TOKEN : PREFIX;
        }
    }

    private final Tokenizer tokenizer;
    private final Match match;

    public Answers(Tokenizer tokenizer, Match match) {
        this.tokenizer = tokenizer;
        this.match = match;
    }

    public Match match() {
        return match;
    }

    /** The token that {@code object} begins with after a blank. */
    public int first(String object) {
        int[] tokens = tokenizer.encode(" " + object);
        if (tokens.length == 0) {
            throw new IllegalArgumentException("object \"" + object + "\" has no token");
        }
        return tokens[0];
    }

    public boolean correct(int token, String object) {
        if (match == Match.FIRST_TOKEN) {
            return token == first(object);
        }
        String predicted = normal(tokenizer.decode(token));
        return !predicted.isEmpty() && normal(object).startsWith(predicted);
    }

    /** A token as people read it. */
    public String shown(int token) {
        return tokenizer.token(token);
    }

    private static String normal(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
