package io.reprise.stats;

import java.util.OptionalInt;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.special.Gamma;

/**
 * How many seeds a difference needs. The differences of n runs, paired by seed, are taken for normal, and a difference is told if
 * the 95% interval of their mean (Student's, as expectations are judged by) leaves out 0. Exact: the power of the two-sided paired t
 * test (Cohen 1988, chapter 2) by integration over the sample's standard deviation, of which the noncentral t is made.
 */
public final class SeedPower {
    /** The power that plans usually ask for. */
    public static final double USUAL = 0.8;
    /** What is beyond is no plan. */
    public static final int MOST = 100_000;

    private static final int STEPS = 2000; // even, for Simpson's rule
    private static final double SPAN = 9; // standard deviations of the sample's standard deviation

    private SeedPower() {}

    /**
     * The probability that the interval of the mean over {@code n} seeds leaves out 0 on the side of the difference or, by mistake,
     * on the other. With s the sample's standard deviation over the true one, f its density (χ with n − 1 degrees, scaled) and t
     * the quantile: ∫ [Φ(effect √n − t s) + Φ(−effect √n − t s)] f(s) ds.
     *
     * @param n seeds, 2 or more
     * @param effect the true mean difference over the standard deviation of differences between seeds
     */
    public static double power(int n, double effect) {
        if (n < 2 || !(effect >= 0)) {
            throw new IllegalArgumentException(
                    "n = " + n + ", effect = " + effect + "; expected 2 or more seeds and an effect of 0 or more");
        }
        int freedom = n - 1;
        double t = new TDistribution(null, freedom).inverseCumulativeProbability(1 - (1 - Proportions.LEVEL) / 2);
        NormalDistribution normal = new NormalDistribution(null, 0, 1);
        double shift = effect * Math.sqrt(n);
        double half = SPAN / Math.sqrt(2.0 * freedom);
        double low = Math.max(0, 1 - half);
        double step = (1 + half - low) / STEPS;
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            double s = low + i * step;
            double told = normal.cumulativeProbability(shift - t * s) + normal.cumulativeProbability(-shift - t * s);
            double weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * told * density(s, freedom);
        }
        return Math.min(1, sum * step / 3);
    }

    /** The density of χ(freedom) / √freedom. */
    private static double density(double s, int freedom) {
        if (s == 0) {
            return freedom == 1 ? Math.sqrt(2 / Math.PI) : 0;
        }
        double half = freedom / 2.0;
        return 2 * Math.exp(half * Math.log(half) - Gamma.logGamma(half) + (freedom - 1) * Math.log(s) - half * s * s);
    }

    /**
     * The fewest seeds that reach a power; empty if {@link #MOST} do not.
     *
     * @param effect see {@link #power}
     */
    public static OptionalInt seeds(double effect, double power) {
        int enough = 2;
        while (power(enough, effect) < power) {
            if (enough >= MOST) {
                return OptionalInt.empty();
            }
            enough = Math.min(MOST, 2 * enough);
        }
        int few = enough / 2;
        while (enough - few > 1) {
            int middle = (few + enough) / 2;
            if (middle >= 2 && power(middle, effect) >= power) {
                enough = middle;
            } else {
                few = middle;
            }
        }
        return OptionalInt.of(enough);
    }

    /** The smallest effect that {@code n} seeds tell with a power. */
    public static double effect(int n, double power) {
        double low = 0;
        double high = 1;
        while (power(n, high) < power) {
            high *= 2;
        }
        while (high - low > 1e-6 * high) {
            double middle = (low + high) / 2;
            if (power(n, middle) < power) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /**
     * A standard deviation to plan with: a few runs often show less spread than there is. The end of a one-sided 80% interval, after
     * Browne (1995), Statistics in Medicine 14: sd √((n − 1) / χ²(0.2, n − 1)), with which the plan has its power four times in five.
     *
     * @param n runs that it was measured on, 2 or more
     */
    public static double cautious(double sd, int n) {
        double quantile = new ChiSquaredDistribution(null, n - 1).inverseCumulativeProbability(1 - USUAL);
        return sd * Math.sqrt((n - 1) / quantile);
    }
}
