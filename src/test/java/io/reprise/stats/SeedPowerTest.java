package io.reprise.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedPowerTest {
    /** Seeds for a paired t test, two-sided 5%, as G*Power 3.1 prints them for dz = 0.2, 0.5, 0.8 and 1. */
    @ParameterizedTest
    @CsvSource({"0.2, 0.8, 199", "0.5, 0.8, 34", "0.8, 0.8, 15", "1.0, 0.8, 10", "0.5, 0.9, 44", "0.5, 0.95, 54"})
    void seedsAreThoseOfPublishedTables(double effect, double power, int seeds) {
        assertThat(SeedPower.seeds(effect, power)).hasValue(seeds);
        assertThat(SeedPower.power(seeds, effect)).isGreaterThanOrEqualTo(power);
        assertThat(SeedPower.power(seeds - 1, effect)).isLessThan(power);
    }

    @Test
    void withoutADifferenceOneIntervalInTwentyLeavesOutZero() {
        for (int n : new int[] {2, 3, 5, 30, 1000}) {
            assertThat(SeedPower.power(n, 0)).as("%d seeds", n).isCloseTo(0.05, within(1e-6)); // Simpson's error
        }
    }

    /** 20,000 experiments each, judged by the very interval that expectations are judged by. */
    @ParameterizedTest
    @CsvSource({"2, 1.0", "3, 1.5", "5, 0.5", "5, 1.68", "10, 1.0", "25, 0.5"})
    void powerIsWhatSimulationsFind(int n, double effect) {
        Rng rng = Rng.of(17).split("power " + n + " " + effect);
        int experiments = 20_000;
        int told = 0;
        for (int i = 0; i < experiments; i++) {
            double[] differences = new double[n];
            for (int k = 0; k < n; k++) {
                differences[k] = 0.1 * (effect + rng.nextGaussian());
            }
            told += Summary.of(differences).interval().contains(0) ? 0 : 1;
        }
        double share = (double) told / experiments;
        // 3.5 standard errors: six cases miss once in some 350 choices of seeds
        double error = 3.5 * Math.sqrt(share * (1 - share) / experiments);
        assertThat(SeedPower.power(n, effect)).isCloseTo(share, within(error));
    }

    @Test
    void theSmallestEffectThatSeedsTellIsTheInverse() {
        for (int n : new int[] {2, 5, 20}) {
            assertThat(SeedPower.power(n, SeedPower.effect(n, SeedPower.USUAL)))
                    .isCloseTo(SeedPower.USUAL, within(1e-5));
        }
        // G*Power: five pairs tell dz = 1.68
        assertThat(SeedPower.effect(5, SeedPower.USUAL)).isCloseTo(1.68, within(0.005));
    }

    @Test
    void aSpreadOfFewRunsIsPlannedWithAsLargerThanMeasured() {
        // χ²(0.2, 4) = 1.6488 from tables
        assertThat(SeedPower.cautious(1, 5)).isCloseTo(Math.sqrt(4 / 1.6488), within(1e-4));
        assertThat(SeedPower.cautious(1, 1000)).isBetween(1.0, 1.03);
    }

    @Test
    void whatNoPlanReachesIsSaid() {
        assertThat(SeedPower.seeds(1e-4, SeedPower.USUAL)).isEmpty();
        assertThat(SeedPower.seeds(Double.POSITIVE_INFINITY, SeedPower.USUAL)).hasValue(2);
        assertThatThrownBy(() -> SeedPower.power(1, 1)).hasMessageContaining("2 or more seeds");
        assertThatThrownBy(() -> SeedPower.power(5, Double.NaN)).hasMessageContaining("effect = NaN");
    }
}
