package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.Determinacy.Context;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The experiments' data: each can be said, and says about itself what the experiment turns on. */
class ExperimentsTest {
    private static double accuracy(Dataset data, Split split, int order) {
        KGram table = data.kGram(order);
        long right = 0;
        long total = 0;
        for (Example example : data.examples(split)) {
            for (int i = 1; i < example.length(); i++) {
                if (example.scored(i) && data.determinacy().determined(example, i)) {
                    total++;
                    right += table.predict(example, i) == example.token(i) ? 1 : 0;
                }
            }
        }
        return (double) right / total;
    }

    @Test
    void quickstartIsALookupAndSaysSo() {
        Dataset data = Tasks.build(TaskSpec.of(Tasks.add(1, "1..100", "4..7")), SplitSpec.defaults());
        assertThat(data.notes()).contains("a bigram table solves this task (100%): what is learnt here is a lookup");
        Overlaps overlaps = data.overlaps(Split.TEST);
        assertThat(overlaps.examples()).isZero();
        assertThat(overlaps.windows()).isPositive();
        assertThat(overlaps.previousNext()).isEqualTo(1.0);
        assertThat(data.vocabulary().tokens()).startsWith("1", "2", "3").endsWith("106", "<pad>");
        assertThat(data.maxLength()).isEqualTo(7);
    }

    @Test
    void sortingIsThePublishedTemplateWithoutItsLeak() {
        TaskSpec task = TaskSpec.of(Tasks.drawn(Rule.Sort.defaults(), "0..63", "5"));
        Dataset data = Tasks.build(task, SplitSpec.of(SplitBy.UNIT, "5000", "500", "500"));
        assertThat(data.vocabulary().size()).isEqualTo(66);
        assertThat(data.vocabulary().id("<start>")).isEqualTo(64);
        assertThat(data.vocabulary().id("<mid>")).isEqualTo(65);
        assertThat(data.vocabulary().id("63")).isEqualTo(63);
        Example example = data.examples(Split.TEST).get(0);
        assertThat(example.length()).isEqualTo(12);
        assertThat(example.answerStart()).isEqualTo(7);
        assertThat(example.answers()).containsExactly(new Example.Span(7, 12));
        assertThat(Tasks.determined(data, example))
                .containsExactly(6, 7, 8, 9, 10, 11); // <mid> too, but it isn't scored
        assertThat(IntStream.range(0, 12).filter(example::scored)).containsExactly(7, 8, 9, 10, 11);
        int[] tokens = example.tokens();
        assertThat(IntStream.of(tokens).skip(1).limit(5).sorted().toArray())
                .isEqualTo(IntStream.of(tokens).skip(7).toArray());
        Set<String> training = Set.copyOf(data.examples(Split.TRAIN).stream()
                .map(Example::unit)
                .distinct()
                .toList());
        assertThat(data.examples(Split.TEST)).noneMatch(e -> training.contains(e.unit()));
        assertThat(data.notes()).isEmpty();
    }

    @Test
    void sortingWithRepeatedValuesHasThem() {
        TaskSpec task = TaskSpec.of(Tasks.drawn(new Rule.Sort(true), "0..9", "5"));
        Dataset data = Tasks.build(task, SplitSpec.of(SplitBy.UNIT, "1000", "100", "100"));
        assertThat(data.examples(Split.TRAIN))
                .anyMatch(e -> IntStream.of(e.tokens()).distinct().count() < 7);
    }

    @Test
    void plusTwoHeldOutByUnitIsPredictableAndByTransitionUnseen() {
        TaskSpec task = TaskSpec.of(Tasks.add(1, "1..60", "4..7"), Tasks.add(2, "1..60", "4..7"));
        Dataset data = Tasks.build(task, SplitSpec.defaults().withHoldOut(Tasks.holdOut(new Rule.Add(2), "10..20")));
        Example run = Tasks.find(data, "10 12 14 16");
        assertThat(data.examples(Split.HELD_OUT)).contains(run);
        assertThat(Tasks.determined(data, run)).containsExactly(2, 3);
        // A bigram can't tell +1 from +2; a trigram can where it has seen the two tokens.
        assertThat(accuracy(data, Split.HELD_OUT, 2)).isLessThan(0.7);
        assertThat(accuracy(data, Split.HELD_OUT, 3)).isGreaterThan(accuracy(data, Split.HELD_OUT, 2));
        assertThat(data.determinacy().bayesCeiling(Context.PREFIX, data.examples(Split.HELD_OUT)))
                .isBetween(0.75, 0.95); // first steps 1/2, the others 1

        Dataset transitions = Tasks.build(task, SplitSpec.of(SplitBy.TRANSITION, "0.8", "0.1", "0.1"));
        assertThat(transitions.overlaps(Split.TEST).previousNext()).isZero();
        assertThat(accuracy(transitions, Split.TEST, 3)).isZero(); // no table counted from training can be right
    }

