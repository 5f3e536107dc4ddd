package io.reprise.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StatsTest {
    @Test
    void wilsonMatchesNewcombesTable() {
        // Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score, no correction); printed to 4 digits
        assertInterval(Proportions.wilson(81, 263), 0.2553, 0.3662, 5e-5);
        assertInterval(Proportions.wilson(15, 148), 0.0624, 0.1605, 5e-5);
        assertInterval(Proportions.wilson(0, 20), 0.0000, 0.1611, 5e-5);
        assertInterval(Proportions.wilson(1, 29), 0.0061, 0.1718, 5e-5);
    }

    @Test
    void clopperPearsonMatchesNewcombesTable() {
        assertInterval(Proportions.clopperPearson(81, 263), 0.2527, 0.3676, 5e-5); // method 5, same table
        assertInterval(Proportions.clopperPearson(15, 148), 0.0578, 0.1617, 5e-5);
        assertInterval(Proportions.clopperPearson(0, 20), 0.0000, 0.1684, 5e-5);
        assertInterval(Proportions.clopperPearson(1, 29), 0.0009, 0.1776, 5e-5);
        assertInterval(Proportions.clopperPearson(20, 20), 1 - 0.1684, 1.0, 5e-5);
    }

    @Property(tries = 100)
    void wilsonHoldsTheShareStaysInsideAndIsSymmetric(
            @ForAll @IntRange(min = 0, max = 500) int correct, @ForAll @IntRange(min = 0, max = 500) int wrong) {
        int total = Math.max(1, correct + wrong);
        Interval interval = Proportions.wilson(correct, total);
        Interval mirrored = Proportions.wilson(total - correct, total);
        assertThat(interval.low()).isBetween(0.0, 1.0);
        assertThat(interval.high()).isBetween(0.0, 1.0);
        assertThat(interval.contains((double) correct / total)).isTrue();
        assertThat(mirrored.low()).isCloseTo(1 - interval.high(), within(1e-12)); // rounding of doubles near 1
        assertThat(Proportions.clopperPearson(correct, total).contains((double) correct / total))
                .isTrue();
    }

    @Test
    void summaryUsesTheSampleStandardDeviation() {
        Summary summary = Summary.of(2, 4, 4, 4, 5, 5, 7, 9);
        assertThat(summary.mean()).isEqualTo(5.0);
        assertThat(summary.sd()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12)); // squares 32, n − 1 = 7
        assertThat(summary.min()).isEqualTo(2);
        assertThat(summary.max()).isEqualTo(9);
        assertThat(Summary.of(3).sd()).isNaN();
    }

    @Test
    void intervalOfTheMeanUsesStudentsT() {
        // t(0.975, 4) = 2.776445 from tables; sd of 1..5 is √2.5
        double half = 2.776445 * Math.sqrt(2.5) / Math.sqrt(5);
        assertInterval(Summary.of(1, 2, 3, 4, 5).interval(), 3 - half, 3 + half, 1e-6);
        assertInterval(Summary.of(2, 2, 2).interval(), 2, 2, 0);
    }

    @Test
    void pairedDifferencesAreSecondMinusFirst() {
        Summary difference = Summary.ofDifferences(new double[] {1, 2, 3}, new double[] {2, 4, 3});
        assertThat(difference.mean()).isEqualTo(1.0);
        assertThat(difference.sd()).isEqualTo(1.0);
        double half = 4.302653 / Math.sqrt(3); // t(0.975, 2)
        assertInterval(difference.interval(), 1 - half, 1 + half, 1e-6);
    }

    @Test
    void bootstrapOfTheMeanAgreesWithTheNormalApproximation() {
        double[] values = new double[400];
        Rng rng = Rng.of(1);
        Arrays.setAll(values, i -> rng.nextGaussian());
        Summary summary = Summary.of(values);
        Interval interval =
                Bootstrap.percentile(values, v -> Arrays.stream(v).average().orElseThrow(), 4000, Rng.of(2));
        double half = 1.96 * summary.sd() / 20;
        // The ends of 4000 resamples scatter by about 4% of the half width.
        assertInterval(interval, summary.mean() - half, summary.mean() + half, 0.15 * half);
        assertThat(Bootstrap.percentile(values, v -> v[0], 100, Rng.of(2)))
                .isEqualTo(Bootstrap.percentile(values, v -> v[0], 100, Rng.of(2)));
    }

    @Test
    void refusesWhatHasNoInterval() {
        assertThatThrownBy(() -> Proportions.wilson(0, 0)).hasMessageContaining("0 correct of 0");
        assertThatThrownBy(() -> Proportions.clopperPearson(3, 2)).hasMessageContaining("3 correct of 2");
        assertThatThrownBy(() -> Summary.of()).hasMessageContaining("no values");
        assertThatThrownBy(() -> Summary.of(1, Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> Summary.of(1).interval()).hasMessageContaining("at least two");
        assertThatThrownBy(() -> Summary.ofDifferences(new double[1], new double[2]))
                .hasMessageContaining("pairs");
        assertThatThrownBy(() -> new Interval(Double.NaN, 1)).hasMessageContaining("expected low <= high");
        assertThatThrownBy(() -> Bootstrap.percentile(new double[] {1}, v -> Double.NaN, 9, Rng.of(1)))
                .hasMessageContaining("NaN");
    }

    private static void assertInterval(Interval interval, double low, double high, double tolerance) {
        assertThat(interval.low()).isCloseTo(low, within(tolerance));
        assertThat(interval.high()).isCloseTo(high, within(tolerance));
    }
}
