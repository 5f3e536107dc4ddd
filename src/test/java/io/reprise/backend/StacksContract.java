package io.reprise.backend;

import static io.reprise.backend.Contract.assertRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Weighted sums and inner products of matrices below each other, and linear maps block by block. */
interface StacksContract extends Contract {
    @Test
    default void stacksByHand() {
        scoped(backend -> {
            Tensor stack = tensor(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2); // two matrices of two rows
            Tensor target = tensor(new double[] {10, 10, 10, 10}, 2, 2);
            backend.addMixed(target, tensor(new double[] {1, -1}, 1, 2), stack);
            assertThat(numbers(target)).containsExactly(6, 6, 6, 6);
            assertThat(numbers(backend.dots(List.of(stack), List.of(tensor(new double[] {1, 0, 0, 2}, 2, 2)), 2)))
                    .containsExactly(1 + 8, 5 + 16);
            Tensor x = tensor(new double[] {1, 2}, 1, 2);
            Tensor weight = tensor(new double[] {3, 4, 5, 6}, 2, 2);
            assertThat(numbers(backend.linearByBlock(x, weight, Layout.IN_OUT, 2)))
                    .containsExactly(3, 4, 10, 12);
            assertThat(numbers(backend.linearByBlock(x, weight, Layout.OUT_IN, 2)))
                    .containsExactly(3, 5, 8, 12);
        });
    }

    /** Sizes around those of tiles and chunks. */
    @Test
    default void mixingAndItsPullbackAreLoops() {
        scoped(backend -> {
            Rng rng = random("stacks");
            for (int[] size : new int[][] {{1, 1, 1, 1}, {3, 2, 5, 7}, {7, 13, 70, 130}, {36, 13, 40, 33}}) {
                int m = size[0];
                int k = size[1];
                int rows = size[2];
                int n = rows * size[3];
                double[] stack = gaussian(rng, k * n);
                double[] target = gaussian(rng, m * n);
                double[] weights = gaussian(rng, m * k);
                double[] mixed = target.clone();
                double[] dots = new double[m * k];
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < k; j++) {
                        for (int e = 0; e < n; e++) {
                            mixed[i * n + e] += weights[i * k + j] * stack[j * n + e];
                            dots[i * k + j] += target[i * n + e] * stack[j * n + e];
                        }
                    }
                }
                Tensor to = tensor(target, m * rows, size[3]);
                Tensor from = tensor(stack, k * rows, size[3]);
                int half = m / 2 * n;
                Tensor upper = tensor(Arrays.copyOf(target, half), m / 2 * rows, size[3]);
                Tensor lower = tensor(Arrays.copyOfRange(target, half, m * n), (m - m / 2) * rows, size[3]);
                Tensor first = tensor(Arrays.copyOf(stack, n), rows, size[3]);
                Tensor others = tensor(Arrays.copyOfRange(stack, n, k * n), (k - 1) * rows, size[3]);
                Tensor products = backend.dots(List.of(upper, lower), List.of(first, others), rows);
                assertThat(products.shape()).isEqualTo(Shape.of(m, k));
                assertClose("dots", numbers(products), dots);
                backend.addMixed(to, tensor(weights, m, k), from);
                assertClose("mixed", numbers(to), mixed);
            }
        });
    }

    @Test
    default void theBlocksOfALinearMapAddUpToIt() {
        scoped(backend -> {
            Rng rng = random("blocks");
            Tensor x = tensor(gaussian(rng, 37 * 60), 37, 60);
            for (Layout layout : Layout.values()) {
                Tensor weight = layout == Layout.IN_OUT
                        ? tensor(gaussian(rng, 60 * 41), 60, 41)
                        : tensor(gaussian(rng, 60 * 41), 41, 60);
                Tensor whole = backend.linear(x, weight, layout, Optional.empty(), Activation.NONE)
                        .value();
                Tensor parts = backend.linearByBlock(x, weight, layout, 12);
                assertThat(parts.shape()).isEqualTo(Shape.of(12 * 37, 41));
                Tensor sum = backend.zeros(Shape.of(37, 41));
                backend.addFolded(sum, parts);
                assertClose("sum of blocks", numbers(sum), numbers(whole));
            }
        });
    }

    @Test
    default void stacksOfTheWrongShapeAreNamed() {
        scoped(backend -> {
            Tensor x = backend.zeros(Shape.of(4, 6));
            assertRefuses("stack", () -> backend.addMixed(x, backend.zeros(Shape.of(1, 3)), x));
            assertRefuses("target", () -> backend.addMixed(x, backend.zeros(Shape.of(2, 1)), x));
            assertRefuses(
                    "a stack a is [4, 6]", () -> backend.dots(List.of(x), List.of(backend.zeros(Shape.of(3, 6))), 3));
            assertRefuses(
                    "a stack b is [4, 6]", () -> backend.dots(List.of(backend.zeros(Shape.of(3, 6))), List.of(x), 3));
            assertRefuses("1 or more", () -> backend.dots(List.of(x), List.of(x), 0));
            assertRefuses("0 stacks a", () -> backend.dots(List.of(), List.of(x), 4));
            assertRefuses("4 blocks", () -> backend.linearByBlock(x, x, Layout.OUT_IN, 4));
            assertRefuses("[rows, 4]", () -> backend.linearByBlock(x, x, Layout.IN_OUT, 2));
        });
    }
}
