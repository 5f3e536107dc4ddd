package io.reprise.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JointBootstrapTest {
    private static final double[] VALUES = {1, 4, 2, 8, 5, 7};

    @Test
    void oneColumnsMeanIsThePlainBootstrap() {
        Interval plain =
                Bootstrap.percentile(VALUES, values -> Arrays.stream(values).sum() / values.length, 500, Rng.of(1));
        assertThat(JointBootstrap.percentile(List.of(VALUES), means -> means[0], 500, Rng.of(1)))
                .contains(plain);
    }

    @Test
    void columnsAreDrawnTogether() {
        double[] twice = Arrays.stream(VALUES).map(value -> 2 * value).toArray();
        // drawn apart, the ratio would vary
        assertThat(JointBootstrap.percentile(List.of(twice, VALUES), means -> means[0] / means[1], 500, Rng.of(1)))
                .contains(new Interval(2, 2));
    }

    @Test
    void theRatioOfMeansIsCoveredAsOftenAsSaid() {
        int covered = 0;
        int trials = 400;
        Rng rng = Rng.of(11);
        for (int trial = 0; trial < trials; trial++) {
            double[] top = new double[60];
            double[] bottom = new double[60];
            for (int i = 0; i < top.length; i++) {
                double shared = rng.nextGaussian();
                bottom[i] = 4 + shared;
                top[i] = 2 + 0.5 * shared + 0.5 * rng.nextGaussian();
            }
            Interval interval = JointBootstrap.percentile(
                            List.of(top, bottom), means -> means[0] / means[1], 400, Rng.of(trial))
                    .orElseThrow();
            covered += interval.contains(0.5) ? 1 : 0;
        }
        // 0.95 less 4 binomial standard errors of 400 trials (0.044): the percentile interval runs a little short at n
        // = 60
        assertThat(covered / (double) trials).isBetween(0.906, 0.99);
    }

    @Test
    void resamplesWithoutAValueWidenTheIntervalAndTooManyLeaveNone() {
        double[] values = new double[40];
        Arrays.fill(values, 1);
        values[0] = -3;
        double[] clear = values.clone();
        Arrays.fill(clear, 3);
        // a mean of which a resample never is 0 or less
        assertThat(JointBootstrap.percentile(List.of(clear), m -> m[0] > 0 ? 1 / m[0] : Double.NaN, 400, Rng.of(2)))
                .contains(new Interval(1.0 / 3, 1.0 / 3));
        // the first value is in no resample with a chance of 1/e: far more than 2.5% are without a value
        assertThat(JointBootstrap.percentile(List.of(values), m -> m[0] < 1 ? m[0] : Double.NaN, 400, Rng.of(2)))
                .isEmpty();
        // a resample has 5 or more of it with a chance of 0.3%
        Interval all = JointBootstrap.percentile(List.of(values), m -> m[0], 4000, Rng.of(2))
                .orElseThrow();
        Interval some = JointBootstrap.percentile(
                        List.of(values), m -> m[0] > 0.55 ? m[0] : Double.NaN, 4000, Rng.of(2))
                .orElseThrow();
        assertThat(some.low()).isLessThanOrEqualTo(all.low()).isNotNaN();
        assertThat(some.high()).isGreaterThanOrEqualTo(all.high()).isNotNaN();
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> JointBootstrap.percentile(List.of(), m -> 0, 100, Rng.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 columns");
        assertThatThrownBy(() -> JointBootstrap.percentile(List.of(VALUES, new double[2]), m -> 0, 100, Rng.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[6, 2]");
    }
}
