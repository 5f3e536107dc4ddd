package io.reprise.track;

import io.reprise.run.Json;
import io.reprise.run.RunLayout;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a run directory knows about its publication: the content of tracking.json.
 *
 * @param run what to tell a tracker
 * @param published where it is, one per address
 */
record TrackingFile(RunCard run, List<Publication> published) {
    /** The content of track-pending.json, there as long as something is left to publish; no credentials. */
    record Pending(String uri, String reason) {}

    TrackingFile {
        published = List.copyOf(published);
    }

    static Optional<TrackingFile> read(RunLayout layout) throws IOException {
        return Files.exists(layout.tracking())
                ? Optional.of(Json.read(layout.tracking(), TrackingFile.class))
                : Optional.empty();
    }

    void write(RunLayout layout, AtomicFile files) throws IOException {
        files.write(layout.tracking(), Json.write(this));
    }

    TrackingFile with(Publication publication) {
        List<Publication> all = new ArrayList<>(published);
        all.removeIf(other -> other.uri().equals(publication.uri()));
        all.add(publication);
        return new TrackingFile(run, all);
    }

    static void markPending(RunLayout layout, AtomicFile files, TrackingUri uri, String reason) throws IOException {
        files.write(layout.trackPending(), Json.write(new Pending(uri.toString(), reason)));
    }
}
