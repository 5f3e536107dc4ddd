package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTreeTest {
    @TempDir
    Path folder;

    private Path file(String name, String content) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static Lab.Study bind(Path file) {
        return ConfigTree.load(file, Lab.Study.class).bind(Lab.Study.class);
    }

    @Test
    void laterFilesWinAndTheFileItselfLast() throws IOException {
        file("parts/a.yaml", "seed: 1\ntrain: {steps: 1, lr: 0.5, marks: [1, 2]}\n");
        file("parts/b.yaml", "extends: base.yaml\ntrain: {steps: 2, marks: [3]}\n");
        file("parts/base.yaml", "name: base\ntrain: {shuffle: false, steps: 9}\n");
        var study = bind(file("main.yaml", "extends: [parts/a.yaml, parts/b.yaml]\ntrain: {lr: 0.25}\n"));

        assertThat(study.name()).isEqualTo("base");
        assertThat(study.seed()).isEqualTo(1);
        assertThat(study.train().steps()).isEqualTo(2);
        assertThat(study.train().lr()).isEqualTo(0.25);
        assertThat(study.train().shuffle()).isFalse();
        assertThat(study.train().marks()).containsExactly(3);
    }

    @Test
    void anotherChoiceReplacesWhereTheSameOneMerges() throws IOException {
        file("a.yaml", "train: {schedule: {warmup_cosine: {warmup: 5, floor: 0.5}}}\n");
        assertThat(bind(file("b.yaml", "extends: a.yaml\ntrain: {schedule: {plateau: 3}}\n"))
                        .train()
                        .schedule())
                .isEqualTo(new Lab.Schedule.Plateau(3));
        assertThat(bind(file("c.yaml", "extends: a.yaml\ntrain: {schedule: {warmup_cosine: {warmup: 6}}}\n"))
                        .train()
                        .schedule())
                .isEqualTo(new Lab.Schedule.WarmupCosine(6, 0.5));
    }

    @Test
    void theSameFragmentTwiceIsNoCircle() throws IOException {
        file("base.yaml", "seed: 3\n");
        file("a.yaml", "extends: base.yaml\n");
        file("b.yaml", "extends: base.yaml\n");
        assertThat(bind(file("c.yaml", "extends: [a.yaml, b.yaml]\n")).seed()).isEqualTo(3);
    }

    @Test
    void namesAMissingFragmentAndThePathTried() throws IOException {
        file("configs/one-layer.yaml", "seed: 1\n");
        var main = file("experiments/x.yaml", "extends: [../configs/one-lyer.yaml]\n");
        assertThatThrownBy(() -> bind(main))
                .hasMessage(main + " has 1 problem:\n  extends: there is no file ../configs/one-lyer.yaml (looked for "
                        + folder.resolve("configs/one-lyer.yaml") + "); did you mean one-layer.yaml?");
    }

    @Test
    void showsTheCircle() throws IOException {
        var a = file("a.yaml", "extends: sub/b.yaml\n");
        var b = file("sub/b.yaml", "extends: ../a.yaml\n");
        assertThatThrownBy(() -> bind(a))
                .hasMessage(a + " has 1 problem:\n  extends: goes round in a circle: " + a + " → " + b + " → " + a);
        var self = file("self.yaml", "extends: self.yaml\n");
        assertThatThrownBy(() -> bind(self)).hasMessageEndingWith("circle: " + self + " → " + self);
    }

    @Test
    void refusesExtendsThatNamesNoFile() throws IOException {
        var main = file("a.yaml", "extends: [1]\n");
        assertThatThrownBy(() -> bind(main))
                .hasMessageEndingWith("extends: expected a list of files, got the number 1");
    }

    @Test
    void saysWhichFragmentAProblemIsIn() throws IOException {
        var part = file("part.yaml", "seed: 1\ntrain:\n  stpes: 3\n  lr: fast\n");
        var main = file("main.yaml", "extends: part.yaml\nbackend: cup\n");
        assertThatThrownBy(() -> bind(main))
                .hasMessage(main + " has 3 problems:\n"
                        + "  train.stpes: unknown key (did you mean train.steps?) (in " + part + ":3)\n"
                        + "  backend: unknown value cup (did you mean cpu?)\n"
                        + "  train.lr: expected a number, got text \"fast\" (in " + part + ":4)");
    }

    @Test
    void settingsReachIntoListsAndMappings() {
        var study = Lab.bind(
                "rule: {mixture: [{rule: {add: 1}, start: 1..5}, {rule: sort, start: 2}]}",
                "rule.mixture.0.start=7..9",
                "rule.mixture.1.rule={add: 4}",
                "rule.mixture.0.rule.add=3",
                "train.stop_when.evaluations=2",
                "train.stop_when.val_accuracy=1",
                "expect.test/acc.at_least=0.5",
                "seed=8");
        assertThat(ResolvedConfig.of(study).tree().get("rule").toString())
                .isEqualTo(
                        "{\"mixture\":[{\"rule\":{\"add\":3},\"start\":\"7..9\"},{\"rule\":{\"add\":4},\"start\":2}]}");
        assertThat(study.seed()).isEqualTo(8);
        assertThat(study.expect()).containsOnlyKeys("test/acc");
    }

    @Test
    void aSettingOfAnotherChoiceReplaces() {
        assertThat(Lab.bind("rule: {add: 1}", "rule.successor={step: 1, wrap: true}")
                        .rule())
                .isEqualTo(new Lab.Rule.Successor(1, true));
        assertThat(Lab.bind("rule: sort", "rule.add=2").rule()).isEqualTo(new Lab.Rule.Add(2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train.stpes=10 | train.stpes: unknown key (did you mean train.steps?)",
                "seed.x=1 | seed.x=1: seed is the number 1, so there is no seed.x",
                "rule.mixture.2.start=1 | rule.mixture.2.start=1: rule.mixture is a list with the elements 0..1, so there is no element 2",
                "rule.mixture.x=1 | rule.mixture.x=1: rule.mixture is a list with the elements 0..1, so there is no element x",
            })
    void reportsSettingsThatDoNotFitWithTheRest(String setting, String problem) {
        var yaml = "seed: 1\nrule: {mixture: [{rule: sort, start: 1}, {rule: sort, start: 2}]}\nbackend: x";
        assertThat(Lab.problems(yaml, setting))
                .containsExactly(problem, "backend: unknown value x; choose cpu or nd4j_slow");
    }

    @ParameterizedTest
    @CsvSource({"steps", "=1", "train..steps=1", ".a=1"})
    void refusesSettingsWithoutKeyOrValue(String text) {
        assertThatThrownBy(() -> Setting.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected key=value such as train.steps=1000, got \"" + text + "\"");
    }
}
