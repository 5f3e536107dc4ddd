package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

class FloatMathTest {
    private static final double SQRT_2PI = Math.sqrt(2 * Math.PI);

    @FunctionalInterface
    private interface FloatFunction {
        float apply(float x);
    }

    /** Largest |f(x) - reference(x)| in units of the last place of the reference, over every ~9,000th float of a range. */
    private static double worstUlps(FloatFunction f, DoubleUnaryOperator reference, float from, float to) {
        double worst = 0;
        for (double x = from; x <= to; x += (double) (to - from) / 500_000) {
            float at = (float) x;
            double expected = reference.applyAsDouble(at);
            double error = Math.abs(f.apply(at) - expected) / Math.ulp((float) expected);
            assertThat(error).as("at %s", at).isNotNaN();
            worst = Math.max(worst, error);
        }
        return worst;
    }

    @Test
    void expIsWithinOneUlp() {
        assertThat(worstUlps(FloatMath::exp, Math::exp, -87.3f, 88.3f)).isLessThan(1.0);
        assertThat(worstUlps(FloatMath::exp, Math::exp, -1f, 1f)).isLessThan(1.0);
    }

    @Test
    void expEndsAtZeroAndPassesNan() {
        assertThat(FloatMath.exp(0f)).isEqualTo(1f);
        assertThat(FloatMath.exp(-87.4f)).isZero();
        assertThat(FloatMath.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(FloatMath.exp(-Float.MAX_VALUE)).isZero();
        assertThat(FloatMath.exp(Float.NaN)).isNaN();
    }

    /** 1e-7 is what the rational approximation promises; the rest is a handful of float32 roundings. */
    @Test
    void phiIsAccurateRelativeToItselfInBothTails() {
        DoubleUnaryOperator phi = x -> 0.5 * Erf.erfc(-x / Math.sqrt(2));
        double worst = 0;
        for (double x = -12.5; x <= 12.5; x += 1e-4) {
            float at = (float) x;
            double expected = phi.applyAsDouble(at);
            double error = Math.abs(FloatMath.phi(at) / expected - 1);
            assertThat(error).as("at %s", at).isNotNaN();
            worst = Math.max(worst, error);
        }
        assertThat(worst).isLessThan(5e-7);
    }

    /** Absolute: gelu has a zero at 0 and none else, its slope one near -0.75, where a relative error has no bound. */
    @Test
    void activationsAndTheirSlopesAreWithinAFewRoundings() {
        for (double x = -20; x <= 20; x += 1e-3) {
            float at = (float) x;
            double scale = Math.max(1, Math.abs(at));
            double cdf = 0.5 * Erf.erfc(-at / Math.sqrt(2));
            double pdf = Math.exp(-0.5 * at * at) / SQRT_2PI;
            assertThat(Math.abs(FloatMath.gelu(at) - at * cdf)).isLessThan(2e-7 * scale);
            assertThat(Math.abs(FloatMath.geluSlope(at) - (cdf + at * pdf))).isLessThan(4e-7);
            double c = Math.sqrt(2 / Math.PI);
            double tanh = Math.tanh(c * (at + 0.044715 * Math.pow(at, 3)));
            assertThat(Math.abs(FloatMath.geluNew(at) - 0.5 * at * (1 + tanh))).isLessThan(2e-7 * scale);
            double slope = 0.5 * (1 + tanh) + 0.5 * at * (1 - tanh * tanh) * c * (1 + 3 * 0.044715 * Math.pow(at, 2));
            assertThat(Math.abs(FloatMath.geluNewSlope(at) - slope)).isLessThan(6e-7);
        }
    }

    /** (1 + tanh u)/2 is where tanh is used: so tanh itself, recovered from it, is as good as float32 lets it be. */
    @Test
    void theLogisticFormIsTheTanhForm() {
        for (double x = 0.05; x <= 6; x += 1e-3) {
            float at = (float) x;
            double u = Math.sqrt(2 / Math.PI) * (at + 0.044715 * Math.pow(at, 3));
            assertThat(2.0 * FloatMath.geluNew(at) / at - 1)
                    .isCloseTo(Math.tanh(u), org.assertj.core.api.Assertions.within(3e-7));
        }
    }
}
