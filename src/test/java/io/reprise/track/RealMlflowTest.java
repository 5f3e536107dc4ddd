package io.reprise.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against MLflow itself: its server reads back what was published, and its Python reads the sqlite file written here. */
@Tag("mlflow")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RealMlflowTest {
    private static final TrackingLimits LIMITS = TrackingLimits.defaults();
    private static final String[] CURVES = {"train/loss", "val/accuracy rule plus2", "train/tokens_per_s"};

    /** Prints, for each run of an experiment: name, status, params, tags, latest metrics, histories, datasets, artifacts. */
    private static final String READ_STORE = """
            import json, sys, mlflow
            from mlflow import MlflowClient
            uri, experiment = sys.argv[1:3]
            client = MlflowClient(tracking_uri=uri)
            mlflow.set_tracking_uri(uri)
            found = client.get_experiment_by_name(experiment)
            runs = {}
            for run in client.search_runs([found.experiment_id]):
                id = run.info.run_id
                runs[id] = dict(
                    name=run.info.run_name, status=run.info.status, params=run.data.params, tags=run.data.tags,
                    metrics={k: str(v) for k, v in run.data.metrics.items()},
                    history={k: [[m.step, str(m.value), m.timestamp] for m in client.get_metric_history(id, k)]
                             for k in run.data.metrics},
                    datasets=[[d.dataset.name, d.dataset.digest, d.tags[0].value] for d in run.inputs.dataset_inputs],
                    artifacts=sorted(f.path for f in client.list_artifacts(id)))
            print(json.dumps(runs))
            """;

    @TempDir
    static Path server;

    @TempDir
    Path runs;

    private static RealMlflow mlflow;
    private static String python;

    @BeforeAll
    static void startServer() throws Exception {
        python = RealMlflow.python();
        mlflow = RealMlflow.serve(server.resolve("store.db"), server);
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (mlflow != null) {
            mlflow.close();
        }
    }

    private static String id(int i) {
        return String.format("%032x", i);
    }

    private static Sync sync(String uri) {
        return new Sync(TrackingUri.parse(uri, Map.of()), LIMITS, SampleRun.CLOCK);
    }

    private static RunLayout finished(Path runs, String experiment, String id) throws Exception {
        RunDirectory run = SampleRun.started(runs, id);
        new TrackingFile(SampleRun.card(experiment, id), List.of()).write(run.layout(), SampleRun.FILES);
        return SampleRun.completed(run).layout();
    }

    private static Map<String, String> pairs(JsonNode list) {
        Map<String, String> pairs = new TreeMap<>();
        list.forEach(
                pair -> pairs.put(pair.path("key").asText(), pair.path("value").asText()));
        return pairs;
    }

    private static List<String> history(String runId, String key) throws Exception {
        List<String> points = new ArrayList<>();
        mlflow.call("metrics/get-history?run_id=" + runId + "&metric_key=" + key.replace(" ", "%20"))
                .path("metrics")
                .forEach(m -> points.add(
                        m.path("step").asLong() + ": " + m.path("value").asText() + " at "
                                + (m.path("timestamp").asLong() - SampleRun.START)));
        return points;
    }

    private static void assertHistories(String runId) throws Exception {
        assertThat(history(runId, CURVES[0])).containsExactly("0: 1.0 at 0", "10: 0.5 at 1000", "20: NaN at 2000");
        assertThat(history(runId, CURVES[1])).containsExactly("0: 0.5 at 0", "10: 0.625 at 1000", "20: 0.75 at 2000");
        assertThat(history(runId, CURVES[2]))
                .containsExactly("0: 400000.0 at 0", "10: 400000.0 at 1000", "20: 400000.0 at 2000");
        assertThat(history(runId, "test/determined_accuracy")).containsExactly("1700: 0.998 at 60000");
    }

    @Test
    void serverShowsWhatARunPublished() throws Exception {
        String experiment = "server suite";
        RunDirectory run = SampleRun.started(runs, id(1));
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        Publication published;
        try (Tracking tracking = Tracking.start(
                TrackingUri.parse(mlflow.address(), Map.of()),
                LIMITS,
                SampleRun.CLOCK,
                SampleRun.FILES,
                warnings::add,
                run.layout(),
                SampleRun.card(experiment, id(1)))) {
            for (int i = 0; i < 3; i++) {
                tracking.metrics(i * 10L, SampleRun.START + 1000L * i, SampleRun.metrics(i));
                tracking.metrics(i * 10L, SampleRun.START + 1000L * i, SampleRun.timings(i));
            }
            SampleRun.completed(run);
            tracking.finish(Tracker.Outcome.FINISHED);
            published = tracking.await().orElseThrow(() -> new AssertionError(warnings));
        }
        assertThat(warnings).isEmpty();
        String runId = published.runId();
        JsonNode read = mlflow.call("runs/get?run_id=" + runId).path("run");
        assertThat(read.path("info").path("status").asText()).isEqualTo("FINISHED");
        assertThat(read.path("info").path("run_name").asText()).isEqualTo("d_model=64 seed=42");
        assertThat(read.path("info").path("start_time").asLong()).isEqualTo(SampleRun.START);
        assertThat(read.path("info").path("end_time").asLong()).isEqualTo(SampleRun.CLOCK.millis());
        assertThat(pairs(read.path("data").path("params"))).isEqualTo(Map.of("model.d_model", "64", "seed", "42"));
        assertThat(pairs(read.path("data").path("tags")))
                .containsEntry("mlflow.source.git.commit", "0123456789abcdef")
                .containsEntry("mlflow.note.content", "**Can it count?**\n\nYes.")
                .containsEntry("config.hash", "5f3a91c2")
                .containsEntry("mlflow.user", "ada");
        assertHistories(runId);
        List<String> datasets = new ArrayList<>();
        read.path("inputs")
                .path("dataset_inputs")
                .forEach(
                        input -> datasets.add(input.path("dataset").path("name").asText() + " as "
                                + input.path("tags").get(0).path("value").asText()));
        assertThat(datasets)
                .containsExactlyInAnyOrder(
                        experiment + "/train as training",
                        experiment + "/validation as validation",
                        experiment + "/test as test");
        assertThat(mlflow.call("artifacts/list?run_id=" + runId).path("files").findValuesAsText("path"))
                .containsExactlyInAnyOrder(
                        "config.yaml",
                        "figures",
                        "metrics.jsonl",
                        "provenance.json",
                        "report.html",
                        "results.json",
                        "timings.jsonl");
        assertThat(mlflow.artifact(runId, "report.html"))
                .isEqualTo(Files.readString(run.layout().report()));
        assertThat(mlflow.artifact(runId, "figures/pattern 0.0.png")).contains("PNG");
        assertThat(mlflow.artifact(runId, "config.yaml"))
                .contains("http://host:1")
                .doesNotContain("secret");

        String parent = pairs(read.path("data").path("tags")).get("mlflow.parentRunId");
        sync(mlflow.address()).finishParent(SampleRun.card(experiment, id(1)), Tracker.Outcome.FINISHED);
        JsonNode parentInfo =
                mlflow.call("runs/get?run_id=" + parent).path("run").path("info");
        assertThat(parentInfo.path("run_name").asText()).isEqualTo("sweep of 1");
        assertThat(parentInfo.path("status").asText()).isEqualTo("FINISHED");

        assertThat(sync(mlflow.address()).publish(run.layout().root())).isEqualTo(published);
        assertHistories(runId);
        assertThat(mlflow.call("runs/get?run_id=" + runId)
                        .path("run")
                        .path("inputs")
                        .path("dataset_inputs"))
                .hasSize(3);
    }

    @Test
    void experimentThatWasDeletedIsToldAndPublishedOnceRestored() throws Exception {
        RunLayout first = finished(runs.resolve("a"), "closed suite", id(2));
        String experiment = sync(mlflow.address()).publish(first.root()).experimentId();
        mlflow.post("experiments/delete", Map.of("experiment_id", experiment));
        RunLayout second = finished(runs.resolve("b"), "closed suite", id(3));
        assertThatThrownBy(() -> sync(mlflow.address()).publish(second.root()))
                .isInstanceOf(TrackingException.class)
                .hasMessageContaining("the experiment \"closed suite\" is deleted");
        assertThat(second.trackPending()).exists();
        mlflow.post("experiments/restore", Map.of("experiment_id", experiment));
        assertHistories(sync(mlflow.address()).publish(second.root()).runId());
        assertThat(second.trackPending()).doesNotExist();
    }

    @Test
    void manyPointsAreReadBackInOrder() throws Exception {
        try (MlflowServerTracker tracker =
                new MlflowServerTracker(TrackingUri.parse(mlflow.address(), Map.of()), LIMITS)) {
            TrackedRun run =
                    tracker.start(new RunCard("long suite", id(4), "long", 1, Map.of(), Map.of()), new RunLayout(runs));
            List<MetricPoint> points = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                points.add(new MetricPoint("train/loss", i, i, i));
            }
            tracker.metrics(run, points);
            assertThat(mlflow.call("metrics/get-history?metric_key=train/loss&run_id=" + run.runId())
                            .path("metrics"))
                    .hasSize(3000);
            // opened again, as after a crash: all of it is known
            TrackedRun again =
                    tracker.start(new RunCard("long suite", id(4), "long", 1, Map.of(), Map.of()), new RunLayout(runs));
            assertThat(again.runId()).isEqualTo(run.runId());
            assertThat(again.missing(points)).isEmpty();
        }
    }

    @Test
    void mlflowReadsAndUpgradesTheFileAndBothGoOnWriting() throws Exception {
        Path db = runs.resolve("mlflow.db");
        String uri = "sqlite:///" + db;
        RunLayout first = finished(runs.resolve("a"), "file suite", id(5));
        sync(uri).publish(first.root());

        JsonNode read = RealMlflow.run(runs, READ_STORE, uri, "file suite");
        assertStored(read.path(id(5)));
        assertThat(read.path(SampleRun.PARENT).path("name").asText()).isEqualTo("sweep of 1");

        // MLflow has upgraded the file by now; we write on, while a server has it open
        try (RealMlflow ui = RealMlflow.serve(db, runs)) {
            RunLayout second = finished(runs.resolve("b"), "file suite", id(6));
            sync(uri).publish(second.root());
            assertThat(sync(uri).publish(first.root()).runId()).isEqualTo(id(5));
            JsonNode shown = ui.call("runs/get?run_id=" + id(6)).path("run");
            assertThat(shown.path("info").path("status").asText()).isEqualTo("FINISHED");
            assertThat(shown.path("data").path("metrics")).hasSize(4);
            assertThat(ui.artifact(id(6), "report.html")).isEqualTo(Files.readString(second.report()));
            JsonNode found = ui.post(
                    "runs/search",
                    Map.of(
                            "experiment_ids",
                            List.of("1"),
                            "filter",
                            "tags.mlflow.parentRunId = '" + SampleRun.PARENT
                                    + "' and metrics.`test/determined_accuracy` > 0.9"));
            assertThat(found.path("runs")).hasSize(2);
        }
        JsonNode again = RealMlflow.run(runs, READ_STORE, uri, "file suite");
        assertStored(again.path(id(5)));
        assertStored(again.path(id(6)));
    }

    private static void assertStored(JsonNode run) {
        assertThat(run.path("status").asText()).isEqualTo("FINISHED");
        assertThat(run.path("params").toString()).isEqualTo("{\"model.d_model\":\"64\",\"seed\":\"42\"}");
        assertThat(run.path("tags").path("kind").asText()).isEqualTo("train");
        assertThat(run.path("metrics").path("train/loss").asText()).isEqualTo("nan");
        assertThat(run.path("metrics").path("val/accuracy rule plus2").asText()).isEqualTo("0.75");
        assertThat(run.path("history").path("train/loss").toString())
                .isEqualTo("[[0,\"1.0\",1700000000000],[10,\"0.5\",1700000001000],[20,\"nan\",1700000002000]]");
        assertThat(run.path("datasets").toString())
                .contains("[\"file suite/train\",")
                .contains("\"training\"]")
                .contains("\"validation\"]")
                .contains("\"test\"]");
        assertThat(run.path("artifacts").toString())
                .contains("report.html")
                .contains("figures")
                .contains("config.yaml");
    }
}
