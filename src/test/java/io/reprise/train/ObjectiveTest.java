package io.reprise.train;

import static io.reprise.train.Objective.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.data.Batch;
import io.reprise.data.Example;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Targets of the sequence 7 8 9 4, whose answer begins at its third token, padded to six rows. */
class ObjectiveTest {
    @Test
    void nextTokenIsShiftedByOne() {
        assertThat(targets(Objective.NEXT_TOKEN, 2)).containsExactly(8, 9, 4, NONE, NONE, NONE);
    }

    @Test
    void lastTokenHasOneTarget() {
        assertThat(targets(Objective.LAST_TOKEN, 2)).containsExactly(NONE, NONE, 4, NONE, NONE, NONE);
    }

    @Test
    void answerTokensAreSaidOnePositionBeforeTheyStand() {
        assertThat(targets(Objective.ANSWER_TOKENS, 2)).containsExactly(NONE, 9, 4, NONE, NONE, NONE);
    }

    @Test
    void anAnswerThatBeginsTheSequenceHasNoTargetForItsFirstToken() {
        assertThat(targets(Objective.ANSWER_TOKENS, 0)).containsExactly(8, 9, 4, NONE, NONE, NONE);
    }

    @Test
    void unshiftedRepeatsEachToken() {
        assertThat(targets(Objective.DIAGNOSTIC_UNSHIFTED, 2)).containsExactly(7, 8, 9, 4, NONE, NONE);
    }

    @Test
    void lastEverywhereAsksForTheLastTokenAtEveryPositionBeforeIt() {
        assertThat(targets(Objective.DIAGNOSTIC_LAST_EVERYWHERE, 2)).containsExactly(4, 4, 4, NONE, NONE, NONE);
    }

    @Test
    void onlyTheTwoMisalignmentsAreDiagnostics() {
        assertThat(Objective.values())
                .filteredOn(Objective::isDiagnostic)
                .containsExactly(Objective.DIAGNOSTIC_UNSHIFTED, Objective.DIAGNOSTIC_LAST_EVERYWHERE);
    }

    @Test
    void paddingOfABatchHasNoTargets() {
        Batch batch = Batch.of(List.of(Example.ofTokens(1, 2, 3), Example.ofTokens(4, 5)), 0);
        LabeledBatch labeled = LabeledBatch.of(batch, Objective.NEXT_TOKEN);
        assertThat(labeled.targets()).containsExactly(2, 3, NONE, 5, NONE, NONE);
        assertThat(labeled.count()).isEqualTo(3);
        assertThat(labeled.sequences(1, 2).targets()).containsExactly(5, NONE, NONE);
        assertThat(labeled.sequences(1, 2).tokens().ids()).containsExactly(4, 5, 0);
    }

    private static int[] targets(Objective objective, int answerStart) {
        int[] out = new int[8];
        out[0] = 99;
        out[7] = 99;
        objective.targets(new int[] {7, 8, 9, 4}, answerStart, out, 1, 6);
        assertThat(out[0]).as("row before").isEqualTo(99);
        assertThat(out[7]).as("row after").isEqualTo(99);
        return java.util.Arrays.copyOfRange(out, 1, 7);
    }
}
