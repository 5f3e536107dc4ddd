package io.reprise.track;

import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunStatus;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Publishes runs later, from their directories alone. Doing it twice changes nothing. */
public final class Sync {
    private final TrackingUri uri;
    private final TrackingLimits limits;
    private final Clock clock;

    public Sync(TrackingUri uri, TrackingLimits limits, Clock clock) {
        this.uri = uri;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Tells a run directory what to say of it, so that it can be published; where it was published before is kept.
     *
     * @throws IOException if tracking.json cannot be written
     */
    public void describe(RunLayout layout, RunCard card, AtomicFile files) throws IOException {
        List<Publication> before =
                TrackingFile.read(layout).map(TrackingFile::published).orElse(List.of());
        new TrackingFile(card, before).write(layout, files);
        TrackingFile.markPending(layout, files, uri, "it has not been published yet");
    }

    /**
     * Publishes a run that has ended (finished, failed or interrupted).
     *
     * @throws IllegalArgumentException if there is no such run there
     * @throws TrackingException if the tracker fails; track-pending.json says so, too
     */
    public Publication publish(Path directory) throws TrackingException {
        RunLayout layout = new RunLayout(directory);
        RunDirectory.Inspection found = RunDirectory.inspect(directory);
        if (found.status().isEmpty()) {
            throw new IllegalArgumentException(directory + ": there is no run to publish");
        }
        RunStatus status = found.status().get();
        Tracker.Outcome outcome =
                switch (found.state()) {
                    case FINISHED -> Tracker.Outcome.FINISHED;
                    case RUNNING -> throw new IllegalArgumentException(directory + ": the run is still going on");
                    case INTERRUPTED -> Tracker.Outcome.KILLED;
                    case ABSENT, FAILED, HALF_WRITTEN -> Tracker.Outcome.FAILED;
                };
        TrackingFile file = trackingFile(layout);
        return publish(layout, file, outcome, status.updatedMs());
    }

    /** Ends the execution (parent run) of a run at the tracker; nothing if it has none. */
    public void finishParent(RunCard child, Tracker.Outcome outcome) throws TrackingException {
        if (child.hasParent()) {
            try (Tracker tracker = Trackers.open(uri, limits, clock)) {
                tracker.finishParent(child, outcome, clock.millis());
            }
        }
    }

    /**
     * Ends the execution that the run in {@code directory} belongs to.
     *
     * @param metrics of the execution: what its runs say together
     */
    public void finishParent(Path directory, Tracker.Outcome outcome, Map<String, Double> metrics)
            throws TrackingException {
        RunCard child = trackingFile(new RunLayout(directory)).run();
        if (!metrics.isEmpty() && child.hasParent()) {
            List<MetricPoint> points = metrics.entrySet().stream()
                    .map(metric -> new MetricPoint(metric.getKey(), metric.getValue(), 0, clock.millis()))
                    .toList();
            try (Tracker tracker = Trackers.open(uri, limits, clock)) {
                Optional<TrackedRun> parent = tracker.parent(child);
                if (parent.isPresent()) {
                    tracker.metrics(parent.get(), points);
                }
            }
        }
        finishParent(child, outcome);
    }

    private Publication publish(RunLayout layout, TrackingFile file, Tracker.Outcome outcome, long endedMs)
            throws TrackingException {
        AtomicFile files = new AtomicFile();
        try {
            try (Tracker tracker = Trackers.open(uri, limits, clock)) {
                TrackedRun run = tracker.start(file.run(), layout);
                file.with(Publication.of(uri, run, false)).write(layout, files);
                new RunPublisher(tracker).complete(run, file.run(), layout, outcome, endedMs);
                tracker.finishParent(file.run(), Tracker.Outcome.FINISHED, endedMs);
                Publication publication = Publication.of(uri, run, true);
                file.with(publication).write(layout, files);
                Files.deleteIfExists(layout.trackPending());
                return publication;
            } catch (TrackingException e) {
                TrackingFile.markPending(layout, files, uri, e.getMessage());
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(layout.tracking() + " cannot be written", e);
        }
    }

    private static TrackingFile trackingFile(RunLayout layout) {
        try {
            Optional<TrackingFile> file = TrackingFile.read(layout);
            return file.orElseThrow(() -> new IllegalArgumentException(
                    layout.tracking() + " is missing: the run ended before it was described to a tracker"));
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
