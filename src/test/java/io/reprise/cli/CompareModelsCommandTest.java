package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code compare-models} and the comparisons of an experiment, through the real rooms, on toys of two shapes with three seeds each. */
class CompareModelsCommandTest {
    private static final String SHAPES = """
            name: shapes
            task:
              tokens: separated
              mixture:
                - {series: numerals, rule: {add: 1}, start: 1..16, length: 4..4}
                - {series: numerals, rule: {add: 2}, start: 1..16, length: 4..4}
                - {series: letters, rule: {successor: {step: 1, wrap: true}}, start: 1..16, length: 4..4}
                - {series: letters, rule: {successor: {step: 2, wrap: true}}, start: 1..16, length: 4..4}
            split: {by: example, train: 0.9, validation: 0.05, test: 0.05}
            model: {n_layers: 1, d_model: 32, n_heads: 2, d_mlp: 64}
            train: {steps: 400, batch_size: 32, optimizer: adamw, lr: 1.0e-2, weight_decay: 0.1}
            analyses:
              - circuits:
                  tasks:
                    numerals: {series: numerals, given: 3, discovery: 12, evaluation: 10, split: train}
                    letters: {series: letters, given: 3, discovery: 12, evaluation: 10, split: train}
                  search: {units: channels}
                  splits: 2
                  controls: 10
            arms:
              one: []
              two: [model.n_layers=2, model.d_model=24, model.n_heads=3]
            sweep: [seed=1..3]
            comparisons:
              - {name: seeds, one: one, other: one, task: numerals}
              - {name: shapes, one: one, other: two, task: numerals, wrong_task: letters}
            expect:
              comparison/seeds/distance: {at_least: 0.0, control: comparison/seeds/null_distance}
              comparison/shapes/no_such_figure: {at_least: 0}
            tracking_uri: none
            """;
    private static final String GOLDEN = "src/test/resources/goldens-circuits/";

    @TempDir
    static Path shared;

    private static String said;
    private static Path one;
    private static Path two;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void train() throws IOException {
        CompareModelsCommandTest trainer = new CompareModelsCommandTest();
        trainer.folder = shared;
        Path yaml = Files.writeString(shared.resolve("shapes.yaml"), SHAPES);
        assertThat(trainer.reprise("run", yaml.toString(), "--runs", shared.toString(), "--quiet"))
                .as(text(trainer.err))
                .isZero();
        said = text(trainer.out);
        try (Stream<Path> found = Files.list(shared.resolve("shapes"))) {
            List<Path> configs = found.filter(path -> Files.isDirectory(path.resolve("seed-1")))
                    .toList();
            for (Path config : configs) {
                boolean deeper =
                        Files.readString(config.resolve("seed-1/config.yaml")).contains("n_layers: 2");
                one = deeper ? one : config;
                two = deeper ? config : two;
            }
        }
    }

    @Test
    void anExperimentsComparisonsAreJudgedAndHavePages() throws IOException {
        assertThat(said).contains("met    comparison/seeds/distance = ").contains("not measured");
        Path pages = shared.resolve("shapes/comparisons");
        JsonNode shapes = new ObjectMapper()
                .readTree(pages.resolve("shapes/comparison.json").toFile());
        assertThat(shapes.path("first_models")).hasSize(3);
        assertThat(shapes.path("second_models")).hasSize(3);
        JsonNode figures = shapes.path("figures");
        double distance = figures.path("distance").path("value").asDouble();
        assertThat(distance)
                .isPositive()
                .isLessThan(figures.path("null_distance").path("value").asDouble());
        assertThat(figures.path("lens").path("interval").path("low").asDouble()).isGreaterThan(0);
        String page = Files.readString(pages.resolve("shapes/comparison.html"));
        assertThat(page).contains("Verdicts", "Which component is which", "wrong task", "another relation", "τ = ");
        assertThat(Files.readString(shared.resolve("shapes/report.html")))
                .contains("comparisons/shapes/comparison.html", "Groups compared");
    }

