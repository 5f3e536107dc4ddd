package io.reprise.backend;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Activations and layer norm. */
interface PointwiseContract extends Contract {
    @Test
    default void activationsFollowTheirFormulas() {
        for (Activation activation : Activation.values()) {
            scoped(backend -> {
                double[] x = gaussian(random("activation " + activation), 5 * 13);
                for (int i = 0; i < x.length; i++) {
                    x[i] *= 3; // reaches into both tails
                }
                check(
                        "activation " + activation,
                        backend.activation(tensor(x, 5, 13), activation),
                        x,
                        p -> Reference.activation(activation, p));
            });
        }
    }

    /** The two forms of torch.nn.functional.gelu differ from the fourth digit on; the values are from C's erf and tanh. */
    @Test
    default void activationsHaveTheKnownValues() {
        scoped(backend -> {
            double[] x = {-3, -1, 0, 1, 3};
            assertClose("gelu", activated(x, Activation.GELU), new double[] {
                -0.004049694094890239, -0.15865525393145707, 0, 0.8413447460685429, 2.9959503059051097
            });
            assertClose("gelu_new", activated(x, Activation.GELU_NEW), new double[] {
                -0.0036373920817729943, -0.15880800939172324, 0, 0.8411919906082768, 2.996362607918227
            });
            assertClose("relu", activated(x, Activation.RELU), new double[] {0, 0, 0, 1, 3});
        });
    }

    @Test
    default void activationsFarFromZeroAreTheirLimits() {
        scoped(backend -> {
            double[] x = {-100, 100, -30, 30};
            double[] limits = {0, 100, 0, 30};
            for (Activation activation : new Activation[] {Activation.GELU, Activation.GELU_NEW, Activation.RELU}) {
                assertClose(activation + " value", activated(x, activation), limits);
                Applied applied = backend.activation(tensor(x, 1, 4), activation);
                double[] slope = numbers(applied.pushforward(tensor(new double[] {1, 1, 1, 1}, 1, 4)));
                assertClose(activation + " slope", slope, new double[] {0, 1, 0, 1});
            }
        });
    }

    private double[] activated(double[] x, Activation activation) {
        return numbers(backend().activation(tensor(x, 1, x.length), activation).value());
    }

    @Test
    default void layerNormFollowsTheFormulaWithAndWithoutGainAndBias() {
        int[][] sizes = {{1, 2}, {3, 5}, {4, 17}, {2, 64}};
        for (int[] size : sizes) {
            for (boolean withGain : new boolean[] {true, false}) {
                for (boolean withBias : new boolean[] {true, false}) {
                    scoped(b -> checkLayerNorm(size[0], size[1], withGain, withBias));
                }
            }
        }
    }

    private void checkLayerNorm(int rows, int d, boolean withGain, boolean withBias) {
        String what = "layer norm " + rows + "×" + d + " gain " + withGain + " bias " + withBias;
        Rng rng = random(what);
        double[] x = gaussian(rng, rows * d);
        double[] gain = withGain ? gaussian(rng, d) : new double[0];
        double[] bias = withBias ? gaussian(rng, d) : new double[0];
        double epsilon = 0.1; // large, so that leaving it out anywhere shows
        Optional<Tensor> g = withGain ? Optional.of(tensor(gain, d)) : Optional.empty();
        Optional<Tensor> b = withBias ? Optional.of(tensor(bias, d)) : Optional.empty();
        Applied applied = backend().layerNorm(tensor(x, rows, d), g, b, epsilon);
        check(what, applied, x, p -> Reference.layerNorm(p, gain, bias, epsilon, rows, d));
        g.ifPresent(tensor -> checkGradient(
                what + " gain", applied, tensor, gain, p -> Reference.layerNorm(x, p, bias, epsilon, rows, d)));
        b.ifPresent(tensor -> checkGradient(
                what + " bias", applied, tensor, bias, p -> Reference.layerNorm(x, gain, p, epsilon, rows, d)));
    }

    /** torch.nn.functional.layer_norm(1e-3·[1, 2, 3, 4], [4], eps=1e-5) is ±0.4472, ±0.1491: ε is eight times the variance. */
    @Test
    default void layerNormCountsEpsilon() {
        scoped(backend -> {
            Tensor x = tensor(new double[] {1e-3, 2e-3, 3e-3, 4e-3}, 1, 4);
            double[] value = numbers(backend.layerNorm(x, Optional.empty(), Optional.empty(), 1e-5)
                    .value());
            double high = 1.5e-3 / Math.sqrt(1.25e-6 + 1e-5); // 0.4472135954999579
            double low = 0.5e-3 / Math.sqrt(1.25e-6 + 1e-5);
            assertClose("layer norm", value, new double[] {-high, -low, low, high});
        });
    }

    /** E[x²] - E[x]² in float32 would be noise here: the mean is a thousand times the spread. */
    @Test
    default void layerNormSurvivesALargeMean() {
        scoped(backend -> {
            double[] x = {1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007};
            double[] value = numbers(backend.layerNorm(tensor(x, 1, 8), Optional.empty(), Optional.empty(), 1e-5)
                    .value());
            assertClose("layer norm", value, Reference.layerNorm(x, new double[0], new double[0], 1e-5, 1, 8));
        });
    }
}
