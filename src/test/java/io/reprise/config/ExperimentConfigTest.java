package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentConfigTest {
    private static final String YAML = """
            name: lab
            task: {series: numerals, rule: {add: 1}, start: 1..60, length: 4..7}
            """;

    private static ConfigTree tree(String yaml) {
        return ConfigTree.parse(yaml, "lab.yaml", ExperimentConfig.class);
    }

    private static ExperimentConfig bind(String yaml, String... settings) {
        return ExperimentConfig.bind(
                tree(yaml).with(Stream.of(settings).map(Setting::parse).toList()));
    }

    @Test
    void aNameAndATaskAreEnough() {
        var config = bind(YAML);
        assertThat(config.requireTask().components().get(0).rule()).isEqualTo(new Rule.Add(1));
        assertThat(config.modelSeed()).isEqualTo(42);
        assertThat(config.trackingUri()).contains("sqlite:///runs/mlflow.db");
    }

    static List<Path> experiments() throws IOException {
        try (var files = Files.list(Path.of("experiments"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void everyExperimentOfTheHouseIsReadAndComesBackFromItsRunDirectory(Path file) {
        var plan = Plan.of(ConfigTree.load(file, ExperimentConfig.class), List.of(), List.of(), List.of());
        assertThat(plan.experiment().name() + ".yaml")
                .isEqualTo(file.getFileName().toString());
        for (var run : plan.runs()) {
            var resolved = run.config().resolved();
            var again = bind(resolved.yaml());
            assertThat(again.resolved().yaml()).isEqualTo(resolved.yaml());
            assertThat(again.resolved().hash()).isEqualTo(resolved.hash());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.n_heads=5 | model.n_heads = 5 does not divide model.d_model = 64; choose from 1, 2, 4, 8, 16, 32, 64, or give d_head",
                "model.n_layers=-1 | model.n_layers = -1; expected 0 or more",
                "model={positions: rotary, n_heads: 64} | model.rotary_dim = 0; expected an even number from 2 to d_head = 1",
                "train.schedule={warmup_cosine: {warmup: 5000}} | train.schedule.warmup_cosine.warmup = 5000 is not below train.steps = 2000; the rate would never be reached",
                "split={train: 0.9, validation: 0.0, test: 0.1} | ''",
                "analyses=[atention] | analyses.0: unknown name atention (did you mean attention?)",
                "tracking_uri=ftp://x | tracking_uri: \"ftp://x\" is nothing we can publish to; write sqlite:///runs/mlflow.db, http(s)://server or none",
                "name=a/b | name = \"a/b\" becomes a directory: use letters, digits, dots, hyphens and underscores",
                "task.rule={ad: 2} | task.rule.ad: unknown name (did you mean add?)",
                "task.start=x..y | task.start: \"x..y\" is no range; write a number (7) or a range (1..60)",
                "split.train=2.0 | split.train: 2.0 is more than the whole; write a share of at most 1.0, or a number of examples without a decimal point",
                "train.loss=next | train.loss: unknown value next; choose next_token, last_token, answer_tokens, diagnostic_unshifted or diagnostic_last_everywhere",
            })
    void saysWhatDoesNotFit(String setting, String problem) {
        if (problem.isEmpty()) {
            assertThat(bind(YAML, setting)).isNotNull();
            return;
        }
        assertThatThrownBy(() -> bind(YAML, setting)).hasMessage("lab.yaml has 1 problem:\n  " + problem);
    }

    @Test
    void looksAcrossRecordsEvenWhenOneOfThemIsBroken() {
        assertThatThrownBy(() -> bind(
                        YAML,
                        "seed=x",
                        "model={n_layers: 0}",
                        "analyses=[ov-qk]",
                        "split={train: 0.9, validation: 0.0, test: 0.1}",
                        "train.patience=3"))
                .hasMessage("""
                        lab.yaml has 3 problems:
                          seed: expected a whole number, got text "x"
                          train.patience judges by the validation set, and split.validation = 0.0; give it some, or leave train.patience out
                          analyses: ov_qk looks at heads, and model.n_layers = 0 has none; leave it out""");
    }

    @Test
    void theHashLeavesOutWhatDoesNotChangeTheResults() {
        var hash = bind(YAML).resolved().hash();
        for (var setting : List.of(
                "name=other",
                "seed=7",
                "question=why",
                "answer=so",
                "tracking_uri=none",
                "expect={a: {at_least: 1}}",
                "arms={a: [seed=1]}",
                "sweep=[seed=1..2]")) {
            assertThat(bind(YAML, setting).resolved().hash()).as(setting).isEqualTo(hash);
        }
        for (var setting :
                List.of("task.seed=1", "order_seed=1", "backend=nd4j", "train.steps=1", "analyses=[attention]")) {
            assertThat(bind(YAML, setting).resolved().hash()).as(setting).isNotEqualTo(hash);
        }
    }
}
