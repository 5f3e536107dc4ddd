package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import io.reprise.run.ExpectationResult;
import io.reprise.run.GitState;
import io.reprise.run.OverlapResults;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experiments that compare circuits from files. */
class CircuitsPipelineTest {
    private static final Path PUBLISHED = Path.of("experiments/published-sequence-circuits.yaml");
    private static final double ROUNDING = 1e-9;

    @TempDir
    Path folder;

    /** Goldens are Python's fractions: sums of binomial coefficients, convolved over layers for the stratified ones. */
    @Test
    void thePublishedCircuitsOverlapAsExactFractionsSay() throws IOException {
        Map<String, Double> found = run(published()).result().metrics();
        Map<String, Double> exact = new LinkedHashMap<>();
        exact.put("heads/numerals-number_words/adjusted_jaccard", 0.8715195456266296);
        exact.put("heads/numerals-number_words/log_p", -28.693286933290878);
        exact.put("heads/numerals-number_words/stratified_log_p", -19.7905902932759);
        exact.put("heads/numerals-number_words/stratified_expected_jaccard", 0.12129502954503828);
        exact.put("heads/numerals-months/adjusted_jaccard", 0.4217984157619598);
        exact.put("heads/numerals-months/log_p", -13.991110659055792);
        exact.put("heads/number_words-months/adjusted_jaccard", 0.5320697802130736);
        exact.put("heads/number_words-months/stratified_expected_shared", 2.75);
        exact.put("nodes/numerals-number_words/adjusted_jaccard", 0.9202285948638194);
        exact.put("nodes/numerals-number_words/stratified_expected_jaccard", 0.35100229289899);
        exact.put("nodes/number_words-months/log_p", -27.962487431422453);
        exact.put("nodes/number_words-months/stratified_log_p", -11.249878614652836);
        // Benjamini and Hochberg by hand: the second smallest of three p is multiplied by 3/2, unless the largest is
        // smaller still
        exact.put("heads/numerals-number_words/q", 3 * Math.exp(-28.693286933290878));
        exact.put("heads/numerals-months/q", Math.exp(-13.944060488225801));
        exact.put("heads/numerals-months/stratified_q", 1.5 * Math.exp(-13.659277711932692));
        exact.forEach((name, value) ->
                assertThat(found.get("overlap/" + name)).as(name).isCloseTo(value, within(ROUNDING)));
        assertThat(found)
                .containsEntry("overlap/heads/all/shared", 8.0)
                .containsEntry("overlap/heads/all/union", 24.0)
                .containsEntry("overlap/nodes/numerals-months/shared", 18.0);
    }

    @Test
    void theShippedExperimentMeetsItsExpectationsEachBesideChance() throws IOException {
        RunOutcome outcome = run(published());
        assertThat(outcome.result().expectations()).hasSize(14).allMatch(ExpectationResult::met);
        assertThat(outcome.result().expectations().get(0).control())
                .isEqualTo("overlap/heads/numerals-number_words/expected_shared = 1.8472");
    }

