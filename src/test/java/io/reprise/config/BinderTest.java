package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinderTest {
    @Test
    void readsEveryShape() {
        var study = Lab.bind("""
                name: all
                seed: 42
                backend: nd4j-slow
                rule:
                  mixture:
                    - {rule: {add: 2}, start: 1..60}
                    - {rule: {successor: {step: 1, wrap: yes-or-no}}, start: 7, file: a/b.txt}
                model: {d_model: 32, n_heads: 2, n_layers: 0}
                train: {lr: 1e-3, steps: 4e3, schedule: {warmup_cosine: {warmup: 7}}, marks: []}
                expect:
                  test/accuracy: {at_least: 1}
                """.replace("yes-or-no", "true"));

        assertThat(study.backend()).isEqualTo(Lab.Backend.ND4J_SLOW);
        assertThat(study.rule())
                .isEqualTo(new Lab.Rule.Mixture(List.of(
                        new Lab.Part(new Lab.Rule.Add(2), new Lab.Span(1, 60), Optional.empty()),
                        new Lab.Part(
                                new Lab.Rule.Successor(1, true),
                                new Lab.Span(7, 7),
                                Optional.of(Path.of("a/b.txt"))))));
        assertThat(study.train())
                .isEqualTo(new Lab.Train(
                        4000,
                        0.001,
                        true,
                        Optional.of(new Lab.Stop(1.0, 5)),
                        new Lab.Schedule.WarmupCosine(7, 0.1),
                        List.of()));
        assertThat(study.expect().get("test/accuracy").holds(1.0)).isTrue();
    }

    @Test
    void takesWhatIsMissingFromDefaults() {
        assertThat(Lab.bind("name: empty"))
                .isEqualTo(new Lab.Study(
                        "empty",
                        0,
                        Lab.Backend.CPU,
                        new Lab.Rule.Sort(),
                        new Lab.Model(64, 4, 1),
                        Lab.Train.defaults(),
                        java.util.Map.of()));
    }

    @Test
    void anEmptyValueSwitchesAnOptionalDefaultOff() {
        assertThat(Lab.bind("train: {stop_when: null}").train().stopWhen()).isEmpty();
    }

    @Test
    void completesARecordWithoutDefaultsFromTheDefaultsAroundIt() {
        assertThat(Lab.bind("train: {stop_when: {val_accuracy: 0.9}}").train().stopWhen())
                .contains(new Lab.Stop(0.9, 5));
    }

    @Test
    void anOnlyComponentMayBeNamedOrNot() {
        assertThat(Lab.bind("rule: {add: 2}").rule()).isEqualTo(new Lab.Rule.Add(2));
        assertThat(Lab.bind("rule: {add: {amount: 2}}").rule()).isEqualTo(new Lab.Rule.Add(2));
        assertThat(Lab.bind("rule: {of: {rule: {rule: sort}}}").rule())
                .isEqualTo(new Lab.Rule.Of(new Lab.Nested(new Lab.Rule.Sort())));
    }

    @Test
    void reportsAllProblemsAtOnceMisspeltKeysFirst() {
        assertThatThrownBy(() -> Lab.bind("""
                        model: {d_model: 64, n_heads: 5, n_layers: 1}
                        train: {stpes: 10, lr: fast, marks: [1, two]}
                        rule: {ad: 2}
                        """))
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        lab.yaml has 5 problems:
                          rule.ad: unknown name (did you mean add?)
                          train.stpes: unknown key (did you mean train.steps?)
                          model.n_heads = 5 does not divide model.d_model = 64
                          train.lr: expected a number, got text "fast"
                          train.marks.1: expected a whole number, got text "two\"""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sed: 1 | sed: unknown key (did you mean seed?)",
                "steps: 1 | steps: unknown key (did you mean train.steps?)",
                "foo: 1 | foo: unknown key; known here: name, seed, backend, rule, model, train, expect",
                "seed: 1.5 | seed: expected a whole number, got the number 1.5",
                "seed: 99999999999999999999 | seed: expected a whole number from -9223372036854775808 to 9223372036854775807, got 99999999999999999999",
                "seed: 1e999999999 | seed: expected a whole number from -9223372036854775808 to 9223372036854775807, got 1E+999999999",
                "train: {steps: 3000000000} | train.steps: expected a whole number from -2147483648 to 2147483647, got 3000000000",
                "seed: | seed: is empty; expected a whole number, or delete the line",
                "seed: .nan | seed: expected a whole number, got the number NaN",
                "train: {lr: .nan} | train.lr: expected a finite number, got NaN",
                "train: {lr: -.inf} | train.lr: expected a finite number, got -Infinity",
                "train: {lr: 1e999} | train.lr: expected a finite number, got 1E+999",
                "train: {lr: '0.1'} | train.lr: expected a number, got text \"0.1\"",
                "train: {shuffle: yes} | train.shuffle: expected true or false, got text \"yes\"",
                "train: {marks: 3} | train.marks: expected a list, got the number 3",
                "train: 5 | train: expected a mapping of steps, lr, shuffle, stop_when, schedule, marks, got the number 5",
                "rule: {successor: {step: 1}} | rule.successor.wrap: missing; expected true or false",
                "name: 5 | name: expected text, got the number 5; put it in quotes: \"5\"",
                "name: true | name: expected text, got true; put it in quotes: \"true\"",
                "backend: cpuu | backend: unknown value cpuu (did you mean cpu?)",
                "backend: tpu-v4 | backend: unknown value tpu-v4; choose cpu or nd4j_slow",
                "backend: [cpu] | backend: expected cpu or nd4j_slow, got a list",
                "rule: srot | rule: unknown name srot (did you mean sort?)",
                "rule: {add: 1, sort: } | rule: expected one of sort, add, successor, mixture, of or maybe, got a mapping with the keys add, sort",
                "rule: {add: 0} | rule.add = 0; expected any other number",
                "rule: {add: {amount: 0}} | rule.add.amount = 0; expected any other number",
                "rule: add | rule.add.amount: missing; expected a whole number",
                "rule: {successor: 3} | rule.successor: expected a mapping of step, wrap, got the number 3",
                "rule: {mixture: [{rule: sort, start: x}]} | rule.mixture.0.start: expected a range such as 1..60, got \"x\"",
                "expect: [1] | expect: expected a mapping, got a list",
                "expect: {a: {at_least: 1, at_most: 2}} | expect.a: expected exactly one of at_least, at_most and between, got 2",
                "expect: {a: {between: [2, 1]}} | expect.a.between = [2.0, 1.0]; expected [lower, upper]",
                "model: {d_model: 4, n_heads: 2, n_layers: -1} | model.n_layers = -1; expected 0 or more",
            })
    void saysWhatWasGivenAndWhatWasExpected(String yaml, String problem) {
        assertThat(Lab.problems(yaml)).containsExactly(problem);
    }

    @Test
    void aComponentThatFailedKeepsItsRecordFromBeingJudged() {
        assertThat(Lab.problems("model: {d_model: 63, n_heads: many, n_layers: 1}"))
                .containsExactly("model.n_heads: expected a whole number, got text \"many\"");
    }
}
