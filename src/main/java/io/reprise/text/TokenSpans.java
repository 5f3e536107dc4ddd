package io.reprise.text;

import java.util.Arrays;

/** Which token holds a character of a text, for tokenizers that tell no offsets. */
public final class TokenSpans {
    private TokenSpans() {}

    /**
     * The token in which the character before {@code end} ends: the last of the smallest number of leading tokens whose text covers
     * it. A character that is spread over several tokens counts as covered by the last of them.
     *
     * <p>Blanks are compared one by one where the tokens give the text back exactly, as byte-level ones do. A vocabulary of words
     * gives back single blanks; there only what is not blank is counted.
     *
     * @param tokens of {@code text}, as {@code tokenizer} encodes it
     * @param end of a span that is not empty, exclusive
     * @throws IllegalArgumentException if {@code end} is not in the text, or the tokens don't give the text back, so that no token
     *     can be told to hold the character
     */
    public static int holdingLast(Tokenizer tokenizer, int[] tokens, String text, int end) {
        if (end < 1 || end > text.length()) {
            throw new IllegalArgumentException(
                    "character " + (end - 1) + " is not in a text of " + text.length() + " characters");
        }
        String back = tokenizer.decode(tokens);
        boolean exact = back.equals(text);
        if (!exact && !solid(back).equals(solid(text))) {
            throw new IllegalArgumentException("the tokenizer gives the text \"" + text + "\" back as \"" + back
                    + "\", so the place of the subject's last token can't be told; write the prompt as the"
                    + " tokenizer gives it back");
        }
        String wanted = exact ? text.substring(0, end) : solid(text.substring(0, end));
        // Text grows with tokens, so the first prefix that covers can be bisected; partial characters only ever delay
        // it.
        int low = 1;
        int high = tokens.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            String decoded = tokenizer.decode(Arrays.copyOf(tokens, middle));
            if ((exact ? decoded : solid(decoded)).startsWith(wanted)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low - 1;
    }

    private static String solid(String text) {
        return text.replaceAll("\\s+", "");
    }
}
