package io.reprise.experiment;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** Wall time by phase, in seconds. */
final class Stopwatch {
    private final Clock clock;
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private long since;

    Stopwatch(Clock clock) {
        this.clock = clock;
        this.since = clock.millis();
    }

    /** What passed since the last lap was {@code phase}. */
    void lap(String phase) {
        long now = clock.millis();
        seconds.merge(phase, (now - since) / 1000.0, Double::sum);
        since = now;
    }

    Map<String, Double> seconds() {
        return seconds;
    }
}
