package io.reprise.track;

import io.reprise.run.RunLayout;
import io.reprise.run.Secrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sends a run directory's files to a server that passes artifacts on (mlflow-artifacts). The client's own logArtifact is not used:
 * it starts a Python with MLflow for each file.
 */
final class ArtifactUpload {
    private static final String PROXY = "mlflow-artifacts:";
    /** A slow line's bytes per second: the deadline of a file grows by it. */
    private static final long SLOWEST = 256 * 1024;

    private final MlflowServer server;
    private final TrackingLimits limits;
    private final String base;

    private ArtifactUpload(MlflowServer server, TrackingLimits limits, String base) {
        this.server = server;
        this.limits = limits;
        this.base = base;
    }

    /** @throws TrackingException if the server keeps that run's artifacts where only Python clients can write */
    static ArtifactUpload of(MlflowServer server, TrackingLimits limits, TrackedRun run) throws TrackingException {
        String uri = run.artifactUri();
        if (!uri.startsWith(PROXY)) {
            throw TrackingException.permanent(
                    "artifacts were not uploaded: " + server.uri() + " keeps those of experiment "
                            + run.experimentId() + " at " + Secrets.redact(uri)
                            + ", which it does not pass on; start it with --serve-artifacts and use a new experiment");
        }
        URI parsed = URI.create(uri);
        String host = parsed.getRawAuthority() == null
                ? server.uri().toString()
                : URI.create(server.uri().toString()).getScheme() + "://" + parsed.getRawAuthority();
        return new ArtifactUpload(server, limits, host + "/api/2.0/mlflow-artifacts/artifacts" + parsed.getRawPath());
    }

    void send(RunLayout layout) throws TrackingException {
        for (Path file : files(layout)) {
            String name = Stream.of(layout.root().relativize(file).toString().split("[/\\\\]", -1))
                    .map(ArtifactUpload::encode)
                    .collect(Collectors.joining("/"));
            try {
                HttpRequest.BodyPublisher body = file.equals(layout.config())
                        ? HttpRequest.BodyPublishers.ofString(Secrets.redact(Files.readString(file)))
                        : HttpRequest.BodyPublishers.ofFile(file);
                Duration timeout = limits.call().plusSeconds(Files.size(file) / SLOWEST);
                server.need(
                        "take " + name,
                        server.put(URI.create(base + "/" + name), body, timeout),
                        timeout.plusSeconds(1));
            } catch (IOException e) {
                throw TrackingException.permanent(file + " cannot be read", e);
            }
        }
    }

    /** What people want to see of a run; checkpoints stay at home. */
    static List<Path> files(RunLayout layout) throws TrackingException {
        List<Path> files = new ArrayList<>();
        try {
            for (Path place : Arrays.asList(
                    layout.config(),
                    layout.provenance(),
                    layout.results(),
                    layout.metrics(),
                    layout.timings(),
                    layout.predictions(),
                    layout.relations(),
                    layout.report(),
                    layout.figures(),
                    layout.model())) {
                if (Files.exists(place)) {
                    try (Stream<Path> tree = Files.walk(place)) {
                        tree.filter(Files::isRegularFile)
                                .filter(file -> !file.getFileName().toString().endsWith(".tmp"))
                                .sorted()
                                .forEach(files::add);
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw TrackingException.permanent(layout.root() + " cannot be read", e);
        }
        return files;
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
