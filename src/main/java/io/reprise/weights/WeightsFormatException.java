package io.reprise.weights;

import java.io.IOException;

/** A weights file breaks its format's rules, or isn't the file that was expected. The message says where and what was expected. */
public final class WeightsFormatException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param file as the user would name it */
    public WeightsFormatException(Object file, String problem) {
        super(file + ": " + problem);
    }

    public WeightsFormatException(Object file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }

    static WeightsFormatException ofTensor(Object file, String tensor, String problem) {
        return new WeightsFormatException(file, "tensor \"" + tensor + "\" " + problem);
    }
}
