package io.reprise.backend.cpu;

import static io.reprise.backend.cpu.Numbers.assertClose;
import static io.reprise.backend.cpu.Numbers.normal;
import static io.reprise.backend.cpu.Numbers.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every block against its formula in float64, and its derivatives against central differences of that formula. */
class CpuBackendTest {
    /** Float32 rounding over sums of up to a few hundred terms. */
    private static final double TOLERANCE = 2e-6;

    private final CpuBackend backend = new CpuBackend(2);

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor matrix(int rows, int columns, double[] values) {
        return backend.upload(Shape.of(rows, columns), values);
    }

    /** Checks value, pushforward and pullback of two stacked copies. */
    private void check(Applied block, UnaryOperator<double[]> formula, double[] x, int rows) {
        double[] value = formula.apply(x);
        assertClose(backend.downloadDoubles(block.value()), value, TOLERANCE);
        int in = x.length / rows;
        int out = value.length / rows;
        double[] v = normal(71, 2 * x.length);
        double[] pushed = backend.downloadDoubles(block.pushforward(matrix(2 * rows, in, v)));
        double[] u = normal(72, 2 * value.length);
        double[] pulled = backend.downloadDoubles(block.pullback(matrix(2 * rows, out, u), Gradients.NONE));
        for (int copy = 0; copy < 2; copy++) {
            double[] tangent = part(v, copy * x.length, x.length);
            double[] cotangent = part(u, copy * value.length, value.length);
            assertClose(
                    part(pushed, copy * value.length, value.length),
                    Numbers.derivative(formula, x, tangent),
                    TOLERANCE);
            assertClose(part(pulled, copy * x.length, x.length), Numbers.gradient(formula, x, cotangent), TOLERANCE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,1,IN_OUT,NONE", "5,7,3,IN_OUT,NONE", "5,7,3,OUT_IN,NONE", "13,33,17,IN_OUT,GELU_NEW",
        "13,17,33,OUT_IN,GELU", "6,16,16,IN_OUT,RELU", "3,300,5,OUT_IN,GELU_NEW", "0,4,5,IN_OUT,GELU"
    })
    void linearIsTheFormula(int rows, int in, int out, Layout layout, Activation activation) {
        double[] x = normal(1, rows * in);
        double[] w = scaled(normal(2, in * out), in);
        double[] b = normal(3, out);
        double[] inOut = layout == Layout.IN_OUT ? w : Reference.transpose(w, out, in);
        Tensor weight = layout == Layout.IN_OUT ? matrix(in, out, w) : matrix(out, in, w);
        Tensor bias = backend.upload(Shape.of(out), b);
        UnaryOperator<double[]> formula = input -> linear(input, inOut, b, rows, in, out, activation);
        Applied block = backend.linear(matrix(rows, in, x), weight, layout, Optional.of(bias), activation);
        if (rows > 0) {
            check(block, formula, x, rows);
        }

        double[] u = normal(4, rows * out);
        Tensor weightGradient = matrix(weight.shape().dim(0), weight.shape().dim(1), normal(5, in * out));
        Tensor biasGradient = backend.upload(Shape.of(out), normal(6, out));
        Map<Tensor, Tensor> gradients = Map.of(weight, weightGradient, bias, biasGradient);
        block.pullback(matrix(rows, out, u), tensor -> Optional.ofNullable(gradients.get(tensor)));
        double[] byWeight = Numbers.gradient(
                input -> linear(
                        x,
                        layout == Layout.IN_OUT ? input : Reference.transpose(input, out, in),
                        b,
                        rows,
                        in,
                        out,
                        activation),
                w,
                u);
        double[] byBias = Numbers.gradient(input -> linear(x, inOut, input, rows, in, out, activation), b, u);
        assertClose(backend.downloadDoubles(weightGradient), plus(byWeight, normal(5, in * out)), TOLERANCE);
        assertClose(backend.downloadDoubles(biasGradient), plus(byBias, normal(6, out)), TOLERANCE);
    }

    private static double[] linear(
            double[] x, double[] w, double[] b, int rows, int in, int out, Activation activation) {
        double[] y = Reference.matmul(x, w, rows, out, in);
        for (int i = 0; i < y.length; i++) {
            y[i] += b[i % out];
        }
        return Reference.activation(activation, y);
    }

    /** Divided by √n and rounded to float, so that a sum of n products with normal numbers is of order 1. */
    private static double[] scaled(double[] x, int n) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) (x[i] / Math.sqrt(n));
        }
        return y;
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,2", "4,7", "5,8", "5,33", "2,64"})
    void layerNormIsTheFormula(int rows, int d) {
        double[] x = plus(normal(1, rows * d), normal(9, rows * d));
        double[] g = normal(2, d);
        double[] b = normal(3, d);
        Tensor gain = backend.upload(Shape.of(d), g);
        Tensor bias = backend.upload(Shape.of(d), b);
        Applied block = backend.layerNorm(matrix(rows, d, x), Optional.of(gain), Optional.of(bias), 0.5);
        check(block, input -> Reference.layerNorm(input, g, b, 0.5, d), x, rows);
        Applied bare = backend.layerNorm(matrix(rows, d, x), Optional.empty(), Optional.empty(), 0.5);
        check(bare, input -> Reference.layerNorm(input, null, null, 0.5, d), x, rows);

        double[] u = normal(4, rows * d);
        Tensor gainGradient = backend.zeros(Shape.of(d));
        Tensor biasGradient = backend.zeros(Shape.of(d));
        Map<Tensor, Tensor> gradients = Map.of(gain, gainGradient, bias, biasGradient);
        block.pullback(matrix(rows, d, u), tensor -> Optional.ofNullable(gradients.get(tensor)));
        assertClose(
                backend.downloadDoubles(gainGradient),
                Numbers.gradient(input -> Reference.layerNorm(x, input, b, 0.5, d), g, u),
                TOLERANCE);
        assertClose(
                backend.downloadDoubles(biasGradient),
                Numbers.gradient(input -> Reference.layerNorm(x, g, input, 0.5, d), b, u),
                TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activationIsTheFormula(Activation activation) {
        double[] x = normal(1, 5 * 13);
        check(backend.activation(matrix(5, 13, x), activation), input -> Reference.activation(activation, input), x, 5);
    }

    @ParameterizedTest
    @CsvSource({"2,5,2,6,4,0", "1,3,1,16,16,0", "2,4,3,34,34,7", "1,2,2,4,0,0"})
    void rotaryIsTheFormula(int batch, int length, int heads, int dHead, int rotaryDim, int first) {
        AttentionSpec spec = new AttentionSpec(batch, length, heads, dHead, 1, 0);
        double[] x = normal(1, spec.rows() * 3 * spec.width());
        check(
                backend.rotary(matrix(spec.rows(), 3 * spec.width(), x), spec, rotaryDim, 10000, first),
                input -> Reference.rotary(input, spec, rotaryDim, 10000, first),
                x,
                spec.rows());
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,1,1,1.0,0",
        "2,5,2,4,0.5,0",
        "1,12,3,16,0.25,0",
        "2,9,1,5,0.4,3",
        "1,17,2,8,0.3,16",
        "1,16,1,3,0.5,1"
    })
    void attentionIsTheFormula(int batch, int length, int heads, int dHead, double scale, int window) {
        AttentionSpec spec = new AttentionSpec(batch, length, heads, dHead, scale, window);
        double[] x = normal(1, spec.rows() * 3 * spec.width());
        Attention block = backend.attention(matrix(spec.rows(), 3 * spec.width(), x), spec);
        check(block, input -> Reference.attention(input, spec), x, spec.rows());
        double[] scores = Reference.scores(x, spec);
        assertClose(backend.downloadDoubles(block.scores()), scores, TOLERANCE);
        assertClose(backend.downloadDoubles(block.pattern()), Reference.softmax(scores, length), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"300,0", "300,37", "515,0", "515,130"})
    void longAttentionIsTheFormulaBlockByBlock(int length, int window) {
        AttentionSpec spec = new AttentionSpec(1, length, 2, 4, 0.5, window);
        double[] x = normal(1, spec.rows() * 3 * spec.width());
        Attention block = backend.attention(matrix(spec.rows(), 3 * spec.width(), x), spec);
        UnaryOperator<double[]> formula = input -> Reference.attention(input, spec);
        assertClose(backend.downloadDoubles(block.value()), formula.apply(x), TOLERANCE);
        double[] v = normal(2, x.length);
        double[] pushed = Numbers.derivative(formula, x, v);
        assertClose(
                backend.downloadDoubles(block.pushforward(matrix(spec.rows(), 3 * spec.width(), v))),
                pushed,
                TOLERANCE);
        double[] u = normal(3, spec.rows() * spec.width());
        double[] pulled = backend.downloadDoubles(block.pullback(matrix(spec.rows(), spec.width(), u), Gradients.NONE));
        // ⟨u, J·v⟩ = ⟨Jᵀ·u, v⟩ for three directions, against central differences
        for (int seed = 2; seed < 5; seed++) {
            double[] direction = normal(seed, x.length);
            double expected = Numbers.dot(u, Numbers.derivative(formula, x, direction));
            assertThat(Numbers.dot(pulled, direction)).isCloseTo(expected, within(1e-4));
        }
        double[] scores = Reference.scores(x, spec);
        assertClose(backend.downloadDoubles(block.scores()), scores, TOLERANCE);
        assertClose(backend.downloadDoubles(block.pattern()), Reference.softmax(scores, length), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "4,2", "5,7", "3,8", "6,33"})
    void crossEntropyIsTheFormula(int rows, int classes) {
        double[] x = normal(1, rows * classes);
        int[] targets = new int[rows];
        for (int i = 0; i < rows; i++) {
            targets[i] = i == 1 ? -1 : (i * 5) % classes;
        }
        CrossEntropy loss = backend.crossEntropy(matrix(rows, classes, x), targets);
        UnaryOperator<double[]> formula =
                input -> new double[] {0.25 * Reference.crossEntropy(input, targets, classes)};
        assertThat(0.25 * loss.sum()).isCloseTo(formula.apply(x)[0], within(1e-6));
        assertThat(loss.count()).isEqualTo(rows > 1 ? rows - 1 : 1);
        assertClose(
                backend.downloadDoubles(loss.pullback(0.25)),
                Numbers.gradient(formula, x, new double[] {1}),
                TOLERANCE);
        double[] v = normal(2, 2 * x.length);
        double[] pushed = loss.pushforward(matrix(2 * rows, classes, v));
        for (int copy = 0; copy < 2; copy++) {
            double expected = Numbers.derivative(formula, x, part(v, copy * x.length, x.length))[0];
            assertThat(0.25 * pushed[copy]).isCloseTo(expected, within(1e-6));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "2,3,4", "7,31,15", "64,65,300", "13,200,513"})
    void matmulIsTheFormula(int m, int n, int k) {
        double[] a = normal(1, m * k);
        double[] b = normal(2, k * n);
        assertClose(
                backend.downloadDoubles(backend.matmul(matrix(m, k, a), matrix(k, n, b))),
                Reference.matmul(a, b, m, n, k),
                TOLERANCE);
    }
}
