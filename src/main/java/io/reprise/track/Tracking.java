package io.reprise.track;

import io.reprise.run.RunLayout;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run's tracking while it runs: a queue and a thread between the run and its tracker. Nothing here throws because of the
 * tracker or waits for it, but for {@link #close}, whose wait is bounded. What did not get through while the run went on is
 * published at its end from the run directory; if that fails too, track-pending.json stays and {@link Sync} can do it later.
 */
public final class Tracking implements AutoCloseable {
    private static final int QUEUE = 4096;
    private static final String LATER = "publish the run later with";

    private final TrackingUri uri;
    private final TrackingLimits limits;
    private final Clock clock;
    private final AtomicFile files;
    private final Consumer<String> warn;
    private final RunLayout layout;
    private final TrackingFile file;
    private final BlockingQueue<List<MetricPoint>> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Thread worker;

    private volatile Optional<Ending> ending = Optional.empty();
    private volatile Optional<Publication> publication = Optional.empty();
    private volatile boolean abandoned;
    private boolean warned;

    private record Ending(Tracker.Outcome outcome, long atMs) {}

    private Tracking(
            TrackingUri uri,
            TrackingLimits limits,
            Clock clock,
            AtomicFile files,
            Consumer<String> warn,
            RunLayout layout,
            TrackingFile file) {
        this.uri = uri;
        this.limits = limits;
        this.clock = clock;
        this.files = files;
        this.warn = warn;
        this.layout = layout;
        this.file = file;
        this.worker = new Thread(this::work, "tracking");
        this.worker.setDaemon(true);
    }

    /**
     * Starts to track a run. Returns at once.
     *
     * @param warn takes one line, once, if the tracker fails; called from another thread
     * @throws IOException if tracking.json cannot be written
     */
    public static Tracking start(
            TrackingUri uri,
            TrackingLimits limits,
            Clock clock,
            AtomicFile files,
            Consumer<String> warn,
            RunLayout layout,
            RunCard card)
            throws IOException {
        List<Publication> before =
                TrackingFile.read(layout).map(TrackingFile::published).orElse(List.of());
        TrackingFile file = new TrackingFile(card, before);
        file.write(layout, files);
        TrackingFile.markPending(layout, files, uri, "the run has not ended");
        Tracking tracking = new Tracking(uri, limits, clock, files, warn, layout, file);
        tracking.worker.start();
        return tracking;
    }

    /**
     * Measurements of a step, which are in metrics.jsonl or timings.jsonl already. May be dropped here when the tracker is slow:
     * the end of the run makes up for it.
     */
    public void metrics(long step, long atMs, Map<String, Double> values) {
        queue.offer(RunPublisher.points(step, atMs, values));
    }

    /** The run has ended and its directory is complete, results, pictures and report included. Returns at once. */
    public void finish(Tracker.Outcome outcome) {
        ending = Optional.of(new Ending(outcome, clock.millis()));
    }

    /**
     * Waits until the run is published, or its tracker is given up; without {@link #finish} before, nothing more is sent.
     *
     * @return where it is, if it is complete there
     */
    public Optional<Publication> await() {
        if (ending.isEmpty()) {
            abandoned = true;
        }
        try {
            worker.join(limits.close().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (worker.isAlive()) {
            abandoned = true;
            worker.interrupt();
            failed(uri + " is too slow", LATER);
        }
        return publication;
    }

    /** As {@link #await}. */
    @Override
    public void close() {
        await();
    }

    private void work() {
        try {
            try (Tracker tracker = Trackers.open(uri, limits, clock)) {
                TrackedRun run = open(tracker);
                follow(tracker, run);
                if (!abandoned) {
                    complete(tracker, run);
                }
            } catch (TrackingException e) {
                failed(
                        e.getMessage(),
                        e.isTemporary() && ending.isEmpty()
                                ? "the run goes on and is published at its end, or then with"
                                : LATER);
                if (e.isTemporary()) {
                    secondTry();
                }
            }
        } catch (IOException | RuntimeException e) {
            failed("publishing went wrong (" + e + ")", LATER);
        }
    }

    private TrackedRun open(Tracker tracker) throws TrackingException, IOException {
        TrackedRun run = tracker.start(file.run(), layout);
        synchronized (this) {
            if (!abandoned) {
                file.with(Publication.of(uri, run, false)).write(layout, files);
            }
        }
        return run;
    }

    /** The tracker may have come back since. */
    private void secondTry() throws IOException {
        boolean wasRunning = ending.isEmpty();
        while (ending.isEmpty() && !abandoned) {
            pause();
        }
        if (wasRunning && !abandoned) {
            try (Tracker tracker = Trackers.open(uri, limits, clock)) {
                complete(tracker, open(tracker));
            } catch (TrackingException e) {
                failed(e.getMessage(), LATER);
            }
        }
    }

    /** Sends measurements as they come, gathered into batches, until the run ends. */
    private void follow(Tracker tracker, TrackedRun run) throws TrackingException {
        while (ending.isEmpty() && !abandoned) {
            pause();
            List<List<MetricPoint>> gathered = new ArrayList<>();
            queue.drainTo(gathered);
            if (!gathered.isEmpty()) {
                tracker.metrics(run, gathered.stream().flatMap(List::stream).toList());
            }
        }
    }

    private void complete(Tracker tracker, TrackedRun run) throws TrackingException, IOException {
        Ending end = ending.orElseThrow();
        new RunPublisher(tracker).complete(run, file.run(), layout, end.outcome(), end.atMs());
        Publication done = Publication.of(uri, run, true);
        synchronized (this) {
            if (!abandoned) {
                file.with(done).write(layout, files);
                Files.deleteIfExists(layout.trackPending());
                publication = Optional.of(done);
            }
        }
    }

    /** Waits for the time of a batch; less when the run ends. */
    private void pause() {
        long until = System.nanoTime() + limits.gather().toNanos();
        try {
            do {
                TimeUnit.MILLISECONDS.sleep(20);
            } while (ending.isEmpty() && !abandoned && System.nanoTime() < until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abandoned = true;
        }
    }

    private synchronized void failed(String reason, String remedy) {
        try {
            TrackingFile.markPending(layout, files, uri, reason);
        } catch (IOException e) {
            // the mark of the start is still there
        }
        if (!warned) {
            warned = true;
            warn.accept("MLflow: " + reason + "; " + remedy + ": reprise sync " + layout.root());
        }
    }
}
