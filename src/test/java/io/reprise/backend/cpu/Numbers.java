package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Random inputs and comparisons of this package's tests. */
final class Numbers {
    private Numbers() {}

    /** Standard normal numbers, exact in float. */
    static double[] normal(long seed, int n) {
        Rng rng = Rng.of(seed);
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) rng.nextGaussian();
        }
        return x;
    }

    static float[] floats(double[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) x[i];
        }
        return y;
    }

    private record Draw(long seed, int n) {}

    private static final Map<Draw, float[]> DRAWN = new ConcurrentHashMap<>();

    /** As {@link #normal}, remembered: some tests ask for the same numbers 10,000 times. */
    static float[] floats(long seed, int n) {
        return DRAWN.computeIfAbsent(new Draw(seed, n), draw -> floats(normal(seed, n)))
                .clone();
    }

    /** ‖a - b‖ ≤ tolerance·‖b‖ + 1e-8·√n, in Frobenius norms; NaN never passes. */
    static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
            if (expected[i] == actual[i]) { // infinities included
                norm += Double.isInfinite(expected[i]) ? 0 : expected[i] * expected[i];
                continue;
            }
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(difference))
                .isNotNaN()
                .isLessThanOrEqualTo(tolerance * Math.sqrt(norm) + 1e-8 * Math.sqrt(actual.length));
    }

    /** J·v by central differences of f in float64; h balances truncation h² against rounding 1e-16/h. */
    static double[] derivative(UnaryOperator<double[]> f, double[] x, double[] v) {
        double h = 1e-5;
        double[] up = x.clone();
        double[] down = x.clone();
        for (int i = 0; i < x.length; i++) {
            up[i] += h * v[i];
            down[i] -= h * v[i];
        }
        double[] a = f.apply(up);
        double[] b = f.apply(down);
        double[] out = new double[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (a[i] - b[i]) / (2 * h);
        }
        return out;
    }

    /** Jᵀ·u by central differences, one input at a time. */
    static double[] gradient(UnaryOperator<double[]> f, double[] x, double[] u) {
        double[] g = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double[] unit = new double[x.length];
            unit[i] = 1;
            g[i] = dot(u, derivative(f, x, unit));
        }
        return g;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double[] part(double[] x, int from, int length) {
        double[] y = new double[length];
        System.arraycopy(x, from, y, 0, length);
        return y;
    }
}
