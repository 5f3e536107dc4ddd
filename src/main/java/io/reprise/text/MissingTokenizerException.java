package io.reprise.text;

import java.io.IOException;

/** A model directory has no tokenizer, and text was to be encoded. */
public final class MissingTokenizerException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * Where token ids can be given instead.
     *
     * @param what has none, as the user would name it
     */
    public MissingTokenizerException(Object what) {
        this(what, "give token ids instead: {\"tokens\": [464, 3290]}");
    }

    /**
     * @param what has none, as the user would name it
     * @param remedy what to do about it
     */
    public MissingTokenizerException(Object what, String remedy) {
        super(what + " has no tokenizer (looked for " + Tokenizers.FILES + "), so text can't be encoded; " + remedy);
    }
}
