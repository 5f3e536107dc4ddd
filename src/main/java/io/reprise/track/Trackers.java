package io.reprise.track;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** Opens the tracker that an address names. */
final class Trackers {
    private Trackers() {}

    static Tracker open(TrackingUri uri, TrackingLimits limits, Clock clock) throws TrackingException {
        Optional<Path> file = uri.file();
        return file.isPresent() ? SqliteTracker.open(file.get(), limits, clock) : new MlflowServerTracker(uri, limits);
    }
}
