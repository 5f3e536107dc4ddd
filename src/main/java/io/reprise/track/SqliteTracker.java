package io.reprise.track;

import io.reprise.run.RunLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Writes the tables of MLflow's tracking store into an SQLite file, without MLflow or Python: {@code mlflow ui
 * --backend-store-uri sqlite:///…} opens it. A new file gets a frozen old schema, which MLflow upgrades itself; a file that MLflow
 * has upgraded since is written as well, since later revisions only added columns with defaults to the tables used here. A run's
 * id is the run's own id, and its artifacts are the run directory where it lies.
 */
final class SqliteTracker implements Tracker {
    private final Path file;
    private final Clock clock;
    private final Connection connection;

    private SqliteTracker(Path file, Clock clock, Connection connection) {
        this.file = file;
        this.clock = clock;
        this.connection = connection;
    }

    static SqliteTracker open(Path file, TrackingLimits limits, Clock clock) throws TrackingException {
        Path absolute = file.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute.getParent());
        } catch (IOException e) {
            throw TrackingException.permanent("the directory of " + file + " cannot be written", e);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(limits.busy().toMillis()));
        // a writer that starts as a reader could not wait for another one: SQLite refuses to upgrade its lock
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        Connection opened = null;
        try {
            opened = config.createConnection("jdbc:sqlite:" + absolute);
            opened.setAutoCommit(false);
            SqliteTracker tracker = new SqliteTracker(absolute, clock, opened);
            tracker.transaction("open", sql -> {
                MlflowSchema.ensure(sql, absolute);
                return true;
            });
            opened = null;
            return tracker;
        } catch (SQLException e) {
            throw failure(absolute, "open", e);
        } finally {
            closeQuietly(opened);
        }
    }

    @Override
    public TrackedRun start(RunCard card, RunLayout layout) throws TrackingException {
        return transaction("start the run", sql -> {
            long experiment = experiment(sql, card.experiment());
            Path place = layout.root().toAbsolutePath().normalize();
            if (card.hasParent()) {
                insertRun(sql, card.parent(), experiment, suite(place));
            }
            insertRun(sql, card, experiment, place);
            sql.update(
                    "UPDATE runs SET status = 'RUNNING', end_time = NULL, artifact_uri = ? WHERE run_uuid = ?",
                    uri(place),
                    card.id());
            for (Map.Entry<String, String> param : card.params().entrySet()) {
                sql.update(
                        "INSERT OR IGNORE INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
                        param.getKey(),
                        param.getValue(),
                        card.id());
            }
            List<TrackedRun.Point> known = sql.query(
                    row -> new TrackedRun.Point(row.getString(1), row.getLong(2)),
                    "SELECT DISTINCT key, step FROM metrics WHERE run_uuid = ?",
                    card.id());
            return new TrackedRun(card.id(), Long.toString(experiment), uri(place), known);
        });
    }

    @Override
    public void metrics(TrackedRun run, List<MetricPoint> points) throws TrackingException {
        List<MetricPoint> missing = run.missing(points);
        if (missing.isEmpty()) {
            return;
        }
        Map<String, MetricPoint> latest = new HashMap<>();
        for (MetricPoint point : missing) {
            latest.merge(point.key(), point, SqliteTracker::later);
        }
        transaction("write metrics", sql -> {
            for (MetricPoint point : missing) {
                sql.batch(
                        "INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)",
                        point.key(),
                        stored(point),
                        point.timestampMs(),
                        run.runId(),
                        point.step(),
                        Double.isNaN(point.value()) ? 1 : 0);
            }
            sql.flush();
            for (MetricPoint point : latest.values()) {
                // MLflow's order of "latest": step, then time, then value
                sql.update(
                        "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)"
                                + " ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value,"
                                + " timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan"
                                + " WHERE (excluded.step, excluded.timestamp, excluded.value)"
                                + " > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)",
                        point.key(),
                        stored(point),
                        point.timestampMs(),
                        point.step(),
                        Double.isNaN(point.value()) ? 1 : 0,
                        run.runId());
            }
            return true;
        });
        run.published(missing);
    }

    @Override
    public void datasets(TrackedRun run, List<TrackedDataset> datasets) throws TrackingException {
        transaction("write datasets", sql -> {
            for (TrackedDataset dataset : datasets) {
                sql.update(
                        "INSERT OR IGNORE INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type,"
                                + " dataset_source, dataset_schema, dataset_profile) VALUES (?, ?, ?, ?, 'code', ?, NULL, ?)",
                        uuid(run.experimentId(), dataset.name(), dataset.digest()),
                        Long.valueOf(run.experimentId()),
                        dataset.name(),
                        dataset.digest(),
                        dataset.source(),
                        dataset.profile());
                String datasetId = sql.query(
                                row -> row.getString(1),
                                "SELECT dataset_uuid FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
                                Long.valueOf(run.experimentId()),
                                dataset.name(),
                                dataset.digest())
                        .get(0);
                String input = uuid(datasetId, run.runId());
                sql.update(
                        "INSERT OR IGNORE INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)"
                                + " VALUES (?, 'DATASET', ?, 'RUN', ?)",
                        input,
                        datasetId,
                        run.runId());
                sql.update(
                        "INSERT OR IGNORE INTO input_tags (input_uuid, name, value) VALUES (?, 'mlflow.data.context', ?)",
                        input,
                        dataset.context());
            }
            return true;
        });
    }

    @Override
    public void note(TrackedRun run, String markdown) throws TrackingException {
        transaction("write the description", sql -> {
            setTag(sql, run.runId(), "mlflow.note.content", MlflowNames.tagValue(markdown));
            return true;
        });
    }

    /** Nothing to do: the run's artifact_uri is the run directory. */
    @Override
    public void artifacts(TrackedRun run, RunLayout layout) {}

    @Override
    public void finish(TrackedRun run, Outcome outcome, long endedMs) throws TrackingException {
        end(run.runId(), outcome, endedMs);
    }

    @Override
    public Optional<TrackedRun> parent(RunCard card) throws TrackingException {
        if (!card.hasParent()) {
            return Optional.empty();
        }
        return transaction("find the execution", sql -> {
            List<TrackedRun.Point> known = sql.query(
                    row -> new TrackedRun.Point(row.getString(1), row.getLong(2)),
                    "SELECT DISTINCT key, step FROM metrics WHERE run_uuid = ?",
                    card.parentId());
            return Optional.of(
                    new TrackedRun(card.parentId(), Long.toString(experiment(sql, card.experiment())), "", known));
        });
    }

    @Override
    public void finishParent(RunCard card, Outcome outcome, long endedMs) throws TrackingException {
        if (card.hasParent()) {
            end(card.parentId(), outcome, endedMs);
        }
    }

    @Override
    public void close() {
        closeQuietly(connection);
    }

    private void end(String id, Outcome outcome, long endedMs) throws TrackingException {
        transaction("finish the run", sql -> {
            sql.update("UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ?", outcome.name(), endedMs, id);
            return true;
        });
    }

    private long experiment(Sql sql, String name) throws SQLException, TrackingException {
        record Row(long id, String stage) {}
        String find =
                "SELECT experiment_id, lifecycle_stage FROM experiments WHERE name = ? ORDER BY experiment_id LIMIT 1";
        List<Row> found = sql.query(row -> new Row(row.getLong(1), row.getString(2)), find, name);
        if (found.isEmpty()) {
            long id = sql.query(row -> row.getLong(1), "SELECT COALESCE(MAX(experiment_id), 0) + 1 FROM experiments")
                    .get(0);
            sql.update(
                    "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time,"
                            + " last_update_time) VALUES (?, ?, ?, 'active', ?, ?)",
                    id,
                    name,
                    uri(file.resolveSibling("mlartifacts").resolve(Long.toString(id))),
                    clock.millis(),
                    clock.millis());
            return id;
        }
        if (!"active".equals(found.get(0).stage())) {
            throw TrackingException.permanent("its experiment \"" + name + "\" is deleted; restore it in MLflow");
        }
        return found.get(0).id();
    }

    /** Does nothing to a run that is there, but for its tags. */
    private static void insertRun(Sql sql, RunCard card, long experiment, Path place)
            throws SQLException, TrackingException {
        sql.update(
                "INSERT OR IGNORE INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status,"
                        + " start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time)"
                        + " VALUES (?, ?, 'LOCAL', ?, '', ?, 'RUNNING', ?, NULL, ?, 'active', ?, ?, NULL)",
                card.id(),
                card.name(),
                card.tags().getOrDefault("mlflow.source.name", "reprise"),
                card.tags().getOrDefault("mlflow.user", "unknown"),
                card.startedMs(),
                card.tags().getOrDefault("mlflow.source.git.commit", ""),
                uri(place),
                experiment);
        List<String> stage =
                sql.query(row -> row.getString(1), "SELECT lifecycle_stage FROM runs WHERE run_uuid = ?", card.id());
        if (!stage.equals(List.of("active"))) {
            throw TrackingException.permanent("its run " + card.id() + " is deleted; restore it in MLflow");
        }
        for (Map.Entry<String, String> tag : card.publishedTags(card.parentId()).entrySet()) {
            setTag(sql, card.id(), tag.getKey(), tag.getValue());
        }
    }

    private static void setTag(Sql sql, String runId, String key, String value) throws SQLException {
        sql.update(
                "INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)"
                        + " ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value",
                key,
                value,
                runId);
    }

    private interface Work<T> {
        T run(Sql sql) throws SQLException, TrackingException;
    }

    private <T> T transaction(String what, Work<T> work) throws TrackingException {
        try (Sql sql = new Sql(connection)) {
            T result = work.run(sql);
            connection.commit();
            return result;
        } catch (SQLException e) {
            rollback();
            throw failure(file, what, e);
        } catch (TrackingException | RuntimeException e) {
            rollback();
            throw e;
        }
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // the first failure is the one to tell
        }
    }

    private static TrackingException failure(Path file, String what, SQLException e) {
        SQLiteErrorCode code =
                e instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        // extended codes (SQLITE_BUSY_SNAPSHOT …) have the plain one in their low byte
        return switch (code.code & 0xff) {
            case 5, 6 -> TrackingException.temporary(file + " is locked by another program", e);
            case 26 -> TrackingException.permanent(file + " is not an SQLite database", e);
            case 8, 14 -> TrackingException.permanent(file + " cannot be written", e);
            default -> TrackingException.permanent(file + ": could not " + what + " (" + e.getMessage() + ")", e);
        };
    }

    private static MetricPoint later(MetricPoint a, MetricPoint b) {
        boolean before = a.step() != b.step() ? a.step() < b.step() : a.timestampMs() <= b.timestampMs();
        return before ? b : a;
    }

    /** MLflow keeps NaN as zero and a flag. */
    private static double stored(MetricPoint point) {
        return Double.isNaN(point.value()) ? 0 : point.value();
    }

    /** Of runs/name/hash/seed-n: runs/name, where all runs of an execution lie. */
    private static Path suite(Path run) {
        return run.getNameCount() > 2 ? run.getParent().getParent() : run;
    }

    private static String uri(Path path) {
        String uri = path.toUri().toString(); // ends in a slash if path is a directory
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    }

    private static String uuid(String... parts) {
        byte[] name = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
        return UUID.nameUUIDFromBytes(name).toString().replace("-", "");
    }

    private static void closeQuietly(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // everything was committed or rolled back before
        }
    }
}
