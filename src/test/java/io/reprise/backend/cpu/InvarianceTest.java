package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row's bits depend neither on the other rows nor on threads. */
class InvarianceTest {
    private static final int[][] RANGES = {{0, 1}, {0, 5}, {3, 4}, {1, 8}, {7, 13}, {12, 29}, {28, 29}};

    /** Applies {@code block} to all rows and to ranges of them, forwards and backwards. */
    private static void assertRowsDoNotMeet(int rows, int in, Function<Tensor, Applied> block, CpuBackend backend) {
        float[] x = Numbers.floats(1, rows * in);
        Applied whole = block.apply(backend.upload(Shape.of(rows, in), x));
        int out = whole.value().shape().columns();
        float[] u = Numbers.floats(2, rows * out);
        float[] value = backend.download(whole.value());
        float[] pushed = backend.download(whole.pushforward(backend.upload(Shape.of(rows, in), x)));
        float[] pulled = backend.download(whole.pullback(backend.upload(Shape.of(rows, out), u), Gradients.NONE));
        for (int[] range : RANGES) {
            int n = range[1] - range[0];
            Tensor part = backend.upload(Shape.of(n, in), Arrays.copyOfRange(x, range[0] * in, range[1] * in));
            Tensor cotangent = backend.upload(Shape.of(n, out), Arrays.copyOfRange(u, range[0] * out, range[1] * out));
            Applied alone = block.apply(part);
            assertThat(backend.download(alone.value()))
                    .isEqualTo(Arrays.copyOfRange(value, range[0] * out, range[1] * out));
            assertThat(backend.download(alone.pushforward(part)))
                    .isEqualTo(Arrays.copyOfRange(pushed, range[0] * out, range[1] * out));
            assertThat(backend.download(alone.pullback(cotangent, Gradients.NONE)))
                    .isEqualTo(Arrays.copyOfRange(pulled, range[0] * in, range[1] * in));
        }
    }

    @ParameterizedTest
    @CsvSource({"64,192,IN_OUT,NONE", "33,65,OUT_IN,GELU", "300,31,IN_OUT,GELU_NEW", "7,9,OUT_IN,RELU"})
    void anyRangeOfRowsOfALinearMapHasItsBits(int in, int out, Layout layout, Activation activation) {
        try (CpuBackend backend = new CpuBackend(1)) {
            Shape shape = layout == Layout.IN_OUT ? Shape.of(in, out) : Shape.of(out, in);
            Tensor weight = backend.upload(shape, Numbers.floats(3, in * out));
            Optional<Tensor> bias = Optional.of(backend.upload(Shape.of(out), Numbers.floats(4, out)));
            assertRowsDoNotMeet(29, in, x -> backend.linear(x, weight, layout, bias, activation), backend);
        }
    }

    @ParameterizedTest
    @CsvSource({"5", "16", "33"})
    void anyRangeOfRowsOfANormOrActivationHasItsBits(int d) {
        try (CpuBackend backend = new CpuBackend(1)) {
            Optional<Tensor> gain = Optional.of(backend.upload(Shape.of(d), Numbers.floats(3, d)));
            assertRowsDoNotMeet(29, d, x -> backend.layerNorm(x, gain, Optional.empty(), 1e-5), backend);
            for (Activation activation : Activation.values()) {
                assertRowsDoNotMeet(29, d, x -> backend.activation(x, activation), backend);
            }
        }
    }

    /** Causality, bit for bit: a prompt's rows are those of every longer prompt that begins with it. */
    @ParameterizedTest
    @CsvSource({"29,0", "29,4", "300,0", "600,300"})
    void attentionToAPrefixHasTheBitsOfTheWhole(int length, int window) {
        try (CpuBackend backend = new CpuBackend(1)) {
            int heads = 2;
            int dHead = 8;
            int row = 3 * heads * dHead;
            float[] x = Numbers.floats(1, length * row);
            float[] whole = backend.download(backend.attention(
                            backend.upload(Shape.of(length, row), x),
                            new AttentionSpec(1, length, heads, dHead, 0.3, window))
                    .value());
            for (int prefix : new int[] {1, 2, 8, 17, length / 2, length - 1}) {
                AttentionSpec spec = new AttentionSpec(1, prefix, heads, dHead, 0.3, window);
                Tensor part = backend.upload(Shape.of(prefix, row), Arrays.copyOf(x, prefix * row));
                assertThat(backend.download(backend.attention(part, spec).value()))
                        .isEqualTo(Arrays.copyOf(whole, prefix * heads * dHead));
            }
        }
    }

