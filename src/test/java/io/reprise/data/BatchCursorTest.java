package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchCursorTest {
    private static List<Example> examples(int n) {
        return IntStream.range(0, n).mapToObj(i -> Example.ofTokens(i, i, i)).toList();
    }

    @Property(tries = 50)
    void aBatchDependsOnSeedAndStepOnly(
            @ForAll @IntRange(min = 1, max = 20) int n,
            @ForAll @IntRange(min = 1, max = 9) int size,
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 50) int step) {
        BatchCursor walked = new BatchCursor(examples(n), size, 0, seed);
        for (int s = 0; s < step; s++) {
            walked.batch(s);
        }
        BatchCursor jumped = new BatchCursor(examples(n), size, 0, seed);
        assertThat(jumped.batch(step).tokens()).isEqualTo(walked.batch(step).tokens());
    }

    @Test
    void anEpochHasEveryExampleOnceAndTheNextAnotherOrder() {
        BatchCursor cursor = new BatchCursor(examples(12), 12, 0, 7);
        int[] first = cursor.batch(0).tokens();
        int[] second = cursor.batch(1).tokens();
        assertThat(first).isNotEqualTo(second);
        assertThat(IntStream.of(first).sorted().toArray())
                .isEqualTo(IntStream.of(second).sorted().toArray());
        assertThat(IntStream.of(first).distinct().count()).isEqualTo(12);
        assertThat(cursor.epochs(3)).isEqualTo(3.0);
    }

    @Test
    void anotherSeedIsAnotherOrder() {
        assertThat(new BatchCursor(examples(12), 12, 0, 7).batch(0).tokens())
                .isNotEqualTo(new BatchCursor(examples(12), 12, 0, 8).batch(0).tokens());
    }

    @Test
    void batchesReachOverTheEndOfAnEpoch() {
        BatchCursor cursor = new BatchCursor(examples(3), 2, 0, 1);
        Map<Integer, Integer> counts = new HashMap<>();
        for (int step = 0; step < 3; step++) {
            cursor.batch(step).examples().forEach(e -> counts.merge(e.token(0), 1, Integer::sum));
        }
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of(0, 2, 1, 2, 2, 2));
    }

    @Test
    void anExampleOfWeightTwoIsDrawnTwiceAsOften() {
        BitSet all = new BitSet();
        all.set(1, 3);
        List<Example> weighted = IntStream.range(0, 4)
                .mapToObj(i -> Example.ofTokens(i, i, i).with(all, i == 0 ? 2.5 : 0.5))
                .toList();
        BatchCursor cursor = new BatchCursor(weighted, 4, 0, 3);
        int[] counts = new int[4];
        int epochs = 400;
        for (int epoch = 0; epoch < epochs; epoch++) {
            int before = counts[0];
            cursor.batch(epoch).examples().forEach(e -> counts[e.token(0)]++);
            assertThat(counts[0] - before).isBetween(2, 3); // never more than one off its weight
        }
        assertThat(counts[0]).isBetween(960, 1040); // 2.5 · 400 = 1000; each epoch's 2 or 3 has sd 0.5: four sd = 40
        assertThat(counts[1] + counts[2] + counts[3]).isEqualTo(4 * epochs - counts[0]);
    }

    @Test
    void shorterExamplesAreFilledUpOnTheRight() {
        Batch batch = Batch.of(List.of(Example.ofTokens(1, 2), Example.ofTokens(3, 4, 5)), 9);
        assertThat(batch.tokens()).containsExactly(1, 2, 9, 3, 4, 5);
        assertThat(batch.lengths()).containsExactly(2, 3);
        assertThat(batch.length()).isEqualTo(3);
        assertThat(batch.size()).isEqualTo(2);
    }

    @Test
    void refusesWhatCanNotBeBatched() {
        assertThatThrownBy(() -> new BatchCursor(List.of(), 2, 0, 0)).hasMessageContaining("no examples");
        assertThatThrownBy(() -> new BatchCursor(examples(2), 0, 0, 0)).hasMessageStartingWith("batch_size = 0");
        assertThatThrownBy(() -> Batch.of(examples(2), 0, 2))
                .hasMessageContaining("has 3 tokens, the batch room for 2");
    }
}
