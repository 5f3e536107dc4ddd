package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class KGramTest {
    private final List<Example> training = List.of(
            Example.ofTokens(1, 2, 3), Example.ofTokens(1, 2, 4), Example.ofTokens(5, 2, 4), Example.ofTokens(6, 2, 3));

    @Test
    void bigramTakesTheMostFrequentNextTokenAndOfEqualsTheSmallestId() {
        KGram bigram = KGram.count(training, 2);
        assertThat(bigram.predict(new int[] {1}, 1)).isEqualTo(2);
        assertThat(bigram.predict(new int[] {9, 2}, 2)).isEqualTo(3); // 3 and 4 twice each
    }

    @Test
    void trigramLooksTwoBackAndBacksOff() {
        KGram trigram = KGram.count(training, 3);
        assertThat(trigram.predict(new int[] {5, 2}, 2)).isEqualTo(4);
        assertThat(trigram.predict(new int[] {6, 2}, 2)).isEqualTo(3);
        assertThat(trigram.predict(new int[] {9, 2}, 2)).isEqualTo(3); // unseen pair: by the bigram
        assertThat(trigram.predict(new int[] {9, 9}, 2)).isEqualTo(2); // unseen token: the commonest, four times
        assertThat(trigram.predict(new int[] {1}, 1)).isEqualTo(2);
    }

    @Test
    void countsScoredPositionsOnly() {
        Dataset sorting = Tasks.build(
                TaskSpec.of(Tasks.drawn(Rule.Sort.defaults(), "0..3", "2")), Tasks.everything(SplitBy.UNIT));
        KGram bigram = sorting.kGram(2);
        int mid = sorting.vocabulary().id("<mid>");
        // After <mid>: 0 is smallest in 3 of 6 sets. After 2: in answers only 3 can follow, in lists 0 would tie with
        // it.
        assertThat(bigram.predict(new int[] {mid}, 1)).isZero();
        assertThat(bigram.predict(new int[] {2}, 1)).isEqualTo(3);
    }

    @Test
    void refusesOtherOrders() {
        assertThatThrownBy(() -> KGram.count(training, 4)).hasMessageContaining("choose 1, 2 or 3");
    }
}
