package io.reprise.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * What the parts of {@link BackendContract} share. Every block is held against textbook loops over double[] ({@link
 * Reference}) and their central differences, whatever the backend's precision; inputs are float32 numbers, so that uploading
 * them is exact in both.
 */
interface Contract {
    /** One instance for all tests of a class. */
    Backend backend();

    /**
     * Relative to the norm of what is expected. float64: some ten roundings of 1e-16 in sums of up to a hundred terms. float32:
     * the same with 6e-8, and the exponentials and error functions of the libraries are good to a few units in the last place.
     */
    default double valueTolerance() {
        return backend().dtype() == DType.FLOAT64 ? 1e-13 : 2e-6;
    }

    /**
     * Central differences of the float64 reference with step 1e-6: truncation is about 1e-12·f''', rounding 1e-16·|f|/1e-6 =
     * 1e-10·|f|; 1e-7 leaves room for cancellation. In float32 the derivative's own roundings (6e-8 each) are what counts.
     */
    default double derivativeTolerance() {
        return backend().dtype() == DType.FLOAT64 ? 1e-7 : 2e-5;
    }

    default Rng random(String name) {
        return Rng.of(20240229).split(name);
    }

    /** Standard normal numbers rounded to float32. */
    default double[] gaussian(Rng rng, int size) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) rng.nextGaussian();
        }
        return values;
    }

    default Tensor tensor(double[] values, int... dims) {
        return backend().upload(Shape.of(dims), values);
    }

    default double[] numbers(Tensor tensor) {
        return backend().downloadDoubles(tensor);
    }

    default void assertClose(String what, double[] actual, double[] expected) {
        assertClose(what, actual, expected, valueTolerance());
    }

    /** ‖actual - expected‖ ≤ tolerance·‖expected‖ + 1e-12·√n; NaN fails. */
    static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        assertThat(actual).as(what + ": size").hasSameSizeAs(expected);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        assertThat(Math.sqrt(difference))
                .as(what + ": distance to what is expected, of norm " + Math.sqrt(norm))
                .isLessThanOrEqualTo(tolerance * Math.sqrt(norm) + 1e-12 * Math.sqrt(expected.length));
    }

    /**
     * Holds value, pushforward and pullback at {@code point} [rows, …] against {@code f}: values, central differences for three
     * stacked copies, and the adjoint law ⟨u, Jv⟩ = ⟨Jᵀu, v⟩.
     */
    default void check(String what, Applied applied, double[] point, UnaryOperator<double[]> f) {
        double[] value = f.apply(point);
        assertClose(what + ": value", numbers(applied.value()), value);
        double[][] jacobian = jacobian(f, point);
        int rows = applied.value().shape().dim(0);
        int copies = 3;
        Rng rng = random(what);
        double[] v = gaussian(rng, copies * point.length);
        double[] u = gaussian(rng, copies * value.length);
        double[] pushed = new double[u.length];
        double[] pulled = new double[v.length];
        for (int c = 0; c < copies; c++) {
            for (int o = 0; o < value.length; o++) {
                for (int i = 0; i < point.length; i++) {
                    pushed[c * value.length + o] += jacobian[i][o] * v[c * point.length + i];
                    pulled[c * point.length + i] += jacobian[i][o] * u[c * value.length + o];
                }
            }
        }
        int in = point.length / rows;
        int out = value.length / rows;
        double[] jv = numbers(applied.pushforward(tensor(v, copies * rows, in)));
        double[] jtu = numbers(applied.pullback(tensor(u, copies * rows, out), Gradients.NONE));
        assertClose(what + ": pushforward", jv, pushed, derivativeTolerance());
        assertClose(what + ": pullback", jtu, pulled, derivativeTolerance());
        assertThat(dot(jtu, v))
                .as(what + ": adjoint law")
                .isCloseTo(dot(u, jv), within(10 * valueTolerance() * norm(u) * norm(jv) + 1e-12));
        double[] one = gaussian(rng, value.length);
        double[] alone = numbers(applied.pullback(tensor(one, rows, out), Gradients.NONE));
        double[] expected = new double[point.length];
        for (int i = 0; i < point.length; i++) {
            expected[i] = dot(jacobian[i], one);
        }
        assertClose(what + ": pullback of one copy", alone, expected, derivativeTolerance());
    }

    /**
     * Holds the gradient that a pullback adds for {@code weight} against central differences of {@code f}, the block as a
     * function of that weight; the accumulator starts full, so overwriting shows.
     */
    default void checkGradient(
            String what, Applied applied, Tensor weight, double[] values, UnaryOperator<double[]> f) {
        Rng rng = random(what);
        int rows = applied.value().shape().dim(0);
        double[] u = gaussian(rng, applied.value().shape().size());
        double[] before = gaussian(rng, values.length);
        Tensor accumulator = backend().upload(weight.shape(), before);
        Tensor cotangents = tensor(u, rows, u.length / rows);
        double[] withGradient = numbers(applied.pullback(cotangents, gradients(Map.of(weight, accumulator))));
        double[] without = numbers(applied.pullback(cotangents, Gradients.NONE));
        assertThat(withGradient)
                .as(what + ": cotangents do not depend on the gradients asked for")
                .isEqualTo(without);
        double[][] jacobian = jacobian(f, values);
        double[] expected = before.clone();
        for (int i = 0; i < values.length; i++) {
            expected[i] += dot(jacobian[i], u);
        }
        assertClose(what + ": gradient", numbers(accumulator), expected, derivativeTolerance());
    }

    /** Accumulators by the identity of their weight. */
    static Gradients gradients(Map<Tensor, Tensor> accumulators) {
        Map<Tensor, Tensor> byIdentity = new IdentityHashMap<>(accumulators);
        return weight -> Optional.ofNullable(byIdentity.get(weight));
    }

    /** [inputs][outputs], by central differences. */
    static double[][] jacobian(UnaryOperator<double[]> f, double[] point) {
        double step = 1e-6;
        double[][] jacobian = new double[point.length][];
        for (int i = 0; i < point.length; i++) {
            double[] shifted = point.clone();
            shifted[i] = point[i] + step;
            double[] up = f.apply(shifted);
            shifted[i] = point[i] - step;
            double[] down = f.apply(shifted);
            jacobian[i] = new double[up.length];
            for (int o = 0; o < up.length; o++) {
                jacobian[i][o] = (up[o] - down[o]) / (2 * step);
            }
        }
        return jacobian;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    static org.assertj.core.data.Offset<Double> within(double value) {
        return org.assertj.core.data.Offset.offset(value);
    }

    static void assertRefuses(String named, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named);
    }

    /** Runs {@code test} in a scope of its own. */
    default void scoped(Consumer<Backend> test) {
        try (Scope scope = backend().scope()) {
            assertThat(scope).isNotNull();
            test.accept(backend());
        }
    }
}
