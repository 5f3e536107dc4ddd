package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Layout;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Small operations by hand, and what is said about wrong arguments. */
class ArgumentsTest {
    private final CpuBackend backend = new CpuBackend(1);

    private Tensor matrix(int rows, int columns, float... values) {
        return backend.upload(Shape.of(rows, columns), values);
    }

    @Test
    void addRepeatsFewerRowsAndAddFoldedIsItsPullback() {
        Tensor a = matrix(4, 2, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(backend.download(backend.add(a, matrix(1, 2, 10, 20))))
                .containsExactly(11, 22, 13, 24, 15, 26, 17, 28);
        assertThat(backend.download(backend.add(a, matrix(2, 2, 10, 20, 30, 40))))
                .containsExactly(11, 22, 33, 44, 15, 26, 37, 48);
        Tensor sum = matrix(2, 2, 100, 100, 100, 100);
        backend.addFolded(sum, a);
        assertThat(backend.download(sum)).containsExactly(106, 108, 110, 112);
    }

    @Test
    void rowsAndColumnsAreCopied() {
        Tensor x = matrix(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(backend.download(backend.columns(x, 1, 3))).containsExactly(2, 3, 5, 6, 8, 9);
        assertThat(backend.download(backend.rows(x, new int[] {2, 0, 2}))).containsExactly(7, 8, 9, 1, 2, 3, 7, 8, 9);
        assertThat(backend.download(backend.embed(x, new int[] {1}))).containsExactly(4, 5, 6);
    }

    @Test
    void embedPullbackAddsEveryOccurrence() {
        Tensor gradient = matrix(3, 2, 1, 1, 1, 1, 1, 1);
        backend.embedPullback(new int[] {2, 0, 2}, matrix(3, 2, 1, 2, 3, 4, 5, 6), gradient);
        assertThat(backend.download(gradient)).containsExactly(4, 5, 1, 1, 7, 9);
    }

    @Test
    void sumsAreInOrder() {
        Tensor target = matrix(1, 2, 0, 0);
        // (1e8 + 1) - 1e8 is 0 in float32, (1e8 - 1e8) + 1 would be 1
        backend.sum(target, List.of(matrix(1, 2, 1e8f, 1), matrix(1, 2, 1, 2), matrix(1, 2, -1e8f, 3)));
        assertThat(backend.download(target)).containsExactly(0, 6);
        backend.sum(target, List.of(matrix(1, 2, 5, 6)));
        assertThat(backend.download(target)).containsExactly(5, 6);
        backend.sum(target, List.of());
        assertThat(backend.download(target)).containsExactly(0, 0);
        assertThat(backend.sumOfSquares(matrix(1, 5, 1, 2, 3, 4, 5))).isEqualTo(55);
    }

    @Test
    void writeClearAndDownloadDoNotShareArrays() {
        float[] values = {1, 2};
        Tensor x = matrix(1, 2, values);
        values[0] = 9;
        backend.download(x)[1] = 9;
        assertThat(backend.download(x)).containsExactly(1, 2);
        backend.write(x, new float[] {3, 4});
        assertThat(backend.downloadDoubles(x)).containsExactly(3, 4);
        backend.clear(x);
        assertThat(backend.download(x)).containsExactly(0, 0);
    }

    private static void assertRefused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
    }

    @Test
    void wrongShapesAreNamed() {
        Tensor x = matrix(2, 3, new float[6]);
        Tensor weight = matrix(4, 5, new float[20]);
        assertRefused(
                () -> backend.linear(x, weight, Layout.IN_OUT, Optional.empty(), Activation.NONE),
                "x is [2, 3], expected [rows, 4]",
                "[4, 5]");
        Tensor square = matrix(3, 3, new float[9]);
        assertRefused(
                () -> backend.linear(x, square, Layout.OUT_IN, Optional.of(weight), Activation.NONE),
                "bias is [4, 5], expected [3]");
        assertRefused(() -> backend.layerNorm(x, Optional.of(weight), Optional.empty(), 1), "gain is [4, 5]");
        assertRefused(() -> backend.matmul(x, weight), "b is [4, 5], expected [3, n]");
        assertRefused(() -> backend.add(x, weight), "b is [4, 5]", "a [2, 3]");
        assertRefused(() -> backend.attention(x, new AttentionSpec(1, 2, 1, 2, 1, 0)), "qkv is [2, 3]");
        assertRefused(() -> backend.attention(x, new AttentionSpec(1, 3, 1, 1, 1, 0)), "qkv is [2, 3]", "3 rows");
        assertRefused(() -> backend.rotary(x, new AttentionSpec(1, 2, 1, 1, 1, 0), 3, 1e4, 0), "rotary_dim = 3");
        assertRefused(() -> backend.crossEntropy(x, new int[] {0}), "targets has 1");
        assertRefused(() -> backend.crossEntropy(x, new int[] {0, 3}), "target 3");
        assertRefused(() -> backend.embed(x, new int[] {2}), "row 2 of table [2, 3]");
        assertRefused(() -> backend.columns(x, 2, 4), "columns 2 to 4");
        assertRefused(() -> backend.upload(Shape.of(2), new float[3]), "3 values");
        assertRefused(() -> backend.sum(x, List.of(weight)), "parts[0] is [4, 5], expected [2, 3]");
        assertRefused(() -> new CpuBackend(0), "threads = 0");
    }

    @Test
    void derivativesCheckTheirCopies() {
        Tensor x = matrix(2, 3, new float[6]);
        Tensor weight = matrix(3, 1, new float[3]);
        Applied block = backend.linear(x, weight, Layout.IN_OUT, Optional.empty(), Activation.NONE);
        assertRefused(() -> block.pushforward(matrix(3, 3, new float[9])), "tangents is [3, 3]", "k·2");
        assertRefused(() -> block.pullback(matrix(2, 3, new float[6]), w -> Optional.empty()), "cotangents is [2, 3]");
        Tensor gradient = matrix(3, 1, new float[3]);
        assertRefused(() -> block.pullback(matrix(4, 1, new float[4]), w -> Optional.of(gradient)), "expected 2 rows");
    }

    @Test
    void theBackendSaysWhatItRunsOn() {
        assertThat(backend.name()).isEqualTo("cpu");
        assertThat(backend.description()).startsWith("cpu, 1 thread, ");
        assertThat(Kernels.plain("because").description()).isEqualTo("plain Java: because");
    }
}