    @Test
    void plusOneToEightAndDigitsAreMixturesToo() {
        ComponentSpec[] eight = IntStream.rangeClosed(1, 8)
                .mapToObj(k -> Tasks.add(k, "1..60", "4..7"))
                .toArray(ComponentSpec[]::new);
        Dataset values = Tasks.build(TaskSpec.of(eight), SplitSpec.defaults());
        assertThat(Tasks.next(values, "10").values())
                .allSatisfy(p -> assertThat(p).isEqualTo(1.0 / 8));
        Dataset digits = Tasks.build(
                TaskSpec.of(eight).withTokens(TokenKind.DIGIT),
                SplitSpec.defaults().withHoldOut(Tasks.holdOut(new Rule.Add(2), "10..20")));
        assertThat(digits.vocabulary().tokens())
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ",", "<pad>");
        Example run = Tasks.find(digits, "1 0 , 1 2 , 1 4 , 1 6 ,");
        assertThat(run.answerStart()).isEqualTo(9);
        assertThat(run.answers())
                .containsExactly(new Example.Span(3, 6), new Example.Span(6, 9), new Example.Span(9, 12));
        assertThat(Tasks.determined(digits, run)).contains(6, 7, 8, 9, 10, 11).doesNotContain(4);
    }

    /** A lookup of two tokens sees one member and a separator: which step it is takes a look further back. */
    @Test
    void separatedMembersShowNoStepToATableOfTwoTokens() {
        TaskSpec task = TaskSpec.of(
                Tasks.add(1, "1..40", "3..5"), Tasks.add(2, "1..40", "3..5"), Tasks.add(3, "1..40", "3..5"));
        Dataset data = Tasks.build(task.withTokens(TokenKind.SEPARATED), SplitSpec.defaults());
        Example run = Tasks.find(data, "10 , 12 , 14 ,");
        assertThat(IntStream.range(0, run.length()).filter(run::scored)).containsExactly(2, 4);
        assertThat(run.answerStart()).isEqualTo(4);
        assertThat(Tasks.determined(data, run)).contains(4).doesNotContain(2);
        assertThat(accuracy(data, Split.TEST, 3)).isLessThan(0.5);
        assertThat(accuracy(Tasks.build(task, SplitSpec.defaults()), Split.TEST, 3))
                .isGreaterThan(0.9);
        assertThatThrownBy(() -> Tasks.build(
                        TaskSpec.of(Tasks.sum("1..9")).withTokens(TokenKind.SEPARATED), SplitSpec.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("separated", "Choose value or digit");
    }

    @Test
    void timesTwoAndFibonacciHaveExactAnswersOfSeveralDigits() {
        ComponentSpec doubling =
                Tasks.of("numerals", new Rule.Multiply(2), "1..20", "4..8").withValues(IntRange.parse("0..1000"));
        ComponentSpec fibonacci = Tasks.of(
                        "numerals", new Rule.Fibonacci(Optional.of(IntRange.parse("1..12"))), "1..12", "4..8")
                .withValues(IntRange.parse("0..200"));
        Dataset data = Tasks.build(TaskSpec.of(doubling, fibonacci).withTokens(TokenKind.DIGIT), SplitSpec.defaults());
        assertThat(data.notes())
                .anyMatch(n -> n.startsWith("numerals multiply 2: ") && n.contains("would leave 0..1000"))
                .anyMatch(n -> n.startsWith("numerals fibonacci: ") && n.contains("would leave 0..200"));
        Example example = Tasks.find(data, "3 , 1 2 , 1 5 , 2 7 ,");
        assertThat(IntStream.range(0, example.length()).filter(example::scored)).containsExactly(5, 6, 7, 8, 9, 10);
        assertThat(Tasks.determined(data, example)).contains(5, 6, 7, 8, 9, 10);
        assertThat(data.overlaps(Split.TEST).examples()).isZero();
    }

    @Test
    void numberWordsAreTrainedAtLengthTwoOnlyAndTestedLonger() {
        HoldOut longer = new HoldOut(
                Optional.of("number_words"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(IntRange.parse("3..7")));
        TaskSpec task = TaskSpec.of(
                Tasks.add(1, "1..60", "2..7"),
                Tasks.add(2, "1..60", "2..7"),
                Tasks.of("number_words", new Rule.Add(1), "1..60", "2..7"),
                Tasks.of("number_words", new Rule.Add(2), "1..60", "2..7"));
        SplitSpec split = SplitSpec.defaults().withHoldOut(longer);
        Dataset data = Tasks.build(task, split);
        assertThat(data.examples(Split.HELD_OUT)).hasSize(2 * 60 * 5);
        assertThat(data.examples(Split.TRAIN))
                .filteredOn(e -> e.component().startsWith("number_words"))
                .isNotEmpty()
                .allMatch(e -> e.length() == 2);
        Example run = Tasks.find(data, "twenty twenty-two twenty-four twenty-six");
        assertThat(data.examples(Split.HELD_OUT)).contains(run);
        assertThat(Tasks.determined(data, run)).containsExactly(2, 3);
        assertThat(accuracy(data, Split.HELD_OUT, 3)).isLessThan(0.75);

        TaskSpec wordsOnly = TaskSpec.of(
                Tasks.of("number_words", new Rule.Add(1), "1..60", "2..7"),
                Tasks.of("number_words", new Rule.Add(2), "1..60", "2..7"));
        assertThat(Tasks.build(wordsOnly, split).examples(Split.HELD_OUT)).hasSize(2 * 60 * 5);

        TaskSpec permuted = TaskSpec.of(
                Tasks.add(1, "1..60", "2..7").withPermuted(5),
                Tasks.add(2, "1..60", "2..7").withPermuted(5),
                Tasks.of("number_words", new Rule.Add(1), "1..60", "2..7"),
                Tasks.of("number_words", new Rule.Add(2), "1..60", "2..7"));
        Dataset control = Tasks.build(permuted, split);
        assertThat(control.vocabulary()).isEqualTo(data.vocabulary());
        assertThat(Tasks.texts(control, Split.HELD_OUT)).isEqualTo(Tasks.texts(data, Split.HELD_OUT));
        assertThat(control.digest(Split.TRAIN)).isNotEqualTo(data.digest(Split.TRAIN));
        // +2 skips every other member of the same permuted order that +1 walks.
        List<String> one = ofComponent(control, "numerals add 1", 7);
        String[] walk = one.get(0).split(" ");
        assertThat(ofComponent(control, "numerals add 2", 2)).contains(walk[0] + " " + walk[2]);
    }

    private static List<String> ofComponent(Dataset data, String component, int length) {
        return data.splits().stream()
                .flatMap(s -> data.examples(s).stream())
                .filter(e -> e.component().equals(component) && e.length() == length)
                .map(e -> Tasks.text(data, e))
                .toList();
    }

    @Test
    void monthsHaveATwinInPermutedOrderWithTheSameSplit() {
        ComponentSpec months = Tasks.of("months", new Rule.Successor(1, true), "1..12", "3..6");
        SplitSpec units = SplitSpec.of(SplitBy.UNIT, "0.6", "0.2", "0.2");
        Dataset ordered = Tasks.build(TaskSpec.of(months), units);
        Dataset twin = Tasks.build(TaskSpec.of(months.withPermuted(3)), units);
        assertThat(Tasks.texts(ordered, Split.TRAIN)).anyMatch(t -> t.contains("December January"));
        assertThat(twin.vocabulary()).isEqualTo(ordered.vocabulary());
        for (Split each : ordered.splits()) {
            assertThat(twin.examples(each)).hasSameSizeAs(ordered.examples(each));
            assertThat(Tasks.texts(twin, each)).isNotEqualTo(Tasks.texts(ordered, each));
        }
    }

    @Test
    void repeatedBlocksAreDeterminedFromTheSecondSayingOn() {
        TaskSpec task =
                TaskSpec.of(Tasks.drawn(Rule.Repeat.defaults(), "0..31", "8")).withDelimiters(true, false);
        Dataset data = Tasks.build(task, SplitSpec.of(SplitBy.UNIT, "1000", "100", "100"));
        Example example = data.examples(Split.TEST).get(0);
        assertThat(example.length()).isEqualTo(17);
        assertThat(example.answerStart()).isEqualTo(9);
        assertThat(Tasks.determined(data, example)).containsExactly(9, 10, 11, 12, 13, 14, 15, 16);
        assertThat(accuracy(data, Split.TEST, 2)).isLessThan(0.1); // a bigram knows nothing: 1/31 by chance
        assertThat(data.determinacy().previousTokenCeiling()).isBetween(0.0322, 0.0323);
    }

    @Test
    void everySeriesCanBeContinued() {
        for (String series : Tasks.CATALOGUE.names()) {
            ComponentSpec component = Tasks.of(series, Rule.Predecessor.defaults(), "3..7", "3");
            for (TokenKind kind : TokenKind.values()) {
                Dataset data = Tasks.build(TaskSpec.of(component).withTokens(kind), Tasks.everything(SplitBy.UNIT));
                assertThat(data.examples(Split.TRAIN)).as(series).hasSizeBetween(4, 5);
            }
        }
    }
}
