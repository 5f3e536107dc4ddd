package io.reprise.text;

import java.io.IOException;

/** A model directory has no tokenizer, and text was to be encoded. */
public final class MissingTokenizerException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param what has none, as the user would name it */
    public MissingTokenizerException(Object what) {
        super(what + " has no tokenizer (looked for " + Tokenizers.FILES
                + "), so text can't be encoded; give token ids instead: {\"tokens\": [464, 3290]}");
    }
}
