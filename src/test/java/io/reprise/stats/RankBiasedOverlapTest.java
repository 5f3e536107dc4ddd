package io.reprise.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankBiasedOverlapTest {
    @Test
    void equal_rankings_agree_fully_with_ties_or_without() {
        assertThat(RankBiasedOverlap.of(new double[] {3, 2, 1}, new double[] {9, 5, 1}, 0.9))
                .isCloseTo(1, within(1e-12));
        assertThat(RankBiasedOverlap.of(new double[] {2, 2, 1}, new double[] {7, 7, 0}, 0.9))
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void a_reversed_pair_agrees_only_at_depth_two() {
        // A_1 = 0, A_2 = 1: p² + (1 − p)/p · p² = p
        assertThat(RankBiasedOverlap.of(new double[] {2, 1}, new double[] {1, 2}, 0.8))
                .isCloseTo(0.8, within(1e-12));
    }
}
