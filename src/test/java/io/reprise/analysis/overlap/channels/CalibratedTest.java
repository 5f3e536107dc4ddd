package io.reprise.analysis.overlap.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.overlap.channels.Calibrated.Sense;
import io.reprise.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class CalibratedTest {
    private static final int PROMPTS = 50;
    private final Resamples resamples = new Resamples(PROMPTS, 400, Rng.of(1));

    @Test
    void aDistanceStandsBetweenTheNearestNullAndTheCeiling() {
        Map<String, List<IntToDoubleFunction>> nulls = new LinkedHashMap<>();
        nulls.put("far", List.of(noisy(9, 0, 1)));
        nulls.put("near", List.of(noisy(4, 0, 2), noisy(6, 0, 3)));
        ChannelComparison figure = new Calibrated(resamples, Rng.of(2))
                .of("d", Sense.DISTANCE, measured(noisy(2, 0, 4), nulls, noisy(1, 0, 5)));
        assertThat(figure.nulls()).containsEntry("far", 9.0).containsEntry("near", 5.0);
        assertThat(figure.nullValue()).isEqualTo(5);
        assertThat(figure.ceiling()).contains(1.0);
        assertThat(figure.calibrated().orElseThrow()).isEqualTo(0.75);
        // without noise of prompts the null alone moves, from 4 to 6: (4 − 2)/(4 − 1) to (6 − 2)/(6 − 1)
        assertThat(figure.interval().orElseThrow().low()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(figure.interval().orElseThrow().high()).isCloseTo(0.8, within(1e-12));
    }

    @Test
    void aSimilarityRunsTheOtherWay() {
        ChannelComparison figure = new Calibrated(resamples, Rng.of(2))
                .of(
                        "s",
                        Sense.SIMILARITY,
                        measured(noisy(0.5, 0.1, 4), Map.of("null", List.of(noisy(0.1, 0.1, 2))), noisy(0.9, 0.1, 5)));
        assertThat(figure.calibrated().orElseThrow()).isCloseTo(0.5, within(0.1)); // 4 standard errors
        assertThat(figure.interval().orElseThrow().contains(0.5)).isTrue();
        assertThat(figure.interval().orElseThrow().width()).isBetween(0.03, 0.3);
    }

    @Test
    void aCeilingThatIsNoBetterThanTheNullCalibratesNothing() {
        for (double ceiling : new double[] {0.95, 1, 3}) {
            ChannelComparison figure = new Calibrated(resamples, Rng.of(2))
                    .of(
                            "d",
                            Sense.DISTANCE,
                            measured(noisy(0.5, 1, 4), Map.of("null", List.of(noisy(1, 1, 2))), noisy(ceiling, 1, 5)));
            assertThat(figure.calibrated()).isEmpty();
            assertThat(figure.interval()).isEmpty();
            assertThat(figure.problem().orElseThrow()).contains("two standard errors");
        }
    }

    @Test
    void pairsInQuestionAreDrawnAgainToo() {
        IntToDoubleFunction none = noisy(1, 0, 2);
        ChannelComparison figure = new Calibrated(resamples, Rng.of(2))
                .of(
                        "d",
                        Sense.DISTANCE,
                        new Pairings.Measured<>(
                                List.of(noisy(0.2, 0, 4), noisy(0.8, 0, 6)),
                                Map.of("null", List.of(none)),
                                List.of(noisy(0, 0, 5))));
        assertThat(figure.value()).isCloseTo(0.5, within(1e-12));
        // of two pairs without noise, a draw in four takes the near one twice, and one the far one
        assertThat(figure.interval().orElseThrow().low()).isCloseTo(0.2, within(1e-12));
        assertThat(figure.interval().orElseThrow().high()).isCloseTo(0.8, within(1e-12));
    }

    @Test
    void withoutANullThereIsNoFigure() {
        assertThatThrownBy(
                        () -> new Pairings<>(List.of(new Pairings.Pair<>(1, 2)), Map.of("twins", List.of()), List.of()))
                .hasMessageContaining("random-weights twins");
    }

    private static Pairings.Measured<IntToDoubleFunction> measured(
            IntToDoubleFunction value, Map<String, List<IntToDoubleFunction>> nulls, IntToDoubleFunction ceiling) {
        return new Pairings.Measured<>(List.of(value), nulls, List.of(ceiling));
    }

    /** A measure whose value at a prompt is Gaussian. */
    private IntToDoubleFunction noisy(double mean, double sd, long seed) {
        Rng rng = Rng.of(seed);
        double[] values = new double[PROMPTS];
        for (int i = 0; i < PROMPTS; i++) {
            values[i] = mean + sd * rng.nextGaussian();
        }
        return draw -> resamples.mean(draw, values);
    }
}
