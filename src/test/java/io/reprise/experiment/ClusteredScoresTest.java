package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.stats.ClusteredProportion;
import io.reprise.stats.Interval;
import io.reprise.stats.Proportions;
import org.junit.jupiter.api.Test;

/** The interval beside every accuracy: positions of one sequence are not trials of their own. */
class ClusteredScoresTest {
    // the sample variance of m clusters divides by m - 1, which Wilson's formula does not: 1/400 of the width
    private static final double ONE_TRIAL_IN_400 = 1e-4;

    @Test
    void clustersOfOneTrialGiveWilsonsInterval() {
        ClusteredProportion share = new ClusteredProportion();
        for (int i = 0; i < 400; i++) {
            share.addCluster(i % 4 == 0 ? 0 : 1, 1);
        }
        assertThat(share.effectiveTrials()).isCloseTo(400, within(1.001));
        assertSame(share.interval(), Proportions.wilson(300, 400), ONE_TRIAL_IN_400);
    }

    @Test
    void clustersThatAgreeWithinThemselvesCountAsOneTrialEach() {
        ClusteredProportion share = new ClusteredProportion();
        for (int i = 0; i < 400; i++) {
            share.addCluster(i % 4 == 0 ? 0 : 7, 7);
        }
        assertThat(share.total()).isEqualTo(2800);
        assertThat(share.effectiveTrials()).isCloseTo(400, within(1.001));
        assertSame(share.interval(), Proportions.wilson(300, 400), ONE_TRIAL_IN_400);
    }

    @Test
    void allRightUsesTheNumberOfClusters() {
        ClusteredProportion share = new ClusteredProportion();
        for (int i = 0; i < 20; i++) {
            share.addCluster(5, 5);
        }
        assertSame(share.interval(), Proportions.wilson(20, 20), 1e-12);
        assertThat(share.interval().high()).isEqualTo(1.0);
    }

    @Test
    void allWrongUsesTheNumberOfClustersToo() {
        ClusteredProportion share = new ClusteredProportion();
        for (int i = 0; i < 20; i++) {
            share.addCluster(0, 5);
        }
        assertSame(share.interval(), Proportions.wilson(0, 20), 1e-12);
        assertThat(share.interval().low()).isZero();
    }

    @Test
    void evenClustersDoNotCountForMoreThanTheirTrials() {
        ClusteredProportion share = new ClusteredProportion();
        for (int i = 0; i < 50; i++) {
            share.addCluster(i == 0 ? 1 : 2, 4);
        }
        assertThat(share.effectiveTrials()).isLessThanOrEqualTo(200);
    }

    @Test
    void clustersWithoutTrialsAreNone() {
        ClusteredProportion share = new ClusteredProportion();
        share.addCluster(0, 0);
        share.addCluster(3, 3);
        assertThat(share.effectiveTrials()).isEqualTo(1);
        assertThatThrownBy(() -> share.addCluster(2, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertSame(Interval got, Interval expected, double tolerance) {
        assertThat(got.low()).isCloseTo(expected.low(), within(tolerance));
        assertThat(got.high()).isCloseTo(expected.high(), within(tolerance));
    }
}
