package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class ResolvedConfigTest {
    @Property(tries = 100)
    void readingWhatWasWrittenGivesAnEqualRecord(@ForAll("studies") Lab.Study study) {
        var yaml = ResolvedConfig.of(study).yaml();
        assertThat(Lab.bind(yaml)).as(yaml).isEqualTo(study);
        assertThat(ResolvedConfig.of(Lab.bind(yaml)).yaml()).isEqualTo(yaml);
        assertThat(new Yaml().<Object>load(yaml))
                .as("another reader takes it, too")
                .isInstanceOf(Map.class);
    }

    @Provide
    Arbitrary<Lab.Study> studies() {
        var doubles = Arbitraries.doubles().filter(Double::isFinite);
        var ints = Arbitraries.integers();
        Arbitrary<Lab.Rule> simple = Arbitraries.oneOf(
                Arbitraries.just(new Lab.Rule.Sort()),
                ints.filter(i -> i != 0).map(Lab.Rule.Add::new),
                ints.map(i -> new Lab.Rule.Successor(i, i % 2 == 0)),
                Arbitraries.just(new Lab.Rule.Maybe(Optional.empty())),
                ints.map(i -> new Lab.Rule.Maybe(Optional.of(new Lab.Span(i, i)))),
                Arbitraries.just(new Lab.Rule.Of(new Lab.Nested(new Lab.Rule.Sort()))));
        Arbitrary<Optional<Path>> paths = Arbitraries.of("a/b c.txt", "no", "x: y", "é", "-")
                .map(Path::of)
                .optional();
        Arbitrary<Lab.Part> parts = Combinators.combine(simple, ints, paths)
                .as((rule, i, path) -> new Lab.Part(rule, new Lab.Span(Math.min(i, 5), 5), path));
        var rules = Arbitraries.oneOf(
                simple, parts.list().ofMaxSize(3).<Lab.Rule>map(list -> new Lab.Rule.Mixture(List.copyOf(list))));
        Arbitrary<Lab.Schedule> schedules = Arbitraries.oneOf(
                Arbitraries.just(new Lab.Schedule.Constant()),
                Combinators.combine(ints, doubles).as(Lab.Schedule.WarmupCosine::new),
                ints.map(Lab.Schedule.Plateau::new));
        var stops = Combinators.combine(doubles, ints).as(Lab.Stop::new).optional();
        var trains = Combinators.combine(
                        ints,
                        doubles,
                        Arbitraries.of(true, false),
                        stops,
                        schedules,
                        ints.list().ofMaxSize(3))
                .as((steps, lr, shuffle, stop, schedule, marks) ->
                        new Lab.Train(steps, lr, shuffle, stop, schedule, List.copyOf(marks)));
        var expectations = doubles.map(d -> Map.of(
                "test/accuracy",
                new Expectation(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(List.of(d, Double.MAX_VALUE)),
                        Optional.empty())));
        return Combinators.combine(
                        Arbitraries.strings()
                                .all()
                                .excludeChars('\uFFFE', '\uFFFF')
                                .ofMaxLength(12),
                        Arbitraries.longs(),
                        Arbitraries.of(Lab.Backend.values()),
                        rules,
                        ints.between(1, 9).map(h -> new Lab.Model(h * 4, h, h)),
                        trains,
                        expectations)
                .as(Lab.Study::new);
    }

    @Test
    void looksLikeSomethingAPersonWrote() {
        var study = Lab.bind(
                "name: plus two\nrule: {mixture: [{rule: {add: 1}, start: 1..60}]}\nexpect: {a: {at_least: 0.5}}");
        assertThat(ResolvedConfig.of(study).yaml()).isEqualTo("""
                        name: plus two
                        seed: 0
                        backend: cpu
                        rule:
                          mixture:
                            - {rule: {add: 1}, start: 1..60}
                        model:
                          d_model: 64
                          n_heads: 4
                          n_layers: 1
                        train:
                          steps: 2000
                          lr: 0.001
                          shuffle: true
                          stop_when:
                            val_accuracy: 1.0
                            evaluations: 5
                          schedule: constant
                          marks: [1, 10, 100]
                        expect:
                          a:
                            at_least: 0.5
                        """);
    }

    @Test
    void hashesTheMeaningNotTheSpelling() {
        var hash = hash("seed: 1\nrule: {add: 2}\ntrain: {lr: 0.001, steps: 10}");
        assertThat(hash).matches("[0-9a-f]{8}");
        assertThat(hash("train:\n  steps: 1e1\n  lr: 1.0e-3\nrule:\n  add: {amount: 2}\n"))
                .isEqualTo(hash);
        assertThat(hash("name: other\nseed: 2\nrule: {add: 2}\ntrain: {steps: 10}\nexpect: {a: {at_most: 1}}"))
                .as("name, seed and expectations have no part in it")
                .isEqualTo(hash);
        assertThat(hash("rule: {add: 2}\ntrain: {steps: 11}")).isNotEqualTo(hash);
        assertThat(hash("rule: {add: 2}\ntrain: {steps: 10}\nbackend: nd4j_slow"))
                .isNotEqualTo(hash);
    }

    private static String hash(String yaml) {
        return ResolvedConfig.of(Lab.bind(yaml)).hash();
    }
}
