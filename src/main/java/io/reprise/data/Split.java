package io.reprise.data;

import java.util.Locale;

/** The parts of a data set. */
public enum Split {
    TRAIN,
    VALIDATION,
    TEST,
    /** What {@code split.hold_out} names: in none of the others. */
    HELD_OUT;

    /** Name in YAML, metrics and reports: train, validation, test, held_out. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
