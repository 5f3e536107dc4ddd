package io.reprise.backend;

import static io.reprise.backend.Contract.assertRefuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Embedding, sums, and moving rows and columns about. */
interface RowsContract extends Contract {
    @Test
    default void embedCopiesRowsOfTheTable() {
        scoped(backend -> {
            Tensor table = tensor(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
            Tensor embedded = backend.embed(table, new int[] {2, 0, 0, 1});
            assertThat(embedded.shape()).isEqualTo(Shape.of(4, 2));
            assertThat(numbers(embedded)).containsExactly(5, 6, 1, 2, 1, 2, 3, 4);
            assertThat(numbers(backend.embed(tensor(new double[] {7}, 1, 1), new int[] {0})))
                    .containsExactly(7);
        });
    }

    /** Repeated ids must add up, not overwrite and not race, and in row order: the last bit tells. */
    @Test
    default void embedPullbackAddsUpRepeatedIdsInRowOrder() {
        scoped(backend -> {
            Rng rng = random("embed");
            int d = 64;
            int[] ids = new int[5000];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = 2 * rng.nextInt(40);
            }
            double[] cotangent = gaussian(rng, ids.length * d);
            double[] expected = gaussian(rng, 80 * d);
            if (backend.dtype() == DType.FLOAT64) {
                // full mantissas: float32 numbers would add up exactly, in whatever order
                java.util.Arrays.setAll(cotangent, i -> cotangent[i] / 3);
            }
            Tensor gradient = tensor(expected, 80, d);
            backend.embedPullback(ids, tensor(cotangent, ids.length, d), gradient);
            for (int i = 0; i < ids.length; i++) {
                for (int c = 0; c < d; c++) {
                    double sum = expected[ids[i] * d + c] + cotangent[i * d + c];
                    expected[ids[i] * d + c] = backend.dtype() == DType.FLOAT64 ? sum : (float) sum;
                }
            }
            assertThat(numbers(gradient)).isEqualTo(expected);
        });
    }

    @Test
    default void embedPullbackOfTheReferencesThreeRows() {
        scoped(backend -> {
            Tensor gradient = backend.zeros(Shape.of(3, 1));
            backend.embedPullback(new int[] {0, 1, 1, 1}, tensor(new double[] {1, 1, 1, 1}, 4, 1), gradient);
            assertThat(numbers(gradient)).containsExactly(1, 3, 0);
        });
    }

