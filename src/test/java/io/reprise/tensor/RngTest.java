package io.reprise.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RngTest {
    /** Random123's kat_vectors, lines "philox4x32 10": counter, key, result. */
    @Test
    void philoxGivesRandom123sKnownAnswers() {
        assertThat(philox(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(philox(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(philox(0x85a308d3243f6a88L, 0x0370734413198a2eL, 0x299f31d0a4093822L))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    private static int[] philox(long counterLow, long counterHigh, long key) {
        int[] out = new int[4];
        Rng.philox(counterLow, counterHigh, key, out);
        return out;
    }

    @Test
    void theStreamIsTheCountersBlocksInOrder() {
        Rng rng = Rng.of(7);
        for (int block = 0; block < 3; block++) {
            for (int word : philox(block, 0, 7)) {
                assertThat(rng.nextInt()).isEqualTo(word);
            }
        }
    }

    @Property(tries = 50)
    void aStreamContinuesFromItsSavedPosition(@ForAll long seed, @ForAll @IntRange(max = 40) int drawn) {
        Rng rng = Rng.of(seed);
        IntStream.range(0, drawn).forEach(i -> rng.nextInt());
        assertThat(rng.position()).isEqualTo(drawn);
        Rng resumed = Rng.of(seed).at(rng.position());
        for (int i = 0; i < 9; i++) {
            assertThat(resumed.nextInt()).isEqualTo(rng.nextInt());
            assertThat(resumed.nextDouble()).isEqualTo(rng.nextDouble());
            assertThat(resumed.nextGaussian()).isEqualTo(rng.nextGaussian());
            assertThat(resumed.nextInt(1000)).isEqualTo(rng.nextInt(1000));
        }
        assertThat(resumed.position()).isEqualTo(rng.position());
    }

    @Test
    void splitDependsOnNameAndSeedAndDoesNotAdvance() {
        Rng rng = Rng.of(1);
        int[] data = draw(rng.split("data"));
        rng.nextInt();
        assertThat(draw(rng.split("data"))).isEqualTo(data);
        assertThat(rng.position()).isEqualTo(1);
        assertThat(draw(rng.split("date"))).isNotEqualTo(data);
        assertThat(draw(rng.split(""))).isNotEqualTo(data);
        assertThat(draw(Rng.of(2).split("data"))).isNotEqualTo(data);
        assertThat(draw(rng.split("a").split("b")))
                .isNotEqualTo(draw(rng.split("b").split("a")));
        assertThat(draw(Rng.of(1))).isNotEqualTo(data);
    }

    private static int[] draw(Rng rng) {
        return IntStream.range(0, 8).map(i -> rng.nextInt()).toArray();
    }

    /** Chi-square over 13 cells: the 0.9999 quantile with 12 degrees of freedom is 39.1. */
    @Test
    void boundedIntegersAreUniform() {
        Rng rng = Rng.of(3);
        int draws = 130_000;
        int[] counts = new int[13];
        for (int i = 0; i < draws; i++) {
            counts[rng.nextInt(13)]++;
        }
        double expected = draws / 13.0;
        double chiSquare = Arrays.stream(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertThat(chiSquare).isLessThan(39.1);
    }

    /** Without rejection, 3·2^30 cells of 2^32 words would give the lowest third twice the others' weight. */
    @Test
    void largeBoundsAreUnbiased() {
        Rng rng = Rng.of(4);
        int bound = 3 << 29;
        int draws = 30_000;
        int low = 0;
        for (int i = 0; i < draws; i++) {
            int value = rng.nextInt(bound);
            assertThat(value).isBetween(0, bound - 1);
            low += value < bound / 3 ? 1 : 0;
        }
        // five standard deviations of a binomial proportion
        assertThat(low / (double) draws).isCloseTo(1 / 3.0, within(5 * Math.sqrt(2 / 9.0 / draws)));
    }

    @Test
    void aBoundOfOneGivesZeroAndOthersMustBePositive() {
        assertThat(Rng.of(5).nextInt(1)).isZero();
        assertThatThrownBy(() -> Rng.of(5).nextInt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bound is 0");
    }

    @Test
    void doublesAreUniformInTheUnitIntervalAndGaussiansAreStandard() {
        Rng rng = Rng.of(6);
        int n = 40_000;
        double sum = 0;
        double gaussianSum = 0;
        double gaussianSquares = 0;
        for (int i = 0; i < n; i++) {
            double uniform = rng.nextDouble();
            assertThat(uniform).isGreaterThanOrEqualTo(0).isLessThan(1);
            sum += uniform;
            double gaussian = rng.nextGaussian();
            gaussianSum += gaussian;
            gaussianSquares += gaussian * gaussian;
        }
        // five standard errors each: sd 1/√12, 1 and √2
        assertThat(sum / n).isCloseTo(0.5, within(5 / Math.sqrt(12.0 * n)));
        assertThat(gaussianSum / n).isCloseTo(0, within(5 / Math.sqrt(n)));
        assertThat(gaussianSquares / n).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
    }

    @Property(tries = 50)
    void aPermutationHoldsEveryNumberOnce(@ForAll long seed, @ForAll @IntRange(max = 50) int n) {
        assertThat(Arrays.stream(Rng.of(seed).permutation(n)).sorted().toArray())
                .isEqualTo(IntStream.range(0, n).toArray());
    }

    /** All 24 orders of four, chi-square with 23 degrees of freedom: the 0.9999 quantile is 56.6. */
    @Test
    void permutationsAreUniform() {
        Rng rng = Rng.of(8);
        int draws = 24_000;
        int[] counts = new int[256];
        for (int i = 0; i < draws; i++) {
            int[] order = rng.permutation(4);
            counts[order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3]]++;
        }
        assertThat(Arrays.stream(counts).filter(count -> count > 0)).hasSize(24);
        double chiSquare = Arrays.stream(counts)
                .filter(count -> count > 0)
                .mapToDouble(count -> (count - 1000.0) * (count - 1000.0) / 1000.0)
                .sum();
        assertThat(chiSquare).isLessThan(56.6);
    }
}
