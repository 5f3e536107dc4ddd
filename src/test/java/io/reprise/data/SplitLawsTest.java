package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SplitLawsTest {
    @Provide
    Arbitrary<TaskSpec> tasks() {
        Arbitrary<Rule> rules = Arbitraries.of(
                new Rule.Add(1),
                new Rule.Add(2),
                new Rule.Add(-3),
                new Rule.Successor(1, false),
                new Rule.Predecessor(2, false),
                new Rule.Multiply(2),
                Rule.Fibonacci.defaults());
        Arbitrary<ComponentSpec> components = Combinators.combine(
                        rules,
                        Arbitraries.of("numerals", "number_words"),
                        Arbitraries.integers().between(20, 30),
                        Arbitraries.integers().between(3, 5))
                .as((rule, series, last, longest) -> Tasks.of(series, rule, "7.." + last, "3.." + longest));
        return Combinators.combine(components.list().ofMinSize(1).ofMaxSize(3), Arbitraries.of(TokenKind.values()))
                .as((list, tokens) ->
                        TaskSpec.of(list.toArray(ComponentSpec[]::new)).withTokens(tokens));
    }

    /** Builds, unless this seed leaves a split empty, which is refused and checked elsewhere. */
    private static Optional<Dataset> tryBuild(TaskSpec task, SplitSpec split) {
        try {
            return Optional.of(Tasks.build(task, split));
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("gets no example");
            return Optional.empty();
        }
    }

    @Property(tries = 60)
    void noTwoSplitsShareAnExample(@ForAll("tasks") TaskSpec task, @ForAll SplitBy by, @ForAll long seed) {
        tryBuild(task, SplitSpec.of(by, "0.6", "0.2", "0.2").withSeed(seed)).ifPresent(data -> {
            Set<String> known = new HashSet<>();
            int count = 0;
            for (Split split : data.splits()) {
                known.addAll(Tasks.texts(data, split));
                count += data.examples(split).size();
                if (split != Split.TRAIN) {
                    assertThat(data.overlaps(split).examples()).isZero();
                }
            }
            assertThat(known).hasSize(count);
        });
    }

    @Property(tries = 40)
    void aUnitSplitSharesNoUnit(@ForAll("tasks") TaskSpec task, @ForAll long seed) {
        tryBuild(task, SplitSpec.of(SplitBy.UNIT, "0.6", "0.2", "0.2").withSeed(seed))
                .ifPresent(data -> {
                    Set<String> training = data.examples(Split.TRAIN).stream()
                            .map(Example::unit)
                            .collect(Collectors.toSet());
                    for (Example example : data.examples(Split.TEST)) {
                        assertThat(training).doesNotContain(example.unit());
                    }
                });
    }

    @Property(tries = 40)
    void aTransitionSplitScoresOnlyStepsThatTrainingLacks(@ForAll("tasks") TaskSpec task, @ForAll long seed) {
        tryBuild(task, SplitSpec.of(SplitBy.TRANSITION, "0.7", "0.15", "0.15").withSeed(seed))
                .ifPresent(data -> {
                    Steps training = data.trainingSteps();
                    for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
                        for (Example example : data.examples(split)) {
                            assertThat(example.scoredCount()).isPositive();
                            for (int i = 0; i < example.length(); i++) {
                                assertThat(example.scored(i) && training.seen(example, i))
                                        .isFalse();
                            }
                        }
                        assertThat(data.overlaps(split).previousNext()).isZero();
                    }
                });
    }

    @Property(tries = 20)
    void theSameSpecsGiveTheSameBytes(@ForAll("tasks") TaskSpec task, @ForAll SplitBy by, @ForAll long seed) {
        SplitSpec split = SplitSpec.of(by, "0.6", "0.2", "0.2").withSeed(seed);
        Optional<Dataset> first = tryBuild(task, split);
        Optional<Dataset> second = tryBuild(task, split);
        assertThat(first.isPresent()).isEqualTo(second.isPresent());
        first.ifPresent(data -> {
            for (Split each : data.splits()) {
                assertThat(second.orElseThrow().digest(each))
                        .isEqualTo(data.digest(each))
                        .hasSize(64);
            }
            assertThat(second.orElseThrow().vocabulary()).isEqualTo(data.vocabulary());
        });
    }

    @Property(tries = 10)
    void noTwoGeneratorsShareWhatIsSplit(@ForAll long one, @ForAll long other) {
        ComponentSpec sort = Tasks.drawn(Rule.Sort.defaults(), "0..63", "5");
        SplitSpec split = SplitSpec.of(SplitBy.UNIT, "300", "100", "100");
        Dataset first = Tasks.build(TaskSpec.of(sort).withSeed(one), split);
        Dataset second = Tasks.build(TaskSpec.of(sort).withSeed(other), split);
        Set<String> units =
                first.examples(Split.TRAIN).stream().map(Example::unit).collect(Collectors.toSet());
        second.examples(Split.TEST).forEach(example -> assertThat(units).doesNotContain(example.unit()));
        assertThat(first.digest(Split.TRAIN).equals(second.digest(Split.TRAIN))).isEqualTo(one == other);
    }

    @Test
    void membershipIsUniformAndDependsOnKeyAndPurpose() {
        Membership membership = new Membership(3, "unit");
        int below = 0;
        for (int i = 0; i < 10_000; i++) {
            double place = membership.of("unit " + i);
            assertThat(place).isBetween(0.0, Math.nextDown(1.0));
            below += place < 0.1 ? 1 : 0;
        }
        assertThat(below).isBetween(880, 1120); // 1000 ± 4 sd of 30
        assertThat(new Membership(4, "unit").of("a")).isNotEqualTo(new Membership(3, "unit").of("a"));
        assertThat(new Membership(3, "order").of("a")).isNotEqualTo(membership.of("a"));
        assertThat(new Membership(3, "unit").of("a")).isEqualTo(membership.of("a"));
    }

    @Test
    void heldOutPatternsAreInNoOtherSplitAndComplete() {
        TaskSpec task = TaskSpec.of(Tasks.add(1, "1..60", "4..7"), Tasks.add(2, "1..60", "4..7"));
        SplitSpec split = SplitSpec.defaults().withHoldOut(Tasks.holdOut(new Rule.Add(2), "10..20"));
        Dataset data = Tasks.build(task, split);
        assertThat(data.examples(Split.HELD_OUT)).hasSize(11 * 4).allSatisfy(e -> {
            assertThat(e.origin().rule()).isEqualTo("add 2");
            assertThat(e.origin().start().orElseThrow()).isBetween(10, 20);
        });
        for (Split other : List.of(Split.TRAIN, Split.VALIDATION, Split.TEST)) {
            assertThat(data.examples(other))
                    .noneMatch(e -> e.origin().rule().equals("add 2")
                            && e.origin().start().orElseThrow() >= 10
                            && e.origin().start().orElseThrow() <= 20);
        }
        int total =
                data.splits().stream().mapToInt(s -> data.examples(s).size()).sum();
        assertThat(total).isEqualTo(2 * 60 * 4); // nothing is lost
    }

    @Test
    void holdingOutFromALargeTaskDrawsAsManyAsTheTestHas() {
        TaskSpec task = TaskSpec.of(
                Tasks.drawn(Rule.Sort.defaults(), "0..63", "4..5"), Tasks.drawn(Rule.Repeat.defaults(), "0..63", "4"));
        HoldOut fours = new HoldOut(
                Optional.empty(),
                Optional.of(Rule.Sort.defaults()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(IntRange.parse("4")));
        Dataset data =
                Tasks.build(task, SplitSpec.of(SplitBy.UNIT, "400", "50", "100").withHoldOut(fours));
        assertThat(data.examples(Split.HELD_OUT)).hasSize(100).allMatch(e -> e.length() == 10);
        assertThat(data.examples(Split.TRAIN))
                .hasSize(400)
                .noneMatch(e -> e.component().equals("numerals sort") && e.length() == 10);
        // Half of what is drawn are blocks; of the rest the lists of four are held out: 2 in 3 of training.
        assertThat(data.examples(Split.TRAIN).stream()
                        .filter(e -> e.component().startsWith("numerals repeat"))
                        .count())
                .isBetween(220L, 314L); // 267 ± 5 sd of 9.4
    }

    @Test
    void aSequenceOfTwoUnitsIsInTrainingIfOneOfThemIs() {
        // 2 4 is +2 from 2 and two times 2. Whatever the seed, it has one place, and training wins.
        TaskSpec task = TaskSpec.of(Tasks.add(2, "1..9", "2"), Tasks.of("numerals", new Rule.Multiply(2), "1..9", "2"));
        for (long seed = 0; seed < 20; seed++) {
            SplitSpec split = SplitSpec.of(SplitBy.UNIT, "0.5", "0.0", "0.5").withSeed(seed);
            tryBuild(task, split).ifPresent(data -> {
                assertThat(data.examples(Split.TRAIN).size()
                                + data.examples(Split.TEST).size())
                        .isEqualTo(17);
                assertThat(data.notes()).anyMatch(n -> n.startsWith("1 sequences come from several units"));
            });
        }
    }

    @Test
    void commutedSumsAndReorderedListsAreOneUnit() {
        Dataset sums = Tasks.build(TaskSpec.of(Tasks.sum("0..20")), SplitSpec.of(SplitBy.UNIT, "0.5", "0.0", "0.5"));
        for (Split split : sums.splits()) {
            Set<String> texts = Tasks.texts(sums, split);
            for (String text : texts) {
                String[] t = text.split(" ");
                assertThat(texts).contains(t[2] + " + " + t[0] + " = " + t[4]);
            }
        }
        Dataset lists = Tasks.build(
                TaskSpec.of(Tasks.drawn(Rule.Sort.defaults(), "0..5", "3")),
                SplitSpec.of(SplitBy.UNIT, "0.5", "0.0", "0.5"));
        for (Split split : lists.splits()) {
            assertThat(lists.examples(split).size() % 6).isZero(); // all six orders of a set together
        }
    }

    @Test
    void sharesMayLeaveARestUnused() {
        TaskSpec task = TaskSpec.of(Tasks.add(1, "1..1000", "3"));
        Dataset part = Tasks.build(task, SplitSpec.of(SplitBy.UNIT, "0.5", "0.1", "0.1"));
        int used = part.splits().stream().mapToInt(s -> part.examples(s).size()).sum();
        assertThat(used).isBetween(642, 758); // 700 ± 4 sd of 14.5
        Dataset whole = Tasks.build(task, SplitSpec.of(SplitBy.UNIT, "0.8", "0.1", "0.1"));
        assertThat(Tasks.texts(part, Split.TEST)).isEqualTo(Tasks.texts(whole, Split.TEST));
        assertThat(Tasks.texts(whole, Split.TRAIN)).containsAll(Tasks.texts(part, Split.TRAIN));
    }

    @Test
    void sizesAreMetExactlyAndWeightsAreOneOnAverage() {
        TaskSpec task = TaskSpec.of(Tasks.add(1, "1..400", "3..4").withWeight(3), Tasks.add(5, "1..400", "3"));
        Dataset data = Tasks.build(task, SplitSpec.of(SplitBy.UNIT, "400", "40", "60"));
        assertThat(data.examples(Split.TRAIN)).hasSize(400);
        assertThat(data.examples(Split.VALIDATION)).hasSize(40);
        assertThat(data.examples(Split.TEST)).hasSize(60);
        assertThat(data.examples(Split.TRAIN).stream()
                        .mapToDouble(Example::weight)
                        .average()
                        .orElseThrow())
                .isCloseTo(1.0, within(1e-12));
        // Weight 3 over 800 sequences against weight 1 over 400.
        double ones = weightOf(data, "numerals add 1");
        assertThat(ones / weightOf(data, "numerals add 5")).isCloseTo(1.5, within(1e-9));
    }

    private static double weightOf(Dataset data, String component) {
        return data.examples(Split.TRAIN).stream()
                .filter(e -> e.component().equals(component))
                .findFirst()
                .orElseThrow()
                .weight();
    }

    @Test
    void anotherDataSeedTakesOtherExamplesOfTheSameParts() {
        TaskSpec task = TaskSpec.of(Tasks.add(1, "1..400", "3..4"));
        SplitSpec split = SplitSpec.of(SplitBy.UNIT, "300", "30", "30");
        Dataset zero = Tasks.build(task, split);
        Dataset one = Tasks.build(task.withSeed(1), split);
        assertThat(Tasks.texts(zero, Split.TRAIN)).isNotEqualTo(Tasks.texts(one, Split.TRAIN));
        assertThat(Tasks.texts(zero, Split.TRAIN)).doesNotContainAnyElementsOf(Tasks.texts(one, Split.TEST));
        Dataset otherKey = Tasks.build(task, split.withSeed(1));
        assertThat(Tasks.texts(otherKey, Split.TEST)).isNotEqualTo(Tasks.texts(zero, Split.TEST));
    }
}
