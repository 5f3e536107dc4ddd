package io.reprise.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HypergeometricTest {
    /** Log factorials of up to 32,491 are as large as 3e5, of which a double holds 16 digits, and three are subtracted. */
    private static final double LOGS = 1e-9;

    /** Logarithms of tails from whole numbers in Python (math.comb, decimal with 60 digits), down to 1e-1628. */
    @ParameterizedTest
    @CsvSource({
        "144, 14, 19, 13, -28.6932869332908765521",
        "156, 25, 31, 24, -46.5974259404631160681",
        "10, 4, 5, 2, -0.30368241379822205999",
        "1000, 500, 500, 500, -689.467261567851180076",
        "32491, 800, 500, 400, -1355.73382913049856539",
        "32491, 800, 800, 800, -3749.10573490323250207",
        "20, 15, 12, 7, 0",
    })
    void logTailsMatchWholeNumbers(int n, int a, int b, int x, double expected) {
        assertThat(Hypergeometric.of(n, a, b).logTail(x)).isEqualTo(expected, within(LOGS));
        assertThat(Hypergeometric.of(n, b, a).logTail(x)).isEqualTo(expected, within(LOGS));
    }

    @Test
    void theTailIncludesWhatWasSeen() {
        // C(4,x)·C(6,5−x)/252 is 6, 60, 120, 60, 6 of 252: 1 − cdf(2) would be 66/252
        Hypergeometric chance = Hypergeometric.of(10, 4, 5);
        assertThat(chance.tail(2)).isEqualTo(186.0 / 252, within(1e-12));
        assertThat(Math.exp(chance.logProbability(2))).isEqualTo(120.0 / 252, within(1e-12));
        assertThat(chance.randomizedTail(2, 0)).isEqualTo(66.0 / 252, within(1e-12));
        assertThat(chance.randomizedTail(2, 0.5)).isEqualTo(126.0 / 252, within(1e-12));
        assertThat(chance.tail(-1)).isEqualTo(1, within(1e-12));
        assertThat(chance.tail(5)).isZero();
        assertThat(chance.logProbability(5)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(chance.logProbability(-1)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void whatUnderflowsIsZeroAndItsLogarithmIsNot() {
        Hypergeometric chance = Hypergeometric.of(32491, 800, 800);
        assertThat(chance.tail(800)).isZero();
        assertThat(chance.logTail(800)).isLessThan(-3700);
        assertThat(chance.logTail(799)).isGreaterThan(chance.logTail(800));
    }

    @Property(tries = 200)
    void meanVarianceAndTailsAreThoseOfWholeNumbers(
            @ForAll @IntRange(min = 2, max = 60) int n,
            @ForAll @IntRange(min = 0, max = 60) int first,
            @ForAll @IntRange(min = 0, max = 60) int second) {
        int a = Math.min(first, n);
        int b = Math.min(second, n);
        Hypergeometric chance = Hypergeometric.of(n, a, b);
        assertThat(chance.mean()).isEqualTo((double) a * b / n, within(1e-9));
        assertThat(chance.variance())
                .isEqualTo((double) a * b * (n - a) * (n - b) / ((double) n * n * (n - 1)), within(1e-9));
        BigInteger tail = BigInteger.ZERO;
        BigDecimal all = new BigDecimal(choose(n, b));
        for (int x = Math.min(a, b); x >= 0; x--) {
            tail = tail.add(choose(a, x).multiply(choose(n - a, b - x)));
            assertThat(chance.tail(x))
                    .isEqualTo(
                            new BigDecimal(tail)
                                    .divide(all, MathContext.DECIMAL64)
                                    .doubleValue(),
                            within(1e-11));
        }
        assertThat(tail).isEqualTo(choose(n, b)); // Vandermonde: the check itself adds up
    }

    @Test
    void strataTakenTogetherAreAConvolution() {
        // C(2, x)·C(2, 1 − x)/4 and C(2, x)·C(2, 2 − x)/6
        Hypergeometric one = Hypergeometric.of(4, 2, 1); // 1/2, 1/2
        Hypergeometric other = Hypergeometric.of(4, 2, 2); // 1/6, 4/6, 1/6
        Hypergeometric sum = one.plus(other); // 1/12, 5/12, 5/12, 1/12
        double[] twelfths = {1, 5, 5, 1};
        for (int x = 0; x < 4; x++) {
            assertThat(Math.exp(sum.logProbability(x))).isEqualTo(twelfths[x] / 12, within(1e-12));
            assertThat(Math.exp(other.plus(one).logProbability(x))).isEqualTo(twelfths[x] / 12, within(1e-12));
        }
        assertThat(sum.mean()).isEqualTo(one.mean() + other.mean(), within(1e-12));
        assertThat(sum.variance()).isEqualTo(one.variance() + other.variance(), within(1e-12));
        // nothing in a stratum, and strata where everything is shared, only shift
        assertThat(sum.plus(Hypergeometric.of(0, 0, 0)).tail(2)).isEqualTo(0.5, within(1e-12));
        assertThat(sum.plus(Hypergeometric.of(3, 3, 3)).tail(5)).isEqualTo(0.5, within(1e-12));
    }

    @Test
    void refusesSetsLargerThanThePopulation() {
        assertThatThrownBy(() -> Hypergeometric.of(5, 6, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sets of 6 and 2 members of 5");
        assertThatThrownBy(() -> Hypergeometric.of(5, 2, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static BigInteger choose(int n, int k) {
        if (k < 0 || k > n) {
            return BigInteger.ZERO;
        }
        BigInteger product = BigInteger.ONE;
        for (int i = 1; i <= k; i++) {
            product = product.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
        }
        return product;
    }
}
