package io.reprise.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SqliteTrackerTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final TrackingLimits LIMITS = TrackingLimits.defaults();

    @TempDir
    Path runs;

    private Path db;

    @BeforeEach
    void setUp() {
        db = runs.resolve("mlflow.db");
    }

    private TrackingUri uri() {
        return TrackingUri.parse("sqlite:///" + db, Map.of());
    }

    private Publication sync(RunLayout layout) throws TrackingException {
        return new Sync(uri(), LIMITS, SampleRun.CLOCK).publish(layout.root());
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + db);
    }

    /** Rows as text, columns joined by a bar. */
    private List<String> query(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    cells.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join("|", cells));
            }
        }
        return rows;
    }

    private void assertPublished(RunLayout layout) throws SQLException {
        assertThat(query("SELECT version_num FROM alembic_version")).containsExactly("4465047574b1");
        assertThat(query("SELECT name, lifecycle_stage FROM experiments")).containsExactly("quickstart|active");
        assertThat(query(
                        "SELECT run_uuid, name, status, start_time, artifact_uri, user_id FROM runs ORDER BY run_uuid"))
                .containsExactly(
                        ID + "|d_model=64 seed=42|FINISHED|" + SampleRun.START + "|file://" + layout.root() + "|ada",
                        SampleRun.PARENT + "|sweep of 1|FINISHED|" + SampleRun.START + "|file://"
                                + runs.resolve("quickstart") + "|ada");
        assertThat(query("SELECT key, value FROM params ORDER BY key")).containsExactly("model.d_model|64", "seed|42");
        assertThat(query("SELECT value FROM tags WHERE key = 'mlflow.parentRunId'"))
                .containsExactly(SampleRun.PARENT);
        assertThat(query("SELECT value FROM tags WHERE key = 'mlflow.runName' AND run_uuid = '" + ID + "'"))
                .containsExactly("d_model=64 seed=42");
        assertThat(query("SELECT value FROM tags WHERE key = 'mlflow.note.content'"))
                .containsExactly("**Can it count?**\n\nYes.");
        long end = SampleRun.CLOCK.millis();
        assertThat(query("SELECT key, step, value, is_nan, timestamp FROM metrics ORDER BY key, step"))
                .containsExactly(
                        "test/determined_accuracy|1700|0.998|0|" + end,
                        "train/loss|0|1.0|0|" + SampleRun.START,
                        "train/loss|10|0.5|0|" + (SampleRun.START + 1000),
                        "train/loss|20|0.0|1|" + (SampleRun.START + 2000),
                        "train/tokens_per_s|0|400000.0|0|" + SampleRun.START,
                        "train/tokens_per_s|10|400000.0|0|" + (SampleRun.START + 1000),
                        "train/tokens_per_s|20|400000.0|0|" + (SampleRun.START + 2000),
                        "val/accuracy rule plus2|0|0.5|0|" + SampleRun.START,
                        "val/accuracy rule plus2|10|0.625|0|" + (SampleRun.START + 1000),
                        "val/accuracy rule plus2|20|0.75|0|" + (SampleRun.START + 2000));
        assertThat(query("SELECT key, step, value, is_nan FROM latest_metrics ORDER BY key"))
                .containsExactly(
                        "test/determined_accuracy|1700|0.998|0",
                        "train/loss|20|0.0|1",
                        "train/tokens_per_s|20|400000.0|0",
                        "val/accuracy rule plus2|20|0.75|0");
        assertThat(
                        query(
                                "SELECT d.name, t.name, t.value, i.destination_id FROM datasets d JOIN inputs i"
                                        + " ON i.source_id = d.dataset_uuid JOIN input_tags t ON t.input_uuid = i.input_uuid ORDER BY d.name"))
                .containsExactly(
                        "quickstart/test|mlflow.data.context|test|" + ID,
                        "quickstart/train|mlflow.data.context|training|" + ID,
                        "quickstart/validation|mlflow.data.context|validation|" + ID);
        assertThat(layout.trackPending()).doesNotExist();
    }

    @Test
    void writesWhatMlflowShows() throws Exception {
        RunDirectory run = SampleRun.started(runs, ID);
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        try (Tracking tracking = Tracking.start(
                uri(),
                LIMITS,
                SampleRun.CLOCK,
                SampleRun.FILES,
                warnings::add,
                run.layout(),
                SampleRun.card("quickstart", ID))) {
            for (int i = 0; i < 3; i++) {
                tracking.metrics(i * 10L, SampleRun.START + 1000L * i, SampleRun.metrics(i));
                tracking.metrics(i * 10L, SampleRun.START + 1000L * i, SampleRun.timings(i));
            }
            SampleRun.completed(run);
            tracking.finish(Tracker.Outcome.FINISHED);
        }
        assertThat(warnings).isEmpty();
        new Sync(uri(), LIMITS, SampleRun.CLOCK)
                .finishParent(SampleRun.card("quickstart", ID), Tracker.Outcome.FINISHED);
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
    void whatRunsSayTogetherIsTheirExecutionsMetric() throws Exception {
        RunLayout layout = SampleRun.finished(runs, ID);
        sync(layout);
        Sync sync = new Sync(uri(), LIMITS, SampleRun.CLOCK);
        for (int twice = 0; twice < 2; twice++) {
            sync.finishParent(layout.root(), Tracker.Outcome.FINISHED, Map.of("comparison/sizes/x_csi", 0.58));
        }
        String parent = SampleRun.card("quickstart", ID).parentId();
        assertThat(query("SELECT key, value FROM latest_metrics WHERE run_uuid = '" + parent + "'"))
                .containsExactly("comparison/sizes/x_csi|0.58");
        assertThat(query("SELECT COUNT(*) FROM metrics WHERE run_uuid = '" + parent + "'"))
                .containsExactly("1");
    }

    @Test
    void movedRunDirectoryIsFoundAgainAfterSync() throws Exception {
        RunLayout layout = SampleRun.finished(runs, ID);
        sync(layout);
        Path moved = runs.resolve("moved");
        Files.move(layout.root(), moved);
        sync(new RunLayout(moved));
        assertThat(query("SELECT artifact_uri FROM runs WHERE run_uuid = '" + ID + "'"))
                .containsExactly("file://" + moved);
    }

    @Test
    void schemaHasTheTablesOfTheRevision() throws Exception {
        SqliteTracker.open(db, LIMITS, SampleRun.CLOCK).close();
        assertThat(query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
                .containsExactly(
                        "alembic_version",
                        "datasets",
                        "experiment_tags",
                        "experiments",
                        "input_tags",
                        "inputs",
                        "latest_metrics",
                        "metrics",
                        "model_version_tags",
                        "model_versions",
                        "params",
                        "registered_model_aliases",
                        "registered_model_tags",
                        "registered_models",
                        "runs",
                        "tags",
                        "trace_info",
                        "trace_request_metadata",
                        "trace_tags");
    }

    @Test
    void infinityIsStoredAsNan() throws Exception {
        try (SqliteTracker tracker = SqliteTracker.open(db, LIMITS, SampleRun.CLOCK)) {
            TrackedRun run = tracker.start(SampleRun.card("x", ID), new RunLayout(runs));
            tracker.metrics(run, List.of(new MetricPoint("loss", Double.POSITIVE_INFINITY, 1, 1)));
        }
        assertThat(query("SELECT value, is_nan FROM metrics")).containsExactly("0.0|1");
    }

    @Test
    void manyWritersShareOneFile() throws Exception {
        int writers = 6;
        int batches = 15;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                String id = String.format("%032x", w + 1);
                all.add(threads.submit(() -> {
                    try (SqliteTracker tracker = SqliteTracker.open(db, LIMITS, SampleRun.CLOCK)) {
                        TrackedRun run = tracker.start(SampleRun.card("shared", id), new RunLayout(runs));
                        for (int b = 0; b < batches; b++) {
                            List<MetricPoint> points = new ArrayList<>();
                            for (int i = 0; i < 50; i++) {
                                points.add(new MetricPoint("loss", i, b * 50L + i, i));
                            }
                            tracker.metrics(run, points);
                        }
                        tracker.finish(run, Tracker.Outcome.FINISHED, 1);
                    }
                    return true;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(query("SELECT COUNT(*) FROM experiments")).containsExactly("1");
        assertThat(query("SELECT COUNT(*) FROM runs WHERE status = 'FINISHED'")).containsExactly("6");
        assertThat(query("SELECT run_uuid, COUNT(*) FROM metrics GROUP BY run_uuid"))
                .allMatch(row -> row.endsWith("|750"));
    }

    @Test
    void lockedFileDoesNotStopTheRunAndSyncPublishesLater() throws Exception {
        SqliteTracker.open(db, LIMITS, SampleRun.CLOCK).close();
        TrackingLimits hasty = new TrackingLimits(
                LIMITS.call(), LIMITS.giveUp(), LIMITS.close(), Duration.ofMillis(50), Duration.ofMillis(200));
        RunDirectory run = SampleRun.started(runs, ID);
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        try (Connection other = connection();
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            try (Tracking tracking = Tracking.start(
                    uri(),
                    hasty,
                    SampleRun.CLOCK,
                    SampleRun.FILES,
                    warnings::add,
                    run.layout(),
                    SampleRun.card("quickstart", ID))) {
                SampleRun.completed(run);
                tracking.finish(Tracker.Outcome.FINISHED);
            }
            statement.execute("ROLLBACK");
        }
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0))
                .contains("mlflow.db is locked by another program")
                .contains("reprise sync");
        assertThat(run.layout().trackPending()).content().contains("locked");
        sync(run.layout());
        assertPublished(run.layout());
    }

    @Test
    void foreignFilesAreRefusedUntouched() throws Exception {
        Files.writeString(db, "Dear diary, today I learnt about databases. ".repeat(50));
        assertThatThrownBy(() -> SqliteTracker.open(db, LIMITS, SampleRun.CLOCK))
                .isInstanceOf(TrackingException.class)
                .hasMessageEndingWith("is not an SQLite database");
        assertThat(db).content().startsWith("Dear diary");
        Files.delete(db);
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE recipes (name TEXT)");
        }
        assertThatThrownBy(() -> SqliteTracker.open(db, LIMITS, SampleRun.CLOCK))
                .hasMessageEndingWith("is an SQLite database, but not MLflow's; choose another file");
        assertThat(query("SELECT name FROM sqlite_master")).containsExactly("recipes");
    }

    @Test
    void placeThatCannotBeWrittenIsToldAndTheRunGoesOn() throws IOException {
        Path file = runs.resolve("file");
        Files.writeString(file, "");
        assertThatThrownBy(() -> SqliteTracker.open(file.resolve("mlflow.db"), LIMITS, SampleRun.CLOCK))
                .hasMessageContaining("cannot be written");
    }

    @Test
    void deletedExperimentsAndRunsAreTold() throws Exception {
        RunLayout layout = SampleRun.finished(runs, ID);
        sync(layout);
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = '" + ID + "'");
            assertThatThrownBy(() -> sync(layout)).hasMessageContaining("is deleted; restore it in MLflow");
            statement.execute("UPDATE experiments SET lifecycle_stage = 'deleted'");
            assertThatThrownBy(() -> sync(layout)).hasMessageContaining("experiment \"quickstart\" is deleted");
        }
        assertThat(layout.trackPending()).exists();
    }
}
