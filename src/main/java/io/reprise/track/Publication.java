package io.reprise.track;

/**
 * Where a run can be seen.
 *
 * @param uri the tracker, without credentials
 * @param experimentId the tracker's
 * @param runId the tracker's
 * @param complete whether everything is there, artifacts included
 */
public record Publication(String uri, String experimentId, String runId, boolean complete) {
    static Publication of(TrackingUri uri, TrackedRun run, boolean complete) {
        return new Publication(uri.toString(), run.experimentId(), run.runId(), complete);
    }
}
