package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.stats.Hypergeometric;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

/**
 * Pairs of circuits that have nothing to do with each other. Their p is discrete, so that p ≤ α happens at most as often as α says,
 * not exactly as often; a p that is randomised within its steps is uniform. The channels of one layer are many units even in a toy.
 */
class NullCalibrationTest {
    private static final int PAIRS = 4000;
    private static final double[] LEVELS = {0.01, 0.05, 0.10};
    /** The chance that a right null fails the test of Kolmogorov and Smirnov; the seeds are fixed. */
    private static final double REFUTED = 0.01;

    private static final Universe CHANNELS =
            Universe.channels(new ModelShape(2, 4, 8, false), List.of("x1", "sep", "x2", "x3"));

    /** p of simulated pairs, as it is and randomised. */
    private static final class Simulated {
        private final double[] p = new double[PAIRS];
        private final double[] randomised = new double[PAIRS];

        private double share(double level) {
            return Arrays.stream(p).filter(value -> value <= level).count() / (double) PAIRS;
        }

        private double kolmogorovSmirnov() {
            return new KolmogorovSmirnovTest()
                    .kolmogorovSmirnovTest(new UniformRealDistribution(null, 0, 1), randomised, false);
        }
    }

    @Test
    void exactPOfRandomCircuitsIsNoSmallerThanItSays() {
        Rng rng = Rng.of(21);
        Simulated simulated = new Simulated();
        for (int i = 0; i < PAIRS; i++) {
            Set<Unit> a = random(rng, 10 + rng.nextInt(50));
            Set<Unit> b = random(rng, 10 + rng.nextInt(50));
            StructuralOverlap overlap = StructuralOverlap.of(CHANNELS, a, b);
            simulated.p[i] = overlap.p();
            simulated.randomised[i] = Hypergeometric.of(CHANNELS.size(), a.size(), b.size())
                    .randomizedTail(overlap.shared(), rng.nextDouble());
        }
        assertCalibrated(simulated);
    }

    @Test
    void stratifiedPOfRandomCircuitsOfTheSameStrataIsNoSmallerThanItSays() {
        Rng rng = Rng.of(22);
        RandomCircuits random = new RandomCircuits(CHANNELS, rng.split("circuits"));
        Simulated simulated = new Simulated();
        for (int i = 0; i < PAIRS; i++) {
            Set<Unit> a = uneven(rng);
            Set<Unit> b = random.like(uneven(rng));
            StructuralOverlap overlap = StructuralOverlap.of(CHANNELS, a, b);
            simulated.p[i] = overlap.stratified().p();
            simulated.randomised[i] = strata(a, b).randomizedTail(overlap.shared(), rng.nextDouble());
        }
        assertCalibrated(simulated);
    }

    /** Why the stratified null is there: circuits that stand in the same places by habit share more than any random ones. */
    @Test
    void circuitsThatPreferTheSameStrataFoolTheExactPAlone() {
        Rng rng = Rng.of(23);
        RandomCircuits random = new RandomCircuits(CHANNELS, rng.split("circuits"));
        Simulated exact = new Simulated();
        for (int i = 0; i < PAIRS; i++) {
            Set<Unit> a = uneven(rng);
            Set<Unit> b = random.like(uneven(rng));
            StructuralOverlap overlap = StructuralOverlap.of(CHANNELS, a, b);
            exact.p[i] = overlap.p();
            exact.randomised[i] = Hypergeometric.of(CHANNELS.size(), a.size(), b.size())
                    .randomizedTail(overlap.shared(), rng.nextDouble());
        }
        assertThat(exact.share(0.05)).isGreaterThan(0.2);
        assertThat(exact.kolmogorovSmirnov()).isLessThan(1e-6);
    }

    /** Power: half of the circuit planted in the other is seen nearly always. */
    @Test
    void plantedOverlapIsFound() {
        Rng rng = Rng.of(24);
        int found = 0;
        for (int i = 0; i < 500; i++) {
            Set<Unit> a = random(rng, 24);
            Set<Unit> b = new LinkedHashSet<>(List.copyOf(a).subList(0, 12));
            for (Unit unit : random(rng, CHANNELS.size())) {
                if (b.size() < 24) {
                    b.add(unit);
                }
            }
            found += StructuralOverlap.of(CHANNELS, a, b).stratified().p() <= 0.05 ? 1 : 0;
        }
        assertThat(found).isGreaterThan(475);
    }

    private static void assertCalibrated(Simulated simulated) {
        for (double level : LEVELS) {
            double error = Math.sqrt(level * (1 - level) / PAIRS);
            assertThat(simulated.share(level)).isLessThanOrEqualTo(level + 2 * error);
            assertThat(simulated.share(level)).isGreaterThan(level / 4); // it does reject, though steps cost some
        }
        assertThat(simulated.kolmogorovSmirnov()).isGreaterThan(REFUTED);
    }

    private static Hypergeometric strata(Set<Unit> a, Set<Unit> b) {
        Hypergeometric sum = Hypergeometric.of(0, 0, 0);
        for (List<Unit> stratum : CHANNELS.strata().values()) {
            sum = sum.plus(Hypergeometric.of(
                    stratum.size(), (int) stratum.stream().filter(a::contains).count(), (int)
                            stratum.stream().filter(b::contains).count()));
        }
        return sum;
    }

    private static Set<Unit> random(Rng rng, int size) {
        Set<Unit> units = new LinkedHashSet<>();
        int[] order = rng.permutation(CHANNELS.size());
        for (int i = 0; i < size; i++) {
            units.add(CHANNELS.units().get(order[i]));
        }
        return units;
    }

    /** Most of the values and outputs, few queries and keys. */
    private static Set<Unit> uneven(Rng rng) {
        Set<Unit> units = new LinkedHashSet<>();
        for (Unit unit : CHANNELS.units()) {
            boolean likely = unit.type().equals("v") || unit.type().equals("z");
            if (rng.nextDouble() < (likely ? 0.6 : 0.1)) {
                units.add(unit);
            }
        }
        return units;
    }
}
