package io.reprise.experiment;

import io.reprise.config.ExperimentConfig;
import io.reprise.run.RunConfig;
import io.reprise.run.RunIndex;
import io.reprise.run.RunLayout;
import io.reprise.track.Publication;
import io.reprise.track.Sync;
import io.reprise.track.Tracker;
import io.reprise.track.TrackingException;
import io.reprise.track.TrackingLimits;
import io.reprise.track.TrackingUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Publishes runs whose tracker did not get everything. */
public final class SyncRuns {
    private SyncRuns() {}

    /**
     * @param places run directories, or directories with runs below
     * @param trackingUri where to; each run's own tracking_uri if empty, and then only runs with something left to publish
     * @return one line per run
     */
    public static List<String> sync(List<Path> places, Optional<String> trackingUri, Clock clock) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path place : places) {
            List<RunIndex.Found> runs = RunIndex.find(place);
            if (runs.isEmpty()) {
                throw new IllegalArgumentException(
                        place + " has no runs; give a run directory, or one with runs below");
            }
            for (RunIndex.Found run : runs) {
                if (trackingUri.isPresent() || Files.exists(run.layout().trackPending())) {
                    lines.add(sync(run.layout(), trackingUri, clock));
                }
            }
        }
        return lines.isEmpty() ? List.of("nothing is left to publish") : lines;
    }

    /**
     * Ends the execution that a suite's runs belong to, once all of them are done.
     *
     * @param warn hears it if the tracker fails; a later sync makes up for it
     */
    public static void endExecution(Suite suite, Clock clock, Consumer<String> warn) {
        Optional<Suite.Member> child = suite.members().stream()
                .filter(member -> Files.exists(new RunLayout(member.outcome().directory()).tracking()))
                .findFirst();
        if (child.isEmpty()) {
            return;
        }
        String uri = child.get().run().config().trackingUri().orElse(ExperimentConfig.NO_TRACKING);
        if (uri.equals(ExperimentConfig.NO_TRACKING)) {
            return;
        }
        try {
            new Sync(TrackingUri.parse(uri, System.getenv()), TrackingLimits.defaults(), clock)
                    .finishParent(child.get().outcome().directory(), Tracker.Outcome.FINISHED, metrics(suite));
        } catch (TrackingException e) {
            warn.accept("MLflow: the execution could not be marked finished: " + e.getMessage());
        }
    }

    /** What groups have in common, with the ends of its intervals. */
    private static Map<String, Double> metrics(Suite suite) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        suite.comparisons().forEach((name, figure) -> {
            figure.value().ifPresent(value -> metrics.put(name, value));
            figure.interval().ifPresent(interval -> {
                metrics.put(name + "_low", interval.low());
                metrics.put(name + "_high", interval.high());
            });
        });
        return metrics;
    }

    private static String sync(RunLayout run, Optional<String> trackingUri, Clock clock) throws IOException {
        // Read as plain keys: runs of experiments and of probes both have it.
        String uri = trackingUri.isPresent()
                ? trackingUri.get()
                : RunConfig.read(run.config()).getOrDefault("tracking_uri", ExperimentConfig.DEFAULT_TRACKING);
        try {
            Sync sync = new Sync(TrackingUri.parse(uri, System.getenv()), TrackingLimits.defaults(), clock);
            Publication done = sync.publish(run.root());
            return run.root() + " → " + done.uri();
        } catch (TrackingException e) {
            return run.root() + " is still to be published: " + e.getMessage();
        }
    }
}
