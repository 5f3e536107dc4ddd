package io.reprise.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TrackingServerTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    /** Short, so that giving up can be tested. */
    private static final TrackingLimits LIMITS = new TrackingLimits(
            Duration.ofMillis(700),
            Duration.ofMillis(1000),
            Duration.ofSeconds(20),
            Duration.ofMillis(50),
            Duration.ofSeconds(1));

    @TempDir
    Path runs;

    private FakeServer server;
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void setUp() throws IOException {
        server = new FakeServer();
    }

    @AfterEach
    void tearDown() {
        server.close();
    }

    private TrackingUri uri() {
        return TrackingUri.parse(server.address(), Map.of());
    }

    private Tracking start(RunDirectory run, TrackingUri uri) throws IOException {
        return Tracking.start(
                uri,
                LIMITS,
                SampleRun.CLOCK,
                SampleRun.FILES,
                warnings::add,
                run.layout(),
                SampleRun.card("quickstart", ID));
    }

    /** A whole run, as an experiment does it. */
    private RunLayout runThrough(TrackingUri uri) throws IOException {
        RunDirectory run = SampleRun.started(runs, ID);
        try (Tracking tracking = start(run, uri)) {
            for (int i = 0; i < 3; i++) {
                tracking.metrics(i * 10L, SampleRun.START + 1000L * i, SampleRun.metrics(i));
                tracking.metrics(i * 10L, SampleRun.START + 1000L * i, SampleRun.timings(i));
            }
            SampleRun.completed(run);
            tracking.finish(Tracker.Outcome.FINISHED);
        }
        return run.layout();
    }

    private Publication sync(RunLayout layout) throws TrackingException {
        return new Sync(uri(), LIMITS, SampleRun.CLOCK).publish(layout.root());
    }

    private void assertPublished(RunLayout layout) {
        ObjectNode run = server.run(ID);
        assertThat(run.path("status").asText()).isEqualTo("FINISHED");
        assertThat(run.path("params").path("model.d_model").asText()).isEqualTo("64");
        assertThat(FakeServer.tag(run, "mlflow.runName")).isEqualTo("d_model=64 seed=42");
        assertThat(FakeServer.tag(run, "mlflow.parentRunId"))
                .isEqualTo(server.run(SampleRun.PARENT).path("id").asText());
        List<String> points = new ArrayList<>();
        run.path("metrics")
                .forEach(m -> points.add(m.path("key").asText() + " @"
                        + m.path("step").asLong() + " = " + m.path("value").asText()));
        assertThat(points)
                .containsExactlyInAnyOrder(
                        "train/loss @0 = 1.0",
                        "train/loss @10 = 0.5",
                        "train/loss @20 = NaN",
                        "val/accuracy rule plus2 @0 = 0.5",
                        "val/accuracy rule plus2 @10 = 0.625",
                        "val/accuracy rule plus2 @20 = 0.75",
                        "train/tokens_per_s @0 = 400000.0",
                        "train/tokens_per_s @10 = 400000.0",
                        "train/tokens_per_s @20 = 400000.0",
                        "test/determined_accuracy @1700 = 0.998");
        assertThat(run.path("inputs").findValuesAsText("digest")).hasSizeGreaterThanOrEqualTo(3);
        String base = "/api/2.0/mlflow-artifacts/artifacts/1/" + run.path("id").asText() + "/artifacts/";
        assertThat(server.artifacts.keySet())
                .containsExactlyInAnyOrder(
                        base + "config.yaml",
                        base + "provenance.json",
                        base + "results.json",
                        base + "metrics.jsonl",
                        base + "timings.jsonl",
                        base + "report.html",
                        base + "figures/pattern 0.0.png");
        assertThat(layout.trackPending()).doesNotExist();
        assertThat(layout.tracking())
                .content()
                .contains(run.path("id").asText())
                .doesNotContain("\"complete\" : false");
        assertThat(server.runs.values().stream()
                        .filter(r -> r.path("lifecycle").asText().equals("active")))
                .hasSize(2);
    }

    /** The run went on; only the tracker lacks something, and everyone is told once. */
    private void assertPending(RunLayout layout) {
        assertThat(RunDirectory.openFinished(layout.root()).report()).exists();
        assertThat(layout.trackPending()).exists();
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0)).contains("reprise sync " + layout.root()).doesNotContain("\n");
    }

    @Test
    void publishesWhileTheRunGoesOnAndEverythingAtItsEnd() throws IOException {
        RunLayout layout = runThrough(uri());
        assertPublished(layout);
        assertThat(warnings).isEmpty();
    }

    @Test
    void measurementsArriveBeforeTheRunEnds() throws Exception {
        RunDirectory run = SampleRun.started(runs, ID);
        try (Tracking tracking = start(run, uri())) {
            tracking.metrics(0, SampleRun.START, SampleRun.metrics(0));
            while (server.count("POST runs/log-batch") < 3) { // params, tags, metrics
                Thread.sleep(20);
            }
            SampleRun.completed(run);
            tracking.finish(Tracker.Outcome.FINISHED);
        }
        assertPublished(run.layout());
    }

    @Test
    void syncPublishesFromTheDirectoryAndTwiceChangesNothing() throws Exception {
        RunLayout layout = SampleRun.finished(runs, ID);
        Publication first = sync(layout);
        assertPublished(layout);
        assertThat(sync(layout)).isEqualTo(first);
        assertPublished(layout);
    }

    @Test
    void secretsOfTheConfigStayAtHome() throws Exception {
        sync(SampleRun.finished(runs, ID));
        server.artifacts.forEach((name, content) ->
                assertThat(new String(content, StandardCharsets.UTF_8)).as(name).doesNotContain("secret"));
    }

    @Test
    void unreachableServerDoesNotStopTheRunAndSyncPublishesLater() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        RunLayout layout = runThrough(TrackingUri.parse("http://127.0.0.1:" + port, Map.of()));
        assertPending(layout);
        assertThat(warnings.get(0)).contains("cannot be reached");
        sync(layout);
        assertPublished(layout);
    }

    @ParameterizedTest
    @ValueSource(ints = {FakeServer.SILENT, FakeServer.CLOSED, 429, 500, 503, 401, 403})
    void faultyServerDoesNotStopTheRunAndSyncPublishesLater(int status) throws Exception {
        server.fault(request -> Optional.of(status));
        long start = System.nanoTime();
        RunLayout layout = runThrough(uri());
        // two tries of 1 s and a last call of 0.7 s each, and room for a busy machine
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertPending(layout);
        server.healthy();
        sync(layout);
        assertPublished(layout);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST runs/log-batch", "PUT artifact", "POST runs/update", "POST runs/log-inputs"})
    void faultHalfwayIsMadeUpForLater(String broken) throws Exception {
        AtomicInteger passed = new AtomicInteger();
        server.fault(request ->
                request.equals(broken) && passed.incrementAndGet() > 2 ? Optional.of(500) : Optional.empty());
        if (broken.endsWith("update") || broken.endsWith("inputs")) {
            server.fault(request -> request.equals(broken) ? Optional.of(500) : Optional.empty());
        }
        RunLayout layout = runThrough(uri());
        assertPending(layout);
        server.healthy();
        sync(layout);
        assertPublished(layout);
    }

    @Test
    void stormsThatPassAreWeathered() throws Exception {
        Map<String, Integer> seen = new HashMap<>();
        // each kind of request: first a fault, then an answer
        server.fault(request -> seen.merge(request, 1, Integer::sum) <= 1
                ? Optional.of(List.of(429, 503, FakeServer.CLOSED).get(seen.size() % 3))
                : Optional.empty());
        RunLayout layout = runThrough(uri());
        assertPublished(layout);
        assertThat(warnings).isEmpty();
    }

    @Test
    void createThatSeemedToFailLeavesOneRun() throws Exception {
        AtomicInteger creates = new AtomicInteger();
        server.fault(request -> request.equals("POST runs/create") && creates.incrementAndGet() <= 5
                ? Optional.of(FakeServer.LOST)
                : Optional.empty());
        RunLayout layout = SampleRun.finished(runs, ID);
        sync(layout);
        assertThat(server.runs.size()).isGreaterThan(2); // the client did send creates again
        assertPublished(layout);
    }

    @Test
    void batchThatSeemedToFailIsNotDoubledInTheRun() throws Exception {
        AtomicInteger batches = new AtomicInteger();
        server.fault(request -> request.equals("POST runs/log-inputs") && batches.incrementAndGet() <= 2
                ? Optional.of(FakeServer.LOST)
                : Optional.empty());
        RunLayout layout = SampleRun.finished(runs, ID);
        sync(layout);
        assertThat(warnings).isEmpty();
        assertPublished(layout);
    }

    @Test
    void deletedExperimentIsNamedAndTheRunIsPublishedOnceItIsRestored() throws Exception {
        sync(SampleRun.finished(runs.resolve("first"), "11111111111111111111111111111111"));
        server.experiments.get("1").put("lifecycle_stage", "deleted");
        server.artifacts.clear();
        server.runs.clear();
        RunLayout layout = runThrough(uri());
        assertPending(layout);
        assertThat(warnings.get(0))
                .contains("the experiment \"quickstart\" is deleted")
                .contains("restore it");
        server.experiments.get("1").put("lifecycle_stage", "active");
        sync(layout);
        assertPublished(layout);
    }

    @Test
    void artifactsElsewhereAreToldAndTheRestIsPublished() throws Exception {
        server.artifactRoot = "s3://bucket";
        RunLayout layout = runThrough(uri());
        assertPending(layout);
        assertThat(warnings.get(0)).contains("s3://bucket").contains("--serve-artifacts");
        assertThat(server.run(ID).path("status").asText()).isEqualTo("FINISHED");
        assertThat(server.run(ID).path("metrics").size()).isEqualTo(10);
        assertThat(layout.tracking()).content().contains("\"complete\" : false");
    }

    @Test
    void runThatWasKilledIsPublishedAsKilled() throws Exception {
        RunDirectory run = SampleRun.started(runs, ID);
        new TrackingFile(SampleRun.card("quickstart", ID), List.of()).write(run.layout(), SampleRun.FILES);
        assertThatThrownBy(() -> sync(run.layout())).hasMessageContaining("still going on");
        run.close();
        sync(run.layout());
        assertThat(server.run(ID).path("status").asText()).isEqualTo("KILLED");
    }

    @Test
    void resumedRunDoesNotDoubleWhatWasSentBeforeTheCrash() throws Exception {
        RunDirectory run = SampleRun.started(runs, ID);
        try (Tracking tracking = start(run, uri())) {
            for (int i = 0; i < 3; i++) {
                tracking.metrics(i * 10L, 77, SampleRun.metrics(i)); // at another time than after the crash
            }
            while (server.runs.isEmpty()
                    || server.runs.size() < 2
                    || server.run(ID).path("metrics").size() < 6) {
                Thread.sleep(20);
            }
        }
        run.close();
        RunDirectory resumed = RunDirectory.resume(run.layout().root(), SampleRun.CLOCK, SampleRun.FILES);
        try (Tracking tracking = start(resumed, uri())) {
            SampleRun.completed(resumed);
            tracking.finish(Tracker.Outcome.FINISHED);
        }
        assertPublished(run.layout());
    }

    @Test
    void executionEndsForItself() throws Exception {
        sync(SampleRun.finished(runs, ID));
        new Sync(uri(), LIMITS, SampleRun.CLOCK).finishParent(SampleRun.card("quickstart", ID), Tracker.Outcome.FAILED);
        assertThat(server.run(SampleRun.PARENT).path("status").asText()).isEqualTo("FAILED");
    }

    @Test
    void manyPointsGoInBatchesWithinTheLimits() throws Exception {
        TrackedRun run;
        try (MlflowServerTracker tracker = new MlflowServerTracker(uri(), LIMITS)) {
            Map<String, String> params = new HashMap<>();
            Map<String, String> tags = new HashMap<>();
            for (int i = 0; i < 205; i++) {
                params.put("p" + i, "é".repeat(7000));
                tags.put("t" + i, "<".repeat(9000));
            }
            run = tracker.start(new RunCard("many", ID, "n", 0, params, tags), new RunLayout(runs));
            List<MetricPoint> points = new ArrayList<>();
            for (int i = 0; i < 2500; i++) {
                points.add(new MetricPoint("train/loss", i, i, i));
            }
            tracker.metrics(run, points);
            tracker.metrics(run, points);
        }
        assertThat(server.batchSizes.stream().filter(size -> size > 0)).containsExactly(1000, 1000, 500);
        ObjectNode stored = server.run(ID);
        assertThat(stored.path("params").size()).isEqualTo(205);
        assertThat(stored.path("params").path("p7").asText()).hasSize(6000).endsWith("é…");
        assertThat(stored.path("tags").path("t7").asText()).hasSize(5000);
    }

    @Test
    void credentialsAreSentAndNeverShown() throws Exception {
        String withSecrets = server.address().replace("http://", "http://ada:p%40ss@");
        server.fault(request -> request.startsWith("PUT") ? Optional.of(403) : Optional.empty());
        RunLayout layout = runThrough(TrackingUri.parse(withSecrets, Map.of("MLFLOW_TRACKING_TOKEN", "unused")));
        assertThat(server.authorizations).isNotEmpty().containsOnly("Basic YWRhOnBAc3M="); // ada:p@ss
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0))
                .contains("permission denied")
                .doesNotContain("ada:")
                .doesNotContain("p@ss");
        for (Path file : List.of(layout.tracking(), layout.trackPending(), layout.provenance())) {
            assertThat(Files.readString(file))
                    .doesNotContain("ada:")
                    .doesNotContain("p@ss")
                    .doesNotContain("p%40ss");
        }
        server.authorizations.clear();
        server.healthy();
        new Sync(TrackingUri.parse(server.address(), Map.of("MLFLOW_TRACKING_TOKEN", "t0ken")), LIMITS, SampleRun.CLOCK)
                .publish(layout.root());
        assertThat(server.authorizations).containsOnly("Bearer t0ken");
    }
}
