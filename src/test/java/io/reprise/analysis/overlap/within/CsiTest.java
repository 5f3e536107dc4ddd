package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.stats.Interval;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CsiTest {
    private static final double EXACT = 1e-12;
    private static final Universe UNITS = Universe.neurons(new ModelShape(1, 8, 256, false));

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

    /**
     * What J* does not take off: two tasks that rank all units alike, so that there is nothing but re-use. With a noisy search, what is
     * strong enough for the smaller circuit is more surely inside the larger one than two equal ones agree, and CSI is far above 1.
     * With equal sizes it is 1, whatever the noise.
     */
    @Test
    void isAboveOneForCircuitsOfDifferentSizesAndANoisySearch() {
        Rng rng = Rng.of(9);
        double[] csi = new double[3];
        double[] noises = {1.5, 1.5, 0.05};
        int[] other = {140, 80, 80};
        for (int i = 0; i < csi.length; i++) {
            List<Csi.Repetition> repetitions = new ArrayList<>();
            for (int r = 0; r < 100; r++) {
                double[] strength = drawn(UNITS.size(), rng);
                double noise = noises[i];
                SplitHalves.Halves one = new SplitHalves.Halves(
                        strongest(strength, noise, 140, rng), strongest(strength, noise, 140, rng));
                SplitHalves.Halves two = new SplitHalves.Halves(
                        strongest(strength, noise, other[i], rng), strongest(strength, noise, other[i], rng));
                repetitions.addAll(new SplitHalves(UNITS, prompts -> Set.of()).repetitions(List.of(one), List.of(two)));
            }
            csi[i] = Csi.of(repetitions, rng).estimate().value().orElseThrow();
        }
        // standard errors over 100 repetitions are some 0.03, 0.07 and 0.003
        assertThat(csi[0]).as("equal sizes").isCloseTo(1, within(0.1));
        assertThat(csi[1]).as("140 and 80 of 264 units, noisy").isBetween(1.75, 2.25);
        assertThat(csi[2]).as("140 and 80 of 264 units, hardly any noise").isBetween(1.0, 1.1);
    }

    private static double[] drawn(int n, Rng rng) {
        return IntStream.range(0, n).mapToDouble(i -> rng.nextGaussian()).toArray();
    }

    private static Set<Unit> strongest(double[] strength, double noise, int size, Rng rng) {
        double[] seen = drawn(strength.length, rng);
        for (int i = 0; i < seen.length; i++) {
            seen[i] = strength[i] + noise * seen[i];
        }
        return IntStream.range(0, seen.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -seen[i]))
                .limit(size)
                .map(UNITS.units()::get)
                .collect(Collectors.toSet());
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
