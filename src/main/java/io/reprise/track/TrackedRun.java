package io.reprise.track;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A run as a tracker knows it. Not thread-safe. */
public final class TrackedRun {
    private final String runId;
    private final String experimentId;
    private final String artifactUri;
    private final Set<Point> known = new HashSet<>();

    /** A point's identity: a crashed and resumed run measures the same step again, at another time. */
    record Point(String key, long step) {}

    TrackedRun(String runId, String experimentId, String artifactUri, Collection<Point> known) {
        this.runId = runId;
        this.experimentId = experimentId;
        this.artifactUri = artifactUri;
        this.known.addAll(known);
    }

    /** The tracker's id of the run. */
    public String runId() {
        return runId;
    }

    public String experimentId() {
        return experimentId;
    }

    public String artifactUri() {
        return artifactUri;
    }

    /** Those points that the tracker has not, each once. */
    List<MetricPoint> missing(List<MetricPoint> points) {
        Set<Point> seen = new HashSet<>();
        List<MetricPoint> missing = new ArrayList<>();
        for (MetricPoint point : points) {
            Point identity = new Point(point.key(), point.step());
            if (!known.contains(identity) && seen.add(identity)) {
                missing.add(point);
            }
        }
        return missing;
    }

    void published(List<MetricPoint> points) {
        points.forEach(point -> known.add(new Point(point.key(), point.step())));
    }
}
