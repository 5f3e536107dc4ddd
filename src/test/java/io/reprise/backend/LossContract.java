package io.reprise.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Cross entropy and Adam. */
interface LossContract extends Contract {
    @Test
    default void crossEntropyFollowsTheFormulaAndSkipsRowsWithoutTarget() {
        int[][] targetSets = {{2}, {-1}, {0, 6, -1, 3, -1}, {-1, -1, 1}};
        for (int[] targets : targetSets) {
            scoped(backend -> {
                int rows = targets.length;
                int classes = 7;
                Rng rng = random("ce " + rows);
                double[] logits = gaussian(rng, rows * classes);
                CrossEntropy loss = backend.crossEntropy(tensor(logits, rows, classes), targets);
                double[] sum = {Reference.crossEntropy(logits, targets, classes)};
                assertClose("sum", new double[] {loss.sum()}, sum);
                assertThat(loss.count()).isEqualTo((int)
                        java.util.Arrays.stream(targets).filter(t -> t >= 0).count());

                double[][] jacobian =
                        Contract.jacobian(p -> new double[] {Reference.crossEntropy(p, targets, classes)}, logits);
                double[] gradient = new double[logits.length];
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = jacobian[i][0];
                }
                double[] tenth =
                        java.util.Arrays.stream(gradient).map(g -> 0.1 * g).toArray();
                Contract.assertClose("gradient", numbers(loss.pullback(1)), gradient, derivativeTolerance());
                Contract.assertClose("scaled gradient", numbers(loss.pullback(0.1)), tenth, derivativeTolerance());
                for (int r = 0; r < rows; r++) {
                    if (targets[r] < 0) {
                        double[] row =
                                java.util.Arrays.copyOfRange(numbers(loss.pullback(1)), r * classes, (r + 1) * classes);
                        assertThat(row).containsOnly(0.0);
                    }
                }

                int copies = 3;
                double[] v = gaussian(rng, copies * logits.length);
                double[] expected = new double[copies];
                for (int c = 0; c < copies; c++) {
                    for (int i = 0; i < gradient.length; i++) {
                        expected[c] += gradient[i] * v[c * gradient.length + i];
                    }
                }
                Contract.assertClose(
                        "pushforward",
                        loss.pushforward(tensor(v, copies * rows, classes)),
                        expected,
                        derivativeTolerance());
            });
        }
    }

    @Test
    default void crossEntropyIgnoresAShiftOfARowAndSurvivesLargeLogits() {
        scoped(backend -> {
            double[] logits = gaussian(random("shift"), 2 * 5);
            double[] shifted = logits.clone();
            for (int i = 0; i < 5; i++) {
                shifted[i] += 1024;
                shifted[5 + i] -= 1024;
            }
            int[] targets = {4, 1};
            double expected = Reference.crossEntropy(logits, targets, 5);
            // 1024 leaves 2^-14 of a float32 logit, 1e-13 of a float64 one
            double tolerance = backend.dtype().bytes() == 8 ? 1e-12 : 5e-4;
            assertThat(backend.crossEntropy(tensor(shifted, 2, 5), targets).sum())
                    .isCloseTo(expected, Contract.within(tolerance));
            double[] far = {0, 5000, -5000};
            CrossEntropy loss = backend.crossEntropy(tensor(far, 1, 3), new int[] {0});
            assertThat(loss.sum()).isEqualTo(5000);
            assertThat(numbers(loss.pullback(1))).containsExactly(-1, 1, 0);
        });
    }

    /** Uniform logits: -log(1/n) each. */
    @Test
    default void crossEntropyOfUniformLogitsIsTheLogOfTheirNumber() {
        scoped(backend -> assertClose(
                "sum",
                new double[] {
                    backend.crossEntropy(backend.zeros(Shape.of(3, 8)), new int[] {0, -1, 7})
                            .sum()
                },
                new double[] {2 * Math.log(8)}));
    }

    @Test
    default void adamFollowsTheTextbookOverTwentySteps() {
        for (boolean decoupled : new boolean[] {false, true}) {
            for (double decay : new double[] {0, 0.3}) {
                for (double epsilon : new double[] {1e-8, 0.1}) {
                    scoped(backend -> checkAdam(decoupled, decay, epsilon));
                }
            }
        }
    }

    private void checkAdam(boolean decoupled, double decay, double epsilon) {
        Rng rng = random("adam");
        double[] w = gaussian(rng, 15);
        double[] m = new double[15];
        double[] v = new double[15];
        Tensor weight = tensor(w, 3, 5);
        Tensor first = backend().zeros(Shape.of(3, 5));
        Tensor second = backend().zeros(Shape.of(3, 5));
        for (int step = 1; step <= 20; step++) {
            double[] g = gaussian(rng, 15);
            Tensor gradient = tensor(g, 3, 5);
            AdamSettings settings =
                    new AdamSettings(0.05 / step, 0.9, 0.99, epsilon, decay, decoupled, step % 2 == 0 ? 0.25 : 1, step);
            backend().adamStep(weight, gradient, first, second, settings);
            Reference.adam(w, g, m, v, settings);
            assertThat(numbers(gradient)).as("the gradient is only read").isEqualTo(g);
        }
        String what = "adam decoupled " + decoupled + " decay " + decay + " ε " + epsilon;
        // twenty steps of a few roundings each
        Contract.assertClose(what + " weight", numbers(weight), w, 10 * valueTolerance());
        Contract.assertClose(what + " m", numbers(first), m, 10 * valueTolerance());
        Contract.assertClose(what + " v", numbers(second), v, 10 * valueTolerance());
    }

    /** At the first step m/√v is the gradient's sign, whatever its size. */
    @Test
    default void adamsFirstStepIsTheLearningRate() {
        scoped(backend -> {
            Tensor weight = tensor(new double[] {1, 1, 1, 1}, 4);
            Tensor gradient = tensor(new double[] {1e-3, -1e-3, 1e3, 0}, 4);
            backend.adamStep(
                    weight,
                    gradient,
                    backend.zeros(Shape.of(4)),
                    backend.zeros(Shape.of(4)),
                    new AdamSettings(0.125, 0.9, 0.999, 1e-12, 0, false, 1, 1));
            // ε is a billionth of the smallest gradient
            Contract.assertClose(
                    "weight", numbers(weight), new double[] {0.875, 1.125, 0.875, 1}, Math.max(1e-8, valueTolerance()));
        });
    }
}
