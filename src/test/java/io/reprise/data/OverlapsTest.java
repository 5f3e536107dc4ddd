package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.text.Vocabulary;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverlapsTest {
    private static final Vocabulary DIGITS = Vocabulary.of(
            IntStream.range(0, 10).mapToObj(Integer::toString).toList(), List.of(Vocabulary.START, Vocabulary.END));

    @Test
    void countsTheFiveSharesByHand() {
        List<Example> training = List.of(Example.ofTokens(1, 2, 3, 4), Example.ofTokens(5, 6, 7));
        List<Example> test = List.of(
                Example.ofTokens(2, 3, 4), // a window; prefix [2] begins nothing; steps 2→3, 3→4 seen
                Example.ofTokens(1, 2, 9)); // prefixes [1], [1 2] begin one; 1→2 and [1]→2 seen, 2→9 not
        Overlaps overlaps = OverlapCounter.count(training, test, DIGITS);
        assertThat(overlaps.examples()).isZero();
        assertThat(overlaps.windows()).isEqualTo(1.0 / 2);
        assertThat(overlaps.prefixes()).isEqualTo(2.0 / 4);
        assertThat(overlaps.prefixNext()).isEqualTo(1.0 / 4);
        assertThat(overlaps.previousNext()).isEqualTo(3.0 / 4);
        assertThat(overlaps.byName().keySet())
                .containsExactly("examples", "prefixes", "windows", "prefix_next", "previous_next");
    }

    @Test
    void seesACopyOfAnExample() {
        List<Example> training = List.of(Example.ofTokens(1, 2, 3));
        Overlaps overlaps = OverlapCounter.count(training, List.of(Example.ofTokens(1, 2, 3)), DIGITS);
        assertThat(overlaps).isEqualTo(new Overlaps(1, 1, 1, 1, 1));
    }

    @Test
    void looksForWindowsWithoutStartAndEnd() {
        int start = DIGITS.id(Vocabulary.START);
        int end = DIGITS.id(Vocabulary.END);
        List<Example> training = List.of(Example.ofTokens(start, 1, 2, 3, end));
        assertThat(OverlapCounter.count(training, List.of(Example.ofTokens(start, 2, 3, end)), DIGITS)
                        .windows())
                .isEqualTo(1);
        assertThat(OverlapCounter.count(training, List.of(Example.ofTokens(start, 1, 3, end)), DIGITS)
                        .windows())
                .isZero();
    }

    @Test
    void digitsAreComparedMemberByMember() {
        TaskSpec task = TaskSpec.of(Tasks.add(1, "8..11", "2")).withTokens(TokenKind.DIGIT);
        Dataset data = Tasks.build(task, Tasks.everything(SplitBy.UNIT));
        Steps steps = Steps.of(List.of(Tasks.find(data, "9 , 1 0 ,")));
        Example eleven = Tasks.find(data, "1 0 , 1 1 ,");
        Example ten = Tasks.find(data, "9 , 1 0 ,");
        assertThat(steps.seen(ten, 2)).isTrue();
        assertThat(steps.seen(ten, 4)).isTrue();
        assertThat(steps.seen(eleven, 3)).isFalse(); // though the digits , → 1 are seen
        assertThat(steps.seen(eleven, 0)).isTrue();
    }

    @Test
    void anEmptySplitSharesNothingAndSaysNotANumber() {
        Overlaps overlaps = OverlapCounter.count(List.of(Example.ofTokens(1, 2)), List.of(), DIGITS);
        assertThat(overlaps.examples()).isNaN();
        assertThat(overlaps.previousNext()).isNaN();
    }
}
