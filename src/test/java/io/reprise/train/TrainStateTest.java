package io.reprise.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainStateTest {
    @ParameterizedTest
    @ValueSource(
            doubles = {
                0.1,
                -0.0,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                1.0 / 3
            })
    void metadataReadsBackToTheSameBits(double value) {
        TrainState state = new TrainState(
                123456789012L, 98765432109L, new Schedule.PlateauState(value, 3, 4), value, 7, value, 5, 6, value);
        // equals of a record compares doubles by their bits
        assertThat(TrainState.fromMetadata(state.toMetadata())).isEqualTo(state);
    }

    @Test
    void theStartReadsBack() {
        assertThat(TrainState.fromMetadata(TrainState.START.toMetadata())).isEqualTo(TrainState.START);
    }

    @Test
    void aStepAdvancesTheCursorAndKeepsTheRest() {
        TrainState state = TrainState.START.stepped(0.5).stepped(0.25);
        assertThat(state.step()).isEqualTo(2);
        assertThat(state.cursor()).isEqualTo(2);
        assertThat(state.lastLoss()).isEqualTo(0.25);
        assertThat(state.bestLoss()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void evaluationsKeepTheBestAndCountSinceThenAndInARow() {
        TrainSpec spec = spec(0.9);
        TrainState first = TrainState.START.stepped(1).evaluated(new Evaluation(0.5, 0.9), spec);
        assertThat(first.bestLoss()).isEqualTo(0.5);
        assertThat(first.bestStep()).isEqualTo(1);
        assertThat(first.bestAccuracy()).isEqualTo(0.9);
        assertThat(first.streak()).isEqualTo(1);
        TrainState second = first.stepped(1).evaluated(new Evaluation(0.6, 1.0), spec);
        assertThat(second.bestStep()).isEqualTo(1);
        assertThat(second.sinceBest()).isEqualTo(1);
        assertThat(second.streak()).isEqualTo(2);
        TrainState third = second.stepped(1).evaluated(new Evaluation(Double.NaN, Double.NaN), spec);
        assertThat(third.sinceBest()).isEqualTo(2);
        assertThat(third.streak()).as("NaN never passes").isZero();
        assertThat(third.plateau()).as("without a plateau schedule").isEqualTo(Schedule.PlateauState.START);
    }

    private static TrainSpec spec(double stopAt) {
        TrainSpec d = TrainSpec.defaults();
        return new TrainSpec(
                d.steps(),
                d.batchSize(),
                d.loss(),
                d.optimizer(),
                d.lr(),
                d.beta1(),
                d.beta2(),
                d.epsilon(),
                d.weightDecay(),
                d.schedule(),
                d.clipNorm(),
                d.evalEvery(),
                d.checkpointEvery(),
                d.keepLogSpaced(),
                Optional.of(new TrainSpec.StopWhen(stopAt, 5)),
                d.patience());
    }
}
