package io.reprise.analysis.probe;

import java.util.Locale;

/** A probe's own splits. */
public enum Part {
    /** Fits the head and the standardisation. */
    TRAIN,
    /** Ends the fit. */
    VALIDATION,
    /** Is scored, once. */
    TEST;

    /** As in files: train. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
