package io.reprise.track;

import io.reprise.run.MetricsLog;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Publishes a run from its directory: whatever the tracker lacks, whether nothing was sent before or nearly all. */
final class RunPublisher {
    private final Tracker tracker;

    RunPublisher(Tracker tracker) {
        this.tracker = tracker;
    }

    /** Everything but the start. @throws TrackingException if something could not be published; the rest was, as far as possible */
    void complete(TrackedRun run, RunCard card, RunLayout layout, Tracker.Outcome outcome, long endedMs)
            throws TrackingException {
        tracker.metrics(run, points(layout, card, endedMs));
        if (Files.exists(layout.results())) {
            RunResult result = result(layout);
            tracker.datasets(run, TrackedDataset.of(card.experiment(), result.data()));
            if (!result.answer().isBlank()) {
                tracker.note(
                        run,
                        "**" + result.question().strip() + "**\n\n"
                                + result.answer().strip());
            }
        }
        TrackingException failure = null;
        try {
            tracker.artifacts(run, layout);
        } catch (TrackingException e) {
            if (e.isTemporary()) {
                throw e;
            }
            failure = e; // the run has ended all the same, and should be seen as ended
        }
        tracker.finish(run, outcome, endedMs);
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * The run's measurements: the curves (metrics.jsonl), what goes with time (timings.jsonl, which also knows when a step was), and
     * the results at the last step.
     */
    static List<MetricPoint> points(RunLayout layout, RunCard card, long endedMs) throws TrackingException {
        Map<Long, Long> times = new HashMap<>();
        List<MetricsLog.Entry> timings = log(layout, true);
        for (MetricsLog.Entry entry : timings) {
            Double at = entry.values().get(MetricsLog.AT_MS);
            if (at != null) {
                times.put(entry.step(), at.longValue());
            }
        }
        List<MetricPoint> points = new ArrayList<>();
        for (List<MetricsLog.Entry> log : List.of(log(layout, false), timings)) {
            for (MetricsLog.Entry entry : log) {
                long at = times.getOrDefault(entry.step(), card.startedMs());
                points.addAll(points(entry.step(), at, entry.values()));
            }
        }
        if (Files.exists(layout.results())) {
            RunResult result = result(layout);
            points.addAll(points(result.steps(), endedMs, result.metrics()));
        }
        return points;
    }

    static List<MetricPoint> points(long step, long atMs, Map<String, Double> values) {
        List<MetricPoint> points = new ArrayList<>();
        values.forEach((name, value) -> {
            if (!name.equals(MetricsLog.AT_MS)) {
                points.add(new MetricPoint(name, value, step, atMs));
            }
        });
        return points;
    }

    private static List<MetricsLog.Entry> log(RunLayout layout, boolean timings) throws TrackingException {
        try {
            var file = timings ? layout.timings() : layout.metrics();
            return Files.exists(file) ? MetricsLog.read(file) : List.of();
        } catch (IOException e) {
            throw TrackingException.permanent(String.valueOf(e.getMessage()), e);
        }
    }

    private static RunResult result(RunLayout layout) throws TrackingException {
        try {
            return RunResult.read(layout.results());
        } catch (IOException e) {
            throw TrackingException.permanent(String.valueOf(e.getMessage()), e);
        }
    }
}
