package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.stats.Interval;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CsiTest {
    private static final double EXACT = 1e-12;

    private static Csi.Result of(Csi.Repetition... repetitions) {
        return Csi.of(List.of(repetitions), Rng.of(4));
    }

    @Test
    void isTheShareOfTheWayFromChanceToTheCeiling() {
        Csi.Repetition one = new Csi.Repetition(0.5, 0.8, 0.2);
        Csi.Result result = of(one, one, one);
        assertThat(result.estimate().value().orElseThrow()).isEqualTo(0.5, within(EXACT));
        assertThat(result.estimate().interval()).hasValueSatisfying(interval -> {
            assertThat(interval.low()).isEqualTo(0.5, within(EXACT));
            assertThat(interval.high()).isEqualTo(0.5, within(EXACT));
        });
        assertThat(result.repetitions()).isEqualTo(3);
    }

    /** (0.45 − 0.15)/(0.9 − 0.15) = 0.4 of the means; the mean of the ratios 0.4/0.8 and 0.2/0.7 would be 0.393. */
    @Test
    void isARatioOfMeansAndItsIntervalSpansTheRepetitions() {
        Csi.Result result = of(new Csi.Repetition(0.5, 0.9, 0.1), new Csi.Repetition(0.4, 0.9, 0.2));
        assertThat(result.cross()).isEqualTo(0.45, within(EXACT));
        assertThat(result.ceiling()).isEqualTo(0.9, within(EXACT));
        assertThat(result.chance()).isEqualTo(0.15, within(EXACT));
        assertThat(result.estimate().value().orElseThrow()).isEqualTo(0.4, within(EXACT));
        Interval interval = result.estimate().interval().orElseThrow();
        assertThat(interval.low()).isEqualTo(0.2 / 0.7, within(EXACT)); // one of four resamples has the one twice
        assertThat(interval.high()).isEqualTo(0.4 / 0.8, within(EXACT));
    }

    @Test
    void chanceIsZeroTheCeilingIsOneAndLessThanChanceIsNegative() {
        double[] expected = {0, 1, -0.25};
        double[] cross = {0.2, 0.6, 0.1};
        for (int i = 0; i < cross.length; i++) {
            Csi.Repetition one = new Csi.Repetition(cross[i], 0.6, 0.2);
            assertThat(of(one, one).estimate().value().orElseThrow()).isEqualTo(expected[i], within(EXACT));
        }
    }

    @Test
    void growsWithPlantedOverlap() {
        double before = -1;
        for (int planted = 0; planted <= 10; planted++) {
            double cross = 0.1 + 0.08 * planted;
            List<Csi.Repetition> repetitions = IntStream.range(0, 8)
                    .mapToObj(i -> new Csi.Repetition(cross + 0.01 * (i % 3), 0.9 + 0.01 * (i % 2), 0.1))
                    .toList();
            double now = Csi.of(repetitions, Rng.of(1)).estimate().value().orElseThrow();
            assertThat(now).isGreaterThan(before);
            before = now;
        }
    }

    @Test
    void isNotIdentifiableWhereOneTasksCircuitsShareNoMoreThanRandomOnes() {
        for (List<Csi.Repetition> repetitions : List.of(
                List.of(new Csi.Repetition(0.3, 0.2, 0.2), new Csi.Repetition(0.3, 0.2, 0.2)), // no gap
                List.of(new Csi.Repetition(0.3, 0.1, 0.2), new Csi.Repetition(0.3, 0.1, 0.2)), // the wrong way round
                // a gap of 0.05 with a standard error of 0.15
                List.of(new Csi.Repetition(0.3, 0.4, 0.2), new Csi.Repetition(0.3, 0.1, 0.2)))) {
            Csi.Result result = Csi.of(repetitions, Rng.of(1));
            assertThat(result.estimate().value()).isEmpty();
            assertThat(result.estimate().interval()).isEqualTo(Optional.empty());
            assertThat(result.estimate().problem())
                    .hasValueSatisfying(why -> assertThat(why).startsWith("not identifiable"));
        }
    }

    @Test
    void oneRepetitionHasNoSpread() {
        assertThatThrownBy(() -> of(new Csi.Repetition(0.5, 0.8, 0.2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 repetition");
    }
}
