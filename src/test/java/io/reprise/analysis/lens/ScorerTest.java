package io.reprise.analysis.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.lens.Scorer.Distribution;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScorerTest {
    /** Two roundings of double over four terms. */
    private static final double EXACT = 1e-15;

    private static Cell cell(double[] row, double[] model, int guess, int next) {
        Distribution own = new Distribution(model);
        return new Scorer(3, List.of(0))
                .cell(new Distribution(row), own, own.probabilities(), guess, Optional.of(next));
    }

    /** Model (1/2, 1/4, 1/4), row (1/4, 1/4, 1/2): KL = ½ ln 2 + 0 - ¼ ln 2, H = 1.5 ln 2. */
    @Test
    void klAndEntropyAreThoseWorkedOutByHand() {
        double[] model = {Math.log(2), 0, 0};
        double[] row = {0, 0, Math.log(2)};
        Cell cell = cell(row, model, 0, 2);
        assertThat(cell.kl()).isCloseTo(0.25 * Math.log(2), within(EXACT));
        assertThat(cell.entropy()).isCloseTo(1.5 * Math.log(2), within(EXACT));
        assertThat(cell.guess().probability()).isCloseTo(0.25, within(EXACT));
        assertThat(cell.next().orElseThrow().probability()).isCloseTo(0.5, within(EXACT));
    }

    @Test
    void tiesCountAgainstARankAndOfEqualsTheSmallerIdIsBest() {
        Cell cell = cell(new double[] {1, 3, 3, 1, 3}, new double[5], 2, 0);
        assertThat(cell.guess().rank()).isEqualTo(3);
        assertThat(cell.next().orElseThrow().rank()).isEqualTo(5);
        assertThat(cell.top().stream().map(TokenScore::token)).containsExactly(1, 2, 4);
        assertThat(Scorer.argmax(new double[] {1, 3, 3})).isEqualTo(1);
    }

    /** The original clipped probabilities at 1/(10·vocabulary), which bounds its KL; ln softmax needs no clipping. */
    @Test
    void distributionsThatUnderflowStillHaveTheirKl() {
        Cell cell = cell(new double[] {0, 2000}, new double[] {2000, 0}, 0, 1);
        assertThat(cell.kl()).isEqualTo(2000);
        assertThat(cell.entropy()).isZero();
        assertThat(cell(new double[] {5, 1, -3000}, new double[] {5, 1, -3000}, 0, 1)
                        .kl())
                .isZero();
    }

    @Test
    void logitsThatAreNotFiniteAreRefused() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> new Distribution(new double[] {0, bad}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a logit is " + bad);
        }
    }
}
