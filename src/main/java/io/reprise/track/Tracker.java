package io.reprise.track;

import io.reprise.run.RunLayout;
import java.util.List;
import java.util.Optional;

/**
 * A place where runs are shown. All calls block, for a bounded time, and may fail; {@link Tracking} keeps that away from a
 * running experiment. Everything may be repeated: what is there already is not doubled.
 */
public interface Tracker extends AutoCloseable {
    /** Outcomes as MLflow names them. */
    enum Outcome {
        FINISHED,
        FAILED,
        KILLED
    }

    /** Opens the run with that card, creating it, its experiment and its parent if they are not there. */
    TrackedRun start(RunCard card, RunLayout layout) throws TrackingException;

    /** Adds points; those whose (key, step) the run has already are left out. */
    void metrics(TrackedRun run, List<MetricPoint> points) throws TrackingException;

    void datasets(TrackedRun run, List<TrackedDataset> datasets) throws TrackingException;

    /** Sets the description that is shown on the run's page, in Markdown. */
    void note(TrackedRun run, String markdown) throws TrackingException;

    /** Makes the files of the run directory visible there. */
    void artifacts(TrackedRun run, RunLayout layout) throws TrackingException;

    void finish(TrackedRun run, Outcome outcome, long endedMs) throws TrackingException;

    /** The execution that a run belongs to; empty if there is none. */
    Optional<TrackedRun> parent(RunCard card) throws TrackingException;

    /** Ends the execution that a run belongs to, if there is one. */
    void finishParent(RunCard card, Outcome outcome, long endedMs) throws TrackingException;

    @Override
    void close();
}
