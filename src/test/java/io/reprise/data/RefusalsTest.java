package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What can't be had is refused before training, with the numbers. */
class RefusalsTest {
    private static final SplitSpec UNITS = SplitSpec.defaults();
    private static final Rule NEXT = Rule.Successor.defaults();

    private static AbstractThrowableAssert<?, ?> refused(SplitSpec split, ComponentSpec... components) {
        return refused(split, TaskSpec.of(components));
    }

    private static AbstractThrowableAssert<?, ?> refused(SplitSpec split, TaskSpec task) {
        return assertThatThrownBy(() -> Tasks.build(task, split)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twelveMonthsAskedForAThousandDistinctExamples() {
        refused(SplitSpec.of(SplitBy.UNIT, "800", "100", "100"), Tasks.of("months", NEXT, "1..12", "4"))
                .hasMessageMatching("split\\.train = 800 asks for more distinct examples than there are: months add 1"
                        + " \\(12 members\\) has 9 in all, of which [1-9] fall to train\\. .*");
    }

    @Test
    void aSplitThatStaysEmpty() {
        SplitSpec tiny = SplitSpec.of(SplitBy.UNIT, "0.9", "0.001", "0.0");
        refused(tiny, Tasks.of("months", NEXT, "1..12", "4"))
                .hasMessageStartingWith("split.validation = 0.001 gets no example: of the 9 units of months add 1 (12"
                        + " members), the examples are train 7, validation 0, test 0. Raise its share");
        refused(SplitSpec.of(SplitBy.EXAMPLE, "0.9", "0.001", "0.0"), Tasks.of("months", NEXT, "1..12", "4"))
                .hasMessageContaining("of the 9 examples");
        refused(SplitSpec.of(SplitBy.TRANSITION, "0.9", "0.0", "0.001"), Tasks.of("months", NEXT, "1..12", "4"))
                .hasMessageContaining("of the 11 transitions");
    }

    @Test
    void aTransitionSplitWhoseSequencesAllHoldATestStep() {
        refused(SplitSpec.of(SplitBy.TRANSITION, "0.1", "0.0", "0.9"), Tasks.of("months", NEXT, "1..3", "10"))
                .hasMessageStartingWith("split.train = 0.1 gets no example")
                .hasMessageContaining("train 0, validation 0, test 3");
    }

    @Test
    void aVocabularyTooSmall() {
        refused(UNITS, TaskSpec.of(Tasks.add(2, "1..60", "7")).withVocabulary(IntRange.parse("1..60")))
                .hasMessage(
                        "task.vocabulary = 1..60 is too small: this task reaches 12 more numerals, from 61 to 72; widen"
                                + " it, or bound the task with values: 1..60");
        refused(UNITS, TaskSpec.of(Tasks.add(2, "1..60", "7")).withVocabulary(IntRange.parse("0..1000000")))
                .hasMessageContaining("would have 1,000,001 tokens");
    }

    @Test
    void aHoldOutThatMatchesNothing() {
        refused(
                        UNITS.withHoldOut(
                                Tasks.holdOut(new Rule.Add(1), "3"), Tasks.holdOut(new Rule.Add(3), "10..20")),
                        Tasks.add(1, "1..60", "4..7"),
                        Tasks.add(2, "1..60", "4"))
                .hasMessage("split.hold_out.1 = {rule: add 3, start: 10..20} matches nothing: none of its 300 sequences"
                        + " fits. This task has numerals add 1 from 1..60 of length 4..7; numerals add 2 from 1..60 of length"
                        + " 4");
        refused(
                        SplitSpec.of(SplitBy.UNIT, "100", "10", "10").withHoldOut(Tasks.holdOut(new Rule.Add(3), "1")),
                        Tasks.drawn(Rule.Sort.defaults(), "0..63", "5"))
                .hasMessageContaining("matches nothing: none of the sequences drawn fits");
    }

    @Test
    void aHoldOutThatTakesEverything() {
        HoldOut all = new HoldOut(
                Optional.of("numerals"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        refused(UNITS.withHoldOut(all), Tasks.add(1, "1..60", "4"))
                .hasMessageStartingWith("split.train = 0.8 gets no example")
                .hasMessageContaining("train 0, validation 0, test 0, held_out 60");
    }

    @Test
    void noRoomForASequence() {
        refused(UNITS, Tasks.of("weekdays", NEXT, "1..7", "8"))
                .hasMessageStartingWith(
                        "task.mixture.0.length = 8: weekdays add 1 has no sequence at all: from no start is"
                                + " there room for it in 1..7");
        refused(UNITS, Tasks.add(1, "1..9", "3"), Tasks.of("weekdays", NEXT, "1..7", "8"))
                .hasMessageStartingWith("task.mixture.1.length");
    }

    @Test
    void rangesBeyondTheSeries() {
        refused(UNITS, Tasks.of("months", NEXT, "1..13", "3"))
                .hasMessage("task.mixture.0.start = 1..13 goes beyond months, which has 1..12");
        refused(UNITS, Tasks.of("months", NEXT, "2..5", "3").withValues(IntRange.parse("0..6")))
                .hasMessage("task.mixture.0.values = 0..6 goes beyond months, which has 1..12");
        refused(UNITS, Tasks.of("months", NEXT, "2..8", "3").withValues(IntRange.parse("1..6")))
                .hasMessage("task.mixture.0.start = 2..8 goes beyond values, which has 1..6");
        refused(UNITS, Tasks.of("month", NEXT, "1..12", "3")).hasMessageContaining("task.mixture.0.series = month");
    }

    @Test
    void numeralsWithoutBounds() {
        ComponentSpec open = new ComponentSpec(
                Optional.empty(),
                new Rule.Add(1),
                Optional.empty(),
                Optional.empty(),
                Optional.of(IntRange.parse("3")),
                Optional.empty(),
                Optional.empty());
        refused(UNITS, open).hasMessageContaining("start is missing for add 1: numerals never end; write start: 1..60");
        refused(UNITS, Tasks.of("numerals", new Rule.Successor(1, true), "1..9", "3"))
                .hasMessageContaining("wrap = true needs a last member, and numerals have none");
        refused(UNITS, Tasks.add(1, "1..2000000000", "3"))
                .hasMessageContaining("has 2,000,000,000 sequences, more than the");
    }

    @Test
    void listsLongerThanTheirValues() {
        refused(UNITS, Tasks.drawn(Rule.Sort.defaults(), "0..4", "6"))
                .hasMessageContaining("length = 6 is more than the 5 values of 0..4");
        refused(UNITS, Tasks.drawn(Rule.Repeat.defaults(), "0..4", "6"))
                .hasMessageContaining("length = 6 is more than the 5 values of 0..4");
        refused(UNITS, Tasks.drawn(Rule.Sort.defaults(), "0..2000000", "6"))
                .hasMessageContaining("would need 2,000,001 tokens");
    }

    @Test
    void sharesOrDigitsOfWhatCanNotBeListed() {
        refused(UNITS, Tasks.drawn(Rule.Sort.defaults(), "0..63", "5"))
                .hasMessageStartingWith(
                        "split.train = 0.8 is a share, but numerals sort has 914,941,440 sequences, too many");
        refused(
                        SplitSpec.of(SplitBy.UNIT, "100", "10", "10"),
                        TaskSpec.of(Tasks.drawn(Rule.Sort.defaults(), "0..63", "5"))
                                .withTokens(TokenKind.DIGIT))
                .hasMessageStartingWith("task.tokens = digit needs components of at most 200,000 sequences");
    }

    @Test
    void moreThanCanBeDrawn() {
        refused(SplitSpec.of(SplitBy.EXAMPLE, "300000", "0", "0"), Tasks.drawn(Rule.Sort.defaults(), "0..59", "3"))
                .hasMessageStartingWith(
                        "split.train = 300000, validation = 0 and test = 0 ask for more distinct examples than"
                                + " there are: numerals sort (60 members) has 205,320 in all"); // 60 · 59 · 58
        refused(
                        SplitSpec.of(SplitBy.UNIT, "50", "0", "0"),
                        Tasks.drawn(Rule.Sort.defaults(), "0..63", "5").withWeight(1e-12), // never drawn
                        Tasks.drawn(Rule.Repeat.defaults(), "0..3", "2")) // 12 blocks
                .hasMessageStartingWith(
                        "split.train = 50 asks for more distinct examples than could be drawn: 12 of them, from"
                                + " this mixture of 2 components");
    }

    @Test
    void transitionsOfTasksWithoutSteps() {
        for (ComponentSpec component : List.of(
                Tasks.drawn(Rule.Sort.defaults(), "0..5", "3"),
                Tasks.drawn(Rule.Repeat.defaults(), "0..5", "3"),
                Tasks.sum("0..9"))) {
            refused(SplitSpec.of(SplitBy.TRANSITION, "0.8", "0.1", "0.1"), component)
                    .hasMessageStartingWith("split.by = transition needs rules whose members follow from each other");
        }
    }

    @Test
    void aRefusalOfAFileNamesTheFile() {
        refused(UNITS, Tasks.of("none.txt", NEXT, "1..3", "3"))
                .hasMessageContaining("none.txt")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("null"));
    }
}
