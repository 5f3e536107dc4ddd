package io.reprise.run;

import java.util.Locale;

/** What a start finds at a run's place. */
public enum RunState {
    /** Nothing there: start. */
    ABSENT,
    /** A live process is at it: leave it. */
    RUNNING,
    /** Its process ended without a word (killed, power cut): resume. */
    INTERRUPTED,
    /** Complete: nothing to do. */
    FINISHED,
    /** It ended with an error: resume, or start over. */
    FAILED,
    /** Files that are not a run, or a run with files missing: only starting over (--force) helps. */
    HALF_WRITTEN;

    /** For people: finished, half-written … */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
