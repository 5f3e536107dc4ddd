package io.reprise.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.train.Schedule.PlateauState;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final double ROUNDING = 1e-15; // a few operations in double near 1

    @Test
    void constantStays() {
        assertThat(rate(new Schedule.Constant(), 1)).isEqualTo(2.0);
        assertThat(rate(new Schedule.Constant(), 100)).isEqualTo(2.0);
    }

    @Test
    void warmupRisesLinearlyThenHalfACosineFallsToTheFinalRatio() {
        Schedule schedule = new Schedule.WarmupCosine(10, 0.1);
        assertThat(rate(schedule, 1)).isCloseTo(0.2, within(ROUNDING));
        assertThat(rate(schedule, 5)).isCloseTo(1.0, within(ROUNDING));
        assertThat(rate(schedule, 10)).isEqualTo(2.0);
        // a third, a half and all of the way from 10 to 100: cos 60° = 1/2, cos 90° = 0, cos 180° = -1
        assertThat(rate(schedule, 40)).isCloseTo(2 * (0.1 + 0.9 * 0.75), within(ROUNDING));
        assertThat(rate(schedule, 55)).isCloseTo(2 * (0.1 + 0.9 * 0.5), within(ROUNDING));
        assertThat(rate(schedule, 100)).isCloseTo(0.2, within(ROUNDING));
        assertThat(rate(schedule, 130)).as("past the end").isCloseTo(0.2, within(ROUNDING));
    }

    @Test
    void withoutWarmupTheCosineBeginsAtOnce() {
        assertThat(rate(new Schedule.WarmupCosine(0, 0), 50)).isCloseTo(1.0, within(ROUNDING));
    }

    @Test
    void aWarmupLongerThanTheRunOnlyRises() {
        assertThat(rate(new Schedule.WarmupCosine(200, 0), 100)).isCloseTo(1.0, within(ROUNDING));
    }

    @Test
    void plateauMultipliesByTheFactorForEachReductionDownToTheMinimum() {
        Schedule schedule = new Schedule.Plateau(1, 0.5, 0.3);
        assertThat(schedule.rate(2, 1, 100, reductions(0))).isEqualTo(2.0);
        assertThat(schedule.rate(2, 1, 100, reductions(2))).isEqualTo(0.5);
        assertThat(schedule.rate(2, 1, 100, reductions(3))).isEqualTo(0.3);
        assertThat(schedule.rate(0.1, 1, 100, reductions(0)))
                .as("a base rate below the minimum is not raised")
                .isEqualTo(0.1);
    }

    @Test
    void plateauToleratesItsPatienceThenReducesAndCountsAnew() {
        PlateauState state = PlateauState.START.after(1.0, 2);
        assertThat(state).isEqualTo(new PlateauState(1.0, 0, 0));
        state = state.after(1.0, 2); // equal is no improvement
        state = state.after(1.5, 2);
        assertThat(state).isEqualTo(new PlateauState(1.0, 2, 0));
        state = state.after(Double.NaN, 2); // nor is NaN
        assertThat(state).isEqualTo(new PlateauState(1.0, 0, 1));
        assertThat(state.after(0.5, 2)).isEqualTo(new PlateauState(0.5, 0, 1));
    }

    @Test
    void refusesWhatIsNoSchedule() {
        assertThatThrownBy(() -> new Schedule.WarmupCosine(-1, 0)).hasMessageStartingWith("warmup = -1");
        assertThatThrownBy(() -> new Schedule.WarmupCosine(1, Double.NaN)).hasMessageStartingWith("final_ratio = NaN");
        assertThatThrownBy(() -> new Schedule.Plateau(1, 1, 0)).hasMessageStartingWith("factor = 1.0");
        assertThatThrownBy(() -> new Schedule.Plateau(1, 0.5, -1)).hasMessageStartingWith("min_rate = -1.0");
    }

    private static PlateauState reductions(int count) {
        return new PlateauState(1, 0, count);
    }

    private static double rate(Schedule schedule, long step) {
        return schedule.rate(2.0, step, 100, PlateauState.START);
    }
}
