package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationSpec;
import io.reprise.analysis.relation.Spread;
import io.reprise.report.MadeUpRelations;
import io.reprise.run.GitState;
import io.reprise.run.Machine;
import io.reprise.run.Provenance;
import io.reprise.run.RelationResults;
import io.reprise.run.RunLayout;
import io.reprise.track.Publication;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishRelationsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_700_000_000_000L), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private Path db;
    private Path evaluation;
    private final List<String> warnings = new ArrayList<>();
    private final List<RelationResult> relations = List.of(
            MadeUpRelations.capitals(),
            MadeUpRelations.withoutCausality(),
            MadeUpRelations.unicode(),
            MadeUpRelations.skipped());

    @BeforeEach
    void places() {
        db = folder.resolve("mlflow.db");
        evaluation = folder.resolve("relations").resolve("5f3a91c2").resolve("seed-0");
    }

    private List<Publication> publish(String uri, List<RelationResult> all) throws IOException {
        PublishRelations.Study study = new PublishRelations.Study(
                "relations",
                "models/gpt2",
                124_439_808,
                RelationSpec.defaults(),
                "model: models/gpt2\ntracking_uri: " + uri + "\n",
                "5f3a91c2",
                Provenance.collect(
                        CLOCK,
                        List.of("relation", "evaluate"),
                        GitState.UNKNOWN,
                        Machine.here(),
                        "cpu",
                        "plain",
                        2,
                        Map.of()));
        return new PublishRelations(CLOCK, new AtomicFile(), warnings::add).publish(evaluation, study, all, uri);
    }

    private String sqlite() {
        return "sqlite:///" + db;
    }

    /** Rows as text, columns joined by a bar. */
    private List<String> query(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + db);
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

    @Test
    void oneExecutionHasOneRunPerRelation() throws Exception {
        assertThat(publish(sqlite(), relations)).hasSize(4).allMatch(Publication::complete);
        assertThat(warnings).isEmpty();
        assertThat(query("SELECT name FROM experiments")).containsExactly("relations");
        String parent = query("SELECT run_uuid FROM runs WHERE name = 'relations · 5f3a91c2 · seed 0'")
                .get(0);
        assertThat(query("SELECT value FROM tags WHERE key = 'mlflow.parentRunId'"))
                .hasSize(4)
                .containsOnly(parent);
        assertThat(query("SELECT name, status FROM runs WHERE run_uuid <> '" + parent + "' ORDER BY name"))
                .containsExactly(
                        "country_capital_city|FINISHED",
                        "name_gender|FINISHED",
                        "pokemon_evolution|FINISHED",
                        "国の首都 → столица <b>|FINISHED");
        assertThat(query("SELECT status, artifact_uri FROM runs WHERE run_uuid = '" + parent + "'"))
                .containsExactly("FINISHED|file://" + evaluation);
    }

    @Test
    void aRelationsRunHasWhatWasTriedAndWhatCameOut() throws Exception {
        publish(sqlite(), relations);
        String run = query("SELECT run_uuid FROM runs WHERE name = 'country_capital_city'")
                .get(0);
        String own = " WHERE run_uuid = '" + run + "'";
        assertThat(query("SELECT key, value FROM params" + own))
                .contains(
                        "estimator|jacobian_icl_mean",
                        "layers|all",
                        "betas|0.5,0.75,1.0,1.25,1.5,1.75,2.0,2.25,2.5,3.0,3.5,4.0,5.0",
                        "ranks|1,2,4,8,16,32,64,128,256",
                        "train|5",
                        "trials|3");
        Map<String, Spread> summary = relations.get(0).summary();
        assertThat(query("SELECT key, printf('%.9f', value) FROM latest_metrics" + own))
                .contains(
                        metric("faithfulness", summary.get("faithfulness").mean()),
                        metric(
                                "faithfulness_se",
                                summary.get("faithfulness").se().orElseThrow()),
                        metric("causality", summary.get("causality").mean()),
                        metric(
                                "estimator/identity",
                                summary.get("estimator/identity").mean()),
                        metric(
                                "estimator/translation",
                                summary.get("estimator/translation").mean()),
                        metric("editor/oracle_h", 1),
                        metric("trials_scored", 3));
        assertThat(query("SELECT value FROM tags WHERE key = 'mlflow.note.content' AND run_uuid = '" + run + "'")
                        .get(0))
                .contains("Of the test subjects that the model knows");
        RunLayout layout = new RunLayout(evaluation.resolve("runs/country_capital_city"));
        assertThat(query("SELECT artifact_uri FROM runs" + own)).containsExactly("file://" + layout.root());
        assertThat(Files.readString(layout.report())).contains("<h1>country capital city</h1>");
        assertThat(RelationResults.read(layout.relations()).relations()).containsExactly(relations.get(0));
        String without =
                query("SELECT run_uuid FROM runs WHERE name = 'name_gender'").get(0);
        assertThat(query("SELECT key FROM latest_metrics WHERE run_uuid = '" + without + "'"))
                .contains("faithfulness")
                .doesNotContain("causality");
    }

    /** SQLite prints 15 digits of a double; nine decimals are enough to tell metrics apart. */
    private static String metric(String name, double value) {
        return String.format(Locale.ROOT, "%s|%.9f", name, value);
    }

    @Test
    void publishingAgainChangesNothingAndARelationMoreJoinsTheSameExecution() throws Exception {
        List<Publication> first = publish(sqlite(), relations.subList(0, 2));
        List<Publication> second = publish(sqlite(), relations);
        assertThat(second.subList(0, 2)).isEqualTo(first);
        assertThat(query("SELECT COUNT(*) FROM runs")).containsExactly("5");
        assertThat(query("SELECT COUNT(DISTINCT value) FROM tags WHERE key = 'mlflow.parentRunId'"))
                .containsExactly("1");
    }

    @Test
    void aTrackerThatFailsStopsNothingAndSyncMakesUpForIt() throws Exception {
        Files.createDirectories(db);
        assertThat(publish(sqlite(), relations)).isEmpty();
        assertThat(warnings).singleElement().asString().contains("reprise sync " + evaluation);
        assertThat(new RunLayout(evaluation.resolve("runs/name_gender")).trackPending())
                .exists();
        Files.delete(db);
        assertThat(SyncRuns.sync(List.of(evaluation), Optional.empty(), CLOCK)).hasSize(4);
        assertThat(query("SELECT COUNT(*) FROM runs WHERE status = 'FINISHED'")).containsExactly("5");
    }

    @Test
    void withoutTrackingNothingIsWritten() throws Exception {
        assertThat(publish("none", relations)).isEmpty();
        assertThat(evaluation).doesNotExist();
    }
}
