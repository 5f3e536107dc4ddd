package io.reprise.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** f(x·W + b) and matrix products. */
interface LinearContract extends Contract {
    @Test
    default void linearFollowsTheFormulaInEveryLayoutActivationAndOddSize() {
        int[][] sizes = {{1, 1, 1}, {3, 5, 7}, {4, 1, 9}, {2, 17, 3}};
        for (int[] size : sizes) {
            for (Layout layout : Layout.values()) {
                for (Activation activation : Activation.values()) {
                    for (boolean withBias : new boolean[] {true, false}) {
                        scoped(b -> checkLinear(size[0], size[1], size[2], layout, activation, withBias));
                    }
                }
            }
        }
    }

    private void checkLinear(int rows, int in, int out, Layout layout, Activation activation, boolean withBias) {
        String what = "linear " + rows + "×" + in + "→" + out + " " + layout + " " + activation + " bias " + withBias;
        Rng rng = random(what);
        double[] x = gaussian(rng, rows * in);
        double[] weight = gaussian(rng, in * out);
        double[] bias = withBias ? gaussian(rng, out) : new double[0];
        Tensor w = layout == Layout.IN_OUT ? tensor(weight, in, out) : tensor(weight, out, in);
        Optional<Tensor> b = withBias ? Optional.of(tensor(bias, out)) : Optional.empty();
        Applied applied = backend().linear(tensor(x, rows, in), w, layout, b, activation);
        check(
                what,
                applied,
                x,
                p -> Reference.activation(activation, Reference.linear(p, weight, layout, bias, rows, in, out)));
        checkGradient(
                what + " weight",
                applied,
                w,
                weight,
                p -> Reference.activation(activation, Reference.linear(x, p, layout, bias, rows, in, out)));
        b.ifPresent(tensor -> checkGradient(
                what + " bias",
                applied,
                tensor,
                bias,
                p -> Reference.activation(activation, Reference.linear(x, weight, layout, p, rows, in, out))));
    }

    @Test
    default void linearAtTheToysShapesFollowsTheFormula() {
        int[][] sizes = {{96, 64, 192}, {37, 130, 67}, {65, 33, 256}};
        for (int[] size : sizes) {
            for (Layout layout : Layout.values()) {
                scoped(backend -> {
                    int rows = size[0];
                    int in = size[1];
                    int out = size[2];
                    Rng rng = random("toy " + rows + layout);
                    double[] x = gaussian(rng, rows * in);
                    double[] weight = gaussian(rng, in * out);
                    double[] bias = gaussian(rng, out);
                    double[] u = gaussian(rng, rows * out);
                    Tensor w = layout == Layout.IN_OUT ? tensor(weight, in, out) : tensor(weight, out, in);
                    Applied applied = backend.linear(
                            tensor(x, rows, in), w, layout, Optional.of(tensor(bias, out)), Activation.NONE);
                    assertClose(
                            "value",
                            numbers(applied.value()),
                            Reference.linear(x, weight, layout, bias, rows, in, out));
                    Tensor gradient = backend.zeros(w.shape());
                    double[] pulled =
                            numbers(applied.pullback(tensor(u, rows, out), Contract.gradients(Map.of(w, gradient))));
                    Layout other = layout == Layout.IN_OUT ? Layout.OUT_IN : Layout.IN_OUT;
                    assertClose("pullback", pulled, Reference.linear(u, weight, other, new double[0], rows, out, in));
                    double[] expected = layout == Layout.IN_OUT
                            ? Reference.matmul(transpose(x, rows, in), u, in, rows, out)
                            : Reference.matmul(transpose(u, rows, out), x, out, rows, in);
                    assertClose("gradient", numbers(gradient), expected);
                });
            }
        }
    }

    @Test
    default void matmulFollowsTheFormula() {
        int[][] sizes = {{1, 1, 1}, {3, 5, 7}, {1, 33, 2}, {2, 1, 3}, {31, 65, 17}};
        for (int[] size : sizes) {
            scoped(backend -> {
                Rng rng = random("matmul " + size[0]);
                double[] a = gaussian(rng, size[0] * size[1]);
                double[] b = gaussian(rng, size[1] * size[2]);
                Tensor product = backend.matmul(tensor(a, size[0], size[1]), tensor(b, size[1], size[2]));
                assertThat(product.shape()).isEqualTo(Shape.of(size[0], size[2]));
                assertClose("matmul", numbers(product), Reference.matmul(a, b, size[0], size[1], size[2]));
            });
        }
    }

    @Test
    default void linearHasNoGradientForWeightsThatAreNotAskedFor() {
        scoped(backend -> {
            Tensor weight = tensor(new double[] {1, 2, 3, 4}, 2, 2);
            Tensor bias = tensor(new double[] {1, 2}, 2);
            Tensor biasGradient = tensor(new double[] {10, 20}, 2);
            Applied applied = backend.linear(
                    tensor(new double[] {1, -1}, 1, 2), weight, Layout.IN_OUT, Optional.of(bias), Activation.NONE);
            applied.pullback(tensor(new double[] {5, 7}, 1, 2), Contract.gradients(Map.of(bias, biasGradient)));
            assertThat(numbers(biasGradient)).containsExactly(15, 27);
            assertThat(numbers(weight)).containsExactly(1, 2, 3, 4);
        });
    }

    private static double[] transpose(double[] a, int rows, int columns) {
        double[] transposed = new double[a.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                transposed[c * rows + r] = a[r * columns + c];
            }
        }
        return transposed;
    }
}
