package io.reprise.track;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** The tables of MLflow's tracking store. */
final class MlflowSchema {
    /** All tables that {@link SqliteTracker} writes. */
    private static final List<String> NEEDED = List.of(
            "alembic_version",
            "experiments",
            "runs",
            "metrics",
            "latest_metrics",
            "params",
            "tags",
            "datasets",
            "inputs",
            "input_tags");

    private MlflowSchema() {}

    /** Creates the tables in an empty file; refuses a file of another program. */
    static void ensure(Sql sql, Path file) throws SQLException, TrackingException {
        List<String> tables = sql.query(row -> row.getString(1), "SELECT name FROM sqlite_master WHERE type = 'table'");
        if (tables.isEmpty()) {
            for (String statement : statements()) {
                sql.update(statement);
            }
        } else if (!tables.containsAll(NEEDED)) {
            throw TrackingException.permanent(file + " is an SQLite database, but not MLflow's; choose another file");
        }
    }

    private static List<String> statements() {
        try (InputStream in = MlflowSchema.class.getResourceAsStream("mlflow-4465047574b1.sql")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String code = text.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
            return List.of(code.split(";\n?", 0)).stream()
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
