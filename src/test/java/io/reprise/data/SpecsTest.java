package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecsTest {
    @Property(tries = 200)
    void aRangeReadsWhatItWrites(@ForAll int a, @ForAll int b) {
        IntRange range = new IntRange(Math.min(a, b), Math.max(a, b));
        assertThat(IntRange.parse(range.toString())).isEqualTo(range);
        assertThat(range.size()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "1..", "..2", "1...2", "1-2", "5..4", "99999999999"})
    void aRangeRefusesOtherText(String text) {
        assertThatThrownBy(() -> IntRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAmountIsAShareWithADecimalPointAndASizeWithout() {
        assertThat(Amount.parse("0.8")).isEqualTo(Amount.share(0.8));
        assertThat(Amount.parse("1.0").share()).isTrue();
        assertThat(Amount.parse("1")).isEqualTo(Amount.size(1));
        assertThat(Amount.parse("4096").size()).isEqualTo(4096);
        assertThat(Amount.parse("4096")).hasToString("4096");
        assertThat(Amount.parse("0.25")).hasToString("0.25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "-1", "-0.1", "NaN", "many", "", "99999999999"})
    void anAmountRefusesOtherText(String text) {
        assertThatThrownBy(() -> Amount.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rulesThatMakeTheSameSequencesHaveTheSameLabel() {
        assertThat(new Rule.Successor(2, false).label()).isEqualTo(new Rule.Add(2).label());
        assertThat(new Rule.Predecessor(1, false).label()).isEqualTo(new Rule.Add(-1).label());
        assertThat(new Rule.Successor(1, true).label()).isNotEqualTo(new Rule.Add(1).label());
    }

    @Test
    void rulesRefuseStepsThatLeadNowhere() {
        assertThatThrownBy(() -> new Rule.Add(0)).hasMessageStartingWith("k = 0");
        assertThatThrownBy(() -> new Rule.Multiply(1)).hasMessageStartingWith("k = 1");
        assertThatThrownBy(() -> new Rule.Successor(0, false)).hasMessageStartingWith("step = 0");
        assertThatThrownBy(() -> new Rule.Predecessor(-1, false)).hasMessageStartingWith("step = -1");
        assertThatThrownBy(() -> new Rule.Repeat(1, false)).hasMessageStartingWith("times = 1");
    }

    @Test
    void aTaskIsEitherOneOrAMixture() {
        ComponentSpec component = Tasks.add(1, "1..9", "3");
        Optional<IntRange> start = Optional.of(new IntRange(1, 9));
        assertThat(task(List.of(), Optional.of(new Rule.Add(1)), start).components())
                .containsExactly(new ComponentSpec(
                        Optional.empty(),
                        new Rule.Add(1),
                        Optional.empty(),
                        start,
                        Optional.of(new IntRange(3, 3)),
                        Optional.empty(),
                        Optional.empty()));
        assertThatThrownBy(() -> task(List.of(component), Optional.of(new Rule.Add(1)), start))
                .hasMessageStartingWith("mixture stands beside keys of a single task");
        assertThatThrownBy(() -> task(List.of(), Optional.empty(), start)).hasMessageStartingWith("rule is missing");
    }

    private static TaskSpec task(List<ComponentSpec> mixture, Optional<Rule> rule, Optional<IntRange> start) {
        return new TaskSpec(
                mixture,
                Optional.empty(),
                rule,
                Optional.empty(),
                start,
                Optional.of(new IntRange(3, 3)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void componentsRefuseKeysWithoutMeaning() {
        assertThatThrownBy(() -> Tasks.of("numerals", Rule.Sum.defaults(), "1..9", "3"))
                .hasMessageStartingWith("length = 3 has no meaning for sum");
        assertThatThrownBy(() -> Tasks.of("numerals", Rule.Sort.defaults(), "1..9", "3"))
                .hasMessageStartingWith("start = 1..9 has no meaning for sort");
        assertThatThrownBy(() -> Tasks.of("numerals", Rule.Fibonacci.defaults(), "1..9", "2..5"))
                .hasMessageStartingWith("length = 2..5 is too short for fibonacci; at least 3");
        assertThatThrownBy(() -> Tasks.add(1, "1..9", "1")).hasMessageStartingWith("length = 1 is too short");
        assertThatThrownBy(() -> Tasks.add(1, "1..9", "3").withWeight(0)).hasMessageStartingWith("weight = 0.0");
        assertThatThrownBy(() -> TaskSpec.of(Tasks.add(1, "1..9", "3"))
                        .withVocabulary(new IntRange(0, 20))
                        .withTokens(TokenKind.DIGIT))
                .hasMessageStartingWith("vocabulary = 0..20 has no meaning with tokens: digit");
    }

    @Test
    void splitsRefuseAmountsThatDoNotFitTogether() {
        assertThatThrownBy(() -> SplitSpec.of(SplitBy.UNIT, "0.8", "100", "100"))
                .hasMessageStartingWith("train = 0.8, validation = 100, test = 100 mix shares and sizes");
        assertThatThrownBy(() -> SplitSpec.of(SplitBy.UNIT, "0.8", "0.2", "0.2"))
                .hasMessageStartingWith("train + validation + test = 1.2");
        assertThatThrownBy(() -> SplitSpec.of(SplitBy.UNIT, "0.0", "0.2", "0.2"))
                .hasMessageStartingWith("train = 0.0 leaves nothing");
        assertThatThrownBy(() -> new HoldOut(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))
                .hasMessageContaining("would hold out everything");
    }
}