    @Test
    void twoDirectoriesOfRunsAreTwoGroupsAndOneTwiceItsSeeds() throws IOException {
        JsonNode groups = compared(one.toString(), two.toString(), "--task", "numerals");
        assertThat(groups.path("comparison").path("first").asText())
                .isEqualTo(one.getFileName().toString());
        JsonNode file = new ObjectMapper()
                .readTree(folder.resolve("page/comparison.json").toFile());
        assertThat(groups).isEqualTo(file);
        // the experiment's comparison had the same models, prompts and seeds, and a wrong task besides
        JsonNode before = new ObjectMapper()
                .readTree(shared.resolve("shapes/comparisons/shapes/comparison.json")
                        .toFile());
        assertThat(groups.path("figures").path("distance"))
                .isEqualTo(before.path("figures").path("distance"));
        assertThat(groups.path("figures").path("lens"))
                .isEqualTo(before.path("figures").path("lens"));
        JsonNode seeds = compared(one.toString(), one.toString(), "--task", "numerals", "--units", "nodes");
        assertThat(seeds.path("comparison").path("second"))
                .isEqualTo(seeds.path("comparison").path("first"));
    }

    @Test
    void twoRunsHaveNoCeilingAndThatIsSaid() {
        String a = one.resolve("seed-1").toString();
        String b = two.resolve("seed-1").toString();
        assertThat(reprise("compare-models", a, b, "--task", "numerals", "--out", folder.toString()))
                .as(text(err))
                .isZero();
        assertThat(text(out))
                .contains(
                        "Fewer than two channels say something",
                        "without seeds of one architecture there is no ceiling")
                .contains(
                        "transfer of A's circuit to B",
                        folder.resolve("comparison.html").toString());
        assertThat(text(err)).contains("circuits of");
    }

    @Test
    void modelsOfOtherShapesAreComparedAtPromptsFromAFile() throws IOException {
        JsonNode found = compared(GOLDEN + "toy", GOLDEN + "toy", "--pairs", GOLDEN + "prompts.jsonl", "--force");
        // a model and itself: nothing lies between
        assertThat(found.path("figures").path("distance").path("value").asDouble())
                .isLessThan(1e-9);
        assertThat(found.path("matching").path("flows")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --task months                              | "months" is not among those of
                    --task numerals --wrong-task weekdays      | "weekdays" is not among those of
                    --task numerals --pairs x.jsonl            | --task NAME of runs, or --pairs FILE
                                                               | --task NAME of runs, or --pairs FILE
                    --pairs x.jsonl --wrong-task letters       | with --pairs there is none
                    --task numerals --units neurons            | one model's own
                    --task numerals --units verbs              | choose nodes or channels
                    """)
    void whatCannotBeComparedIsSaid(String options, String problem) {
        String[] all = Stream.concat(
                        Stream.of("compare-models", one.toString(), two.toString()),
                        options == null ? Stream.empty() : Stream.of(options.split(" ")))
                .toArray(String[]::new);
        assertThat(reprise(all)).isEqualTo(2);
        assertThat(text(err)).contains(problem).doesNotContain("Exception");
    }

    @Test
    void placesWithoutRunsOrWithRunsOfSeveralConfigsAreRefused() {
        assertThat(reprise("compare-models", folder.toString(), two.toString(), "--task", "numerals"))
                .isEqualTo(2);
        assertThat(text(err)).contains("has no finished run");
        assertThat(reprise("compare-models", shared.resolve("shapes").toString(), two.toString(), "--task", "numerals"))
                .isEqualTo(2);
        assertThat(text(err)).contains("2 configs", "a group is one config with several seeds");
    }

    private JsonNode compared(String a, String b, String... options) throws IOException {
        String[] all = Stream.concat(
                        Stream.of(
                                "compare-models",
                                a,
                                b,
                                "--json",
                                "--out",
                                folder.resolve("page").toString()),
                        Stream.of(options))
                .toArray(String[]::new);
        assertThat(reprise(all)).as(text(err)).isZero();
        return new ObjectMapper().readTree(text(out));
    }

    private int reprise(String... all) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(all), folder), terminal, all);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
