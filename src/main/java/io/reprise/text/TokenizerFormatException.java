package io.reprise.text;

import java.io.IOException;

/** A tokenizer's file can't be read, or doesn't fit the model. */
public final class TokenizerFormatException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param file as the user would name it */
    public TokenizerFormatException(Object file, String problem) {
        super(file + ": " + problem);
    }
}