    @Test
    default void addRepeatsTheSecondOperandsRows() {
        scoped(backend -> {
            Tensor a = tensor(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
            assertThat(numbers(backend.add(a, a))).containsExactly(2, 4, 6, 8, 10, 12, 14, 16);
            Tensor two = tensor(new double[] {10, 20, 30, 40}, 2, 2);
            assertThat(numbers(backend.add(a, two))).containsExactly(11, 22, 33, 44, 15, 26, 37, 48);
            Tensor row = tensor(new double[] {100, 200}, 1, 2);
            assertThat(numbers(backend.add(a, row))).containsExactly(101, 202, 103, 204, 105, 206, 107, 208);
            Tensor vector = tensor(new double[] {100, 200}, 2);
            Tensor sum = backend.add(a, vector);
            assertThat(sum.shape()).isEqualTo(a.shape());
            assertThat(numbers(sum)).containsExactly(101, 202, 103, 204, 105, 206, 107, 208);
            assertThat(numbers(a)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        });
    }

    @Test
    default void addFoldedIsTheAdjointOfAddsRepetition() {
        scoped(backend -> {
            Tensor x = tensor(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
            Tensor two = tensor(new double[] {10, 20, 30, 40}, 2, 2);
            backend.addFolded(two, x);
            assertThat(numbers(two)).containsExactly(16, 28, 40, 52);
            Tensor vector = tensor(new double[] {100, 200}, 2);
            backend.addFolded(vector, x);
            assertThat(numbers(vector)).containsExactly(116, 220);
            backend.addFolded(x, x);
            assertThat(numbers(x)).containsExactly(2, 4, 6, 8, 10, 12, 14, 16);
        });
    }

    @Test
    default void columnsAndRowsAreCopies() {
        scoped(backend -> {
            Tensor x = tensor(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor columns = backend.columns(x, 1, 3);
            Tensor rows = backend.rows(x, new int[] {1, 1, 0});
            assertThat(columns.shape()).isEqualTo(Shape.of(2, 2));
            assertThat(rows.shape()).isEqualTo(Shape.of(3, 3));
            backend.clear(x);
            assertThat(numbers(columns)).containsExactly(2, 3, 5, 6);
            assertThat(numbers(rows)).containsExactly(4, 5, 6, 4, 5, 6, 1, 2, 3);
            assertThat(numbers(backend.columns(rows, 2, 3))).containsExactly(6, 6, 3);
            assertThat(numbers(backend.columns(rows, 0, 3))).containsExactly(4, 5, 6, 4, 5, 6, 1, 2, 3);
        });
    }

    @Test
    default void joinedColumnsStandSideBySide() {
        scoped(backend -> {
            Tensor a = tensor(new double[] {1, 2, 3, 4}, 2, 2);
            Tensor b = tensor(new double[] {5, 6}, 2, 1);
            Tensor joined = backend.joinColumns(List.of(a, b, a));
            assertThat(joined.shape()).isEqualTo(Shape.of(2, 5));
            assertThat(numbers(joined)).containsExactly(1, 2, 5, 1, 2, 3, 4, 6, 3, 4);
            assertThat(numbers(backend.joinColumns(List.of(b)))).containsExactly(5, 6);
            backend.clear(a);
            assertThat(numbers(backend.columns(joined, 0, 2))).containsExactly(1, 2, 3, 4);
            Tensor tall = tensor(new double[] {1, 2, 3}, 3, 1);
            assertRefuses("[3, 1], expected 2 rows", () -> backend.joinColumns(List.of(b, tall)));
        });
    }

    @Test
    default void sumAddsInOrderAndTheTargetMayBeAPart() {
        scoped(backend -> {
            Tensor a = tensor(new double[] {1, 2}, 2);
            Tensor b = tensor(new double[] {10, 20}, 2);
            Tensor c = tensor(new double[] {100, 200}, 2);
            Tensor target = tensor(new double[] {5, 5}, 2);
            backend.sum(target, List.of(a, b, c));
            assertThat(numbers(target)).containsExactly(111, 222);
            backend.sum(a, List.of(a, b));
            assertThat(numbers(a)).containsExactly(11, 22);
            // big + small - big in this order loses the small number; any other order keeps it
            double big = 0x1p60;
            Tensor result = backend.zeros(Shape.of(1));
            backend.sum(
                    result,
                    List.of(
                            tensor(new double[] {big}, 1),
                            tensor(new double[] {1}, 1),
                            tensor(new double[] {-big}, 1)));
            assertThat(numbers(result)).containsExactly(0);
        });
    }

    @Test
    default void sumOfSquaresIsInFloat64() {
        scoped(backend -> {
            double[] x = gaussian(random("squares"), 7 * 301);
            assertThat(backend.sumOfSquares(tensor(x, 7, 301)))
                    .isCloseTo(Contract.dot(x, x), Contract.within(1e-12 * Contract.dot(x, x)));
            // 4096² + 1 is not a float32 number
            assertThat(backend.sumOfSquares(tensor(new double[] {4096, 1}, 2))).isEqualTo(4096.0 * 4096 + 1);
        });
    }

    @Test
    default void blocksTakeMatricesWithoutRows() {
        scoped(backend -> {
            Tensor none = backend.zeros(Shape.of(0, 3));
            Tensor weight = tensor(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
            Applied linear = backend.linear(none, weight, Layout.IN_OUT, Optional.empty(), Activation.RELU);
            assertThat(linear.value().shape()).isEqualTo(Shape.of(0, 2));
            assertThat(linear.pullback(backend.zeros(Shape.of(0, 2)), Gradients.NONE)
                            .shape())
                    .isEqualTo(Shape.of(0, 3));
            assertThat(backend.layerNorm(none, Optional.empty(), Optional.empty(), 1e-5)
                            .value()
                            .shape())
                    .isEqualTo(Shape.of(0, 3));
            assertThat(backend.embed(weight, new int[0]).shape()).isEqualTo(Shape.of(0, 2));
            CrossEntropy loss = backend.crossEntropy(none, new int[0]);
            assertThat(loss.sum()).isZero();
            assertThat(loss.count()).isZero();
            assertThat(numbers(backend.rows(weight, new int[0]))).isEmpty();
        });
    }
}
