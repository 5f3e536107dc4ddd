package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final String YAML = """
            name: lab
            task: {series: numerals, rule: {add: 1}, start: 1..60, length: 4..7}
            arms:
              short: [train.steps=10]
              long: [train.steps=20, model.n_heads=4]
            sweep: [seed=1..2]
            """;

    private static Plan plan(List<String> settings, List<String> sweep, String... arms) {
        return plan(YAML, settings, sweep, arms);
    }

    private static Plan plan(String yaml, List<String> settings, List<String> sweep, String... arms) {
        return Plan.of(
                ConfigTree.parse(yaml, "lab.yaml", ExperimentConfig.class),
                settings.stream().map(Setting::parse).toList(),
                sweep,
                Stream.of(arms).toList());
    }

    private static List<String> labels(Plan plan) {
        return plan.runs().stream().map(Plan.Run::label).toList();
    }

    @Test
    void crossesArmsWithTheSweep() {
        var plan = plan(List.of(), List.of());
        assertThat(labels(plan)).containsExactly("short seed=1", "short seed=2", "long seed=1", "long seed=2");
        assertThat(plan.runs().get(3).config().train().steps()).isEqualTo(20);
        assertThat(plan.runs().get(3).config().modelSeed()).isEqualTo(2);
        assertThat(plan.runs().get(0).config().model().nHeads()).isEqualTo(2);
    }

    @Test
    void theCommandLineWins() {
        assertThat(labels(plan(List.of("seed=9"), List.of(), "long"))).containsExactly("long");
        assertThat(labels(plan(List.of(), List.of("seed=7..8", "model.d_model=32,64"), "short")))
                .containsExactly(
                        "short seed=7 model.d_model=32",
                        "short seed=7 model.d_model=64",
                        "short seed=8 model.d_model=32",
                        "short seed=8 model.d_model=64");
        assertThat(plan(List.of("train.steps=5", "seed=1"), List.of(), "long")
                        .runs()
                        .get(0)
                        .config()
                        .train()
                        .steps())
                .isEqualTo(5);
    }

    @Test
    void namesOnlyWhatDiffers() {
        var plan = plan(List.of(), List.of("seed=7..8", "train.steps=5"), "short");
        assertThat(labels(plan)).containsExactly("short seed=7", "short seed=8");
        assertThat(plan.runs().get(1).config().train().steps()).isEqualTo(5);
    }

    @Test
    void isOneRunWithoutALabelIfTheFileSaysNoMore() {
        assertThat(labels(plan(YAML.substring(0, YAML.indexOf("arms:")), List.of(), List.of())))
                .containsExactly("");
    }

    @Test
    void saysWhichCombinationIsWrong() {
        assertThatThrownBy(() -> plan(List.of(), List.of("model.n_heads=2,3"), "short"))
                .hasMessageStartingWith(
                        "lab.yaml (short seed=1 model.n_heads=3) has 1 problem:\n  model.n_heads = 3 does not divide");
    }

    @Test
    void refusesUnknownArmsAndTwins() {
        assertThatThrownBy(() -> plan(List.of(), List.of(), "lnog"))
                .hasMessage("--arm lnog: unknown arm (did you mean long?)");
        assertThatThrownBy(
                        () -> plan("name: lab\ntask: {rule: sort, values: 1..9, length: 3}", List.of(), List.of(), "a"))
                .hasMessage("--arm a: lab has no arms");
        assertThatThrownBy(() -> plan(List.of("train.steps=5", "model.n_heads=2"), List.of()))
                .hasMessage("\"short seed=1\" and \"long seed=1\" are the same run; give arms and sweeps that differ in"
                        + " more than names");
    }
}
