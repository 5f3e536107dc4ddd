package io.reprise.track;

import java.time.Duration;

/**
 * How long a tracker may take before it is given up.
 *
 * @param call one request (uploads get more, by size)
 * @param giveUp time without any success after which the tracker counts as failed
 * @param close all that a finished run waits for its tracker, however slow but alive it is
 * @param gather how long measurements are gathered before a batch is sent
 * @param busy how long the sqlite file may be locked by others
 */
public record TrackingLimits(Duration call, Duration giveUp, Duration close, Duration gather, Duration busy) {
    public static TrackingLimits defaults() {
        return new TrackingLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                Duration.ofMinutes(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10));
    }
}