    @Test
    void sequencesOfABatchDoNotMeet() {
        try (CpuBackend backend = new CpuBackend(1)) {
            AttentionSpec two = new AttentionSpec(2, 11, 3, 5, 0.3, 0);
            AttentionSpec one = new AttentionSpec(1, 11, 3, 5, 0.3, 0);
            float[] x = Numbers.floats(1, two.rows() * 45);
            float[] both = backend.download(
                    backend.attention(backend.upload(Shape.of(22, 45), x), two).value());
            Tensor second = backend.upload(Shape.of(11, 45), Arrays.copyOfRange(x, 11 * 45, 22 * 45));
            assertThat(backend.download(backend.attention(second, one).value()))
                    .isEqualTo(Arrays.copyOfRange(both, 11 * 15, 22 * 15));
        }
    }

    /** Shapes above the limit from which a call is split over threads by itself. */
    @Test
    void threadsDoNotChangeBits() {
        List<List<float[]>> results = new ArrayList<>();
        for (int threads : new int[] {1, 2, 3, 4}) {
            try (CpuBackend backend = new CpuBackend(threads)) {
                results.add(large(backend));
            }
        }
        for (List<float[]> other : results.subList(1, results.size())) {
            for (int i = 0; i < other.size(); i++) {
                assertThat(other.get(i))
                        .as("result %d", i)
                        .isEqualTo(results.get(0).get(i));
            }
        }
    }

    private static List<float[]> large(CpuBackend backend) {
        int rows = 258;
        int d = 96;
        Tensor x = backend.upload(Shape.of(rows, d), Numbers.floats(1, rows * d));
        Tensor weight = backend.upload(Shape.of(d, 3 * d), Numbers.floats(2, 3 * d * d));
        Tensor bias = backend.upload(Shape.of(3 * d), Numbers.floats(3, 3 * d));
        Tensor unembed = backend.upload(Shape.of(700, d), Numbers.floats(4, 700 * d));
        Tensor weightGradient = backend.zeros(weight.shape());
        Tensor biasGradient = backend.zeros(bias.shape());
        Map<Tensor, Tensor> gradients = Map.of(weight, weightGradient, bias, biasGradient);

        Applied norm = backend.layerNorm(x, Optional.empty(), Optional.empty(), 1e-5);
        Applied qkv = backend.linear(norm.value(), weight, Layout.IN_OUT, Optional.of(bias), Activation.GELU_NEW);
        AttentionSpec spec = new AttentionSpec(1, rows, 3, 32, 0.2, 0);
        Applied attention = backend.attention(qkv.value(), spec);
        Applied logits = backend.linear(
                backend.add(attention.value(), x), unembed, Layout.OUT_IN, Optional.empty(), Activation.NONE);
        int[] targets = new int[rows];
        Arrays.setAll(targets, i -> i * 7 % 700);
        Tensor u = backend.crossEntropy(logits.value(), targets).pullback(1.0 / rows);
        Tensor z = logits.pullback(u, Gradients.NONE);
        Tensor pulled = norm.pullback(
                qkv.pullback(attention.pullback(z, Gradients.NONE), w -> Optional.ofNullable(gradients.get(w))),
                Gradients.NONE);
        Tensor product = backend.matmul(x, weight);
        return java.util.stream.Stream.of(
                        norm.value(),
                        qkv.value(),
                        attention.value(),
                        logits.value(),
                        u,
                        z,
                        pulled,
                        product,
                        weightGradient,
                        biasGradient,
                        attention.pushforward(qkv.value()))
                .map(backend::download)
                .toList();
    }
}
