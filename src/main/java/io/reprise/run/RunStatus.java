package io.reprise.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a run says about itself: the content of status.json.
 *
 * @param id unique to this execution, 32 hex digits; trackers know the run by it
 * @param phase running | finished | failed
 * @param message why it failed, empty otherwise
 * @param startedMs milliseconds since 1970 at the first start (a resumed run keeps it)
 * @param updatedMs milliseconds since 1970 of the last change of phase
 */
public record RunStatus(String id, Phase phase, String message, long startedMs, long updatedMs) {
    /** How far it got. */
    public enum Phase {
        @JsonProperty("running")
        RUNNING,
        @JsonProperty("finished")
        FINISHED,
        @JsonProperty("failed")
        FAILED
    }

    public RunStatus {
        if (!id.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("id = \"" + id + "\" is not 32 hex digits");
        }
        if (phase == null || message == null) {
            throw new IllegalArgumentException("phase and message are needed");
        }
    }

    RunStatus now(Phase phase, String message, long nowMs) {
        return new RunStatus(id, phase, message, startedMs, nowMs);
    }
}