    @Test
    void theRunDirectoryIsLikeAnyOtherAndTheReportSaysWhatListsCannotProve() throws IOException {
        RunOutcome outcome = run(published("tracking_uri=sqlite:///" + folder.resolve("mlflow.db")));
        try (Stream<Path> files = Files.list(outcome.directory())) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(".")))
                    .containsExactlyInAnyOrder(
                            "status.json",
                            "config.yaml",
                            "provenance.json",
                            "metrics.jsonl",
                            "timings.jsonl",
                            "results.json",
                            "overlaps.json",
                            "circuits",
                            "figures",
                            "report.html",
                            "tracking.json");
        }
        assertThat(outcome.tracking()).isPresent();
        assertThat(Files.readString(outcome.directory().resolve("config.yaml")))
                .contains("circuits:")
                .doesNotContain("model:", "train:", "split:", "analyses:");
        assertThat(Files.readString(outcome.directory().resolve("report.html")))
                .contains("Circuits are not random draws", "by itself it is no proof that one task re-uses")
                .contains("CSI is not identifiable", "fig-overlap-heads", "fig-overlap-nodes", "fig-circuit-months")
                .contains("a0.h1 a4.h4 a6.h1 a6.h6 a6.h10 a7.h11 a8.h8 a9.h1")
                .doesNotContain("0 parameters", "Vocabulary: 0");
        assertThat(CircuitFile.read(outcome.directory().resolve("circuits/months.json"))
                        .size())
                .isEqualTo(23);
        OverlapResults read = OverlapResults.read(outcome.directory().resolve("overlaps.json"));
        assertThat(read.comparisons())
                .extracting(OverlapResults.Comparison::key)
                .containsExactly("heads", "nodes");
    }

    @Test
    void aFinishedRunIsLeftAloneUnlessItsFilesHaveChanged() throws IOException {
        Path one = list("one", "[[0, 0]]", 2);
        Path other = list("other", "[[0, 1]]", 2);
        assertThat(run(config(one, other)).already()).isFalse();
        assertThat(run(config(one, other)).already()).isTrue();
        list("other", "[[0, 0]]", 2);
        assertThatThrownBy(() -> run(config(one, other)))
                .hasMessageContaining("files have changed since")
                .hasMessageContaining("--force");
    }

    @Test
    void emptyAndFullCircuitsAreNotIdentifiableAndNoTests() throws IOException {
        Path whole = list("whole", "[[0, 0], [0, 1], [1, 0], [1, 1]]", 2);
        Path empty = list("empty", "[]", 2);
        Path one = list("one", "[[0, 0], [1, 1]]", 2);
        Path other = list("other", "[[0, 0], [1, 0]]", 2);
        RunOutcome outcome = run(config(whole, empty, one, other));
        assertThat(outcome.result().metrics())
                .doesNotContainKeys(
                        "overlap/heads/whole-one/adjusted_jaccard",
                        "overlap/heads/whole-one/q",
                        "overlap/heads/empty-one/adjusted_jaccard",
                        "overlap/heads/whole-empty/kappa")
                // of one test p is q: P(X ≥ 1) for 2 and 2 of 4 is 5/6
                .hasEntrySatisfying(
                        "overlap/heads/one-other/q", q -> assertThat(q).isCloseTo(5.0 / 6, within(ROUNDING)));
        assertThat(Files.readString(outcome.directory().resolve("report.html"))).contains("not identifiable");
    }

    @Test
    void scoresAreComparedWithoutAThresholdWhereThereAreSome() throws IOException {
        Universe universe = Universe.nodes(new ModelShape(2, 4, 8, false));
        Path one = scored("one", universe, 1);
        Path same = scored("same", universe, 1);
        Path other = scored("other", universe, -1);
        Map<String, Double> metrics = run(config(one, same, other)).result().metrics();
        assertThat(metrics.get("overlap/nodes/one-same/cosine")).isCloseTo(1, within(ROUNDING));
        assertThat(metrics.get("overlap/nodes/one-other/cosine")).isCloseTo(-1, within(ROUNDING));
        assertThat(metrics.get("overlap/nodes/one-other/weighted_jaccard")).isCloseTo(1, within(ROUNDING));
        assertThat(metrics).containsKey("overlap/heads/one-same/spearman");
    }

    @Test
    void whatCannotBeComparedIsSaidBeforeARunIsMade() throws IOException {
        Path good = list("good", "[[0, 0]]", 2);
        refused("none.json does not exist", good, folder.resolve("none.json"));
        refused("a2.h0 does not exist, a0.h7 does not exist", good, list("far", "[[2, 0], [0, 7]]", 2));
        refused("larger is a circuit of another model than good", good, list("larger", "[[0, 0]]", 3));
        refused("both hold a circuit named good", good, good);
        Path edges = folder.resolve("edges.json");
        Universe universe = Universe.edges(new ModelShape(1, 1, 0, false));
        CircuitFile.write(
                edges,
                new Circuit("edges", Circuit.Origin.unknown(), universe, universe.all(), Map.of(), Map.of()),
                new AtomicFile());
        refused("compare circuits of the same units", good, edges);
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void oneFileOrATaskBesideCircuitsIsAMistake() throws IOException {
        Path good = list("good", "[[0, 0]]", 2);
        assertThatThrownBy(() -> config(good)).hasMessageContaining("is one file; give two or more to compare");
        assertThatThrownBy(() -> published(
                        "task={series: numerals, rule: {add: 1}}",
                        "model.n_layers=2",
                        "train.steps=7",
                        "split.train=0.5",
                        "pretrained=experiments/models/nano-sort",
                        "analyses=[attention]"))
                .hasMessageContaining("task stands beside circuits")
                .hasMessageContaining("split stands beside circuits")
                .hasMessageContaining("model stands beside circuits")
                .hasMessageContaining("train stands beside circuits")
                .hasMessageContaining("pretrained stands beside circuits")
                .hasMessageContaining("analyses stands beside circuits");
        assertThatThrownBy(() -> published("circuits=a.json"))
                .hasMessageContaining("has 1 problem:")
                .hasMessageContaining("circuits: expected a list");
        assertThatThrownBy(() -> Tiny.config("circuits=[a.json, b.json]"))
                .hasMessageContaining("task stands beside circuits, which are compared as their files say");
    }

    @Test
    void thereIsNothingToTrainOrToEvaluateAgain() throws IOException {
        Path one = list("one", "[[0, 0]]", 2);
        Path other = list("other", "[[0, 1]]", 2);
        assertThatThrownBy(() -> experiment()
                        .run(
                                config(one, other),
                                Tiny.trainOnly(folder.resolve("runs"), 1),
                                Parentage.NONE,
                                new Tiny.Log()))
                .hasMessageContaining("has nothing to train; use reprise run");
        RunOutcome outcome = run(config(one, other));
        assertThatThrownBy(() -> new Reopen(new AtomicFile())
                        .evaluate(outcome.directory(), Tiny.options(folder.resolve("runs")), new Tiny.Log()))
                .hasMessageContaining("compares circuits from files and has neither a task nor a model");
    }

    private void refused(String words, Path... files) {
        assertThatThrownBy(() -> run(config(files))).hasMessageContaining(words);
    }

    private RunOutcome run(ExperimentConfig config) throws IOException {
        return experiment().run(config, Tiny.options(folder.resolve("runs")), Parentage.NONE, new Tiny.Log());
    }

    private static Experiment experiment() {
        return new Experiment(
                Clock.systemUTC(), new AtomicFile(), GitState.UNKNOWN, List.of("reprise", "run", "lists.yaml"));
    }

    private static ExperimentConfig published(String... settings) {
        return ExperimentConfig.bind(ConfigTree.load(PUBLISHED, ExperimentConfig.class)
                .with(Setting.parse("tracking_uri=none"))
                .with(Arrays.stream(settings).map(Setting::parse).toList()));
    }

    private static ExperimentConfig config(Path... files) {
        String yaml = "name: lists\ntracking_uri: none\ncircuits: ["
                + Arrays.stream(files).map(file -> "\"" + file + "\"").collect(Collectors.joining(", ")) + "]\n";
        return ExperimentConfig.bind(ConfigTree.parse(yaml, "lists.yaml", ExperimentConfig.class));
    }

    /** A list of heads of a model with two heads a layer. */
    private Path list(String name, String heads, int layers) throws IOException {
        return Files.writeString(
                folder.resolve(name + ".json"),
                "{\"heads\": " + heads + ", \"mlps\": [], \"n_layers\": " + layers + ", \"n_heads\": 2}");
    }

    private Path scored(String name, Universe universe, int sign) throws IOException {
        Map<Unit, Double> scores = new LinkedHashMap<>();
        universe.units().forEach(unit -> scores.put(unit, sign * (1.0 + scores.size())));
        Path file = folder.resolve(name + ".json");
        CircuitFile.write(
                file,
                new Circuit(
                        name,
                        Circuit.Origin.unknown(),
                        universe,
                        Set.of(universe.units().get(0)),
                        scores,
                        Map.of()),
                new AtomicFile());
        return file;
    }
}
