package io.reprise.text;

/**
 * Text to token ids and back. Encoding adds no special tokens. A special token that stands in the text as it is written, such as
 * {@code <|endoftext|>}, is encoded as that one token, as Python's tokenizers do.
 */
public interface Tokenizer {
    /**
     * @throws IllegalArgumentException if the text can't be encoded: half a surrogate pair, or words that a toy's vocabulary
     *     doesn't have
     */
    int[] encode(String text);

    /**
     * The text of {@code ids}, special tokens included. Bytes that are no UTF-8 become U+FFFD; an id without a token is written as
     * {@link #token} shows it.
     */
    String decode(int... ids);

    /**
     * One token for people to read: its leading space is kept; control characters, and bytes that are no whole UTF-8 character, are
     * escaped ({@code \n}, {@code \xe2\x80}). Models may have more ids than their tokenizer (rows that pad the embedding): those
     * are shown as {@code <unused 50300>}.
     */
    String token(int id);

    /** One more than the largest id. A model's embedding has at least as many rows. */
    int size();

    /** Where the tokens come from, for provenance: the kind and, if read from files, their digests. */
    String description();
}
