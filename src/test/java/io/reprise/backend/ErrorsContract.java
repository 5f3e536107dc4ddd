package io.reprise.backend;

import static io.reprise.backend.Contract.assertRefuses;

import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Wrong shapes, indices and closed tensors are refused with the argument's name. */
interface ErrorsContract extends Contract {
    @Test
    default void wrongShapesNameTheArgument() {
        scoped(backend -> {
            Tensor x = backend.zeros(Shape.of(4, 6));
            Tensor square = backend.zeros(Shape.of(6, 6));
            Tensor odd = backend.zeros(Shape.of(5, 7));
            Tensor vector = backend.zeros(Shape.of(7));
            Optional<Tensor> none = Optional.empty();
            AttentionSpec spec = new AttentionSpec(2, 2, 1, 2, 1, 0);

            assertRefuses("x is [4, 6]", () -> backend.linear(x, odd, Layout.IN_OUT, none, Activation.NONE));
            assertRefuses("weight", () -> backend.linear(x, vector, Layout.IN_OUT, none, Activation.NONE));
            assertRefuses(
                    "bias is [7]",
                    () -> backend.linear(x, square, Layout.OUT_IN, Optional.of(vector), Activation.NONE));
            assertRefuses("gain is [7]", () -> backend.layerNorm(x, Optional.of(vector), none, 1e-5));
            assertRefuses("bias is [7]", () -> backend.layerNorm(x, none, Optional.of(vector), 1e-5));
            assertRefuses("qkv is [5, 7]", () -> backend.attention(odd, spec));
            assertRefuses("qkv is [5, 7]", () -> backend.rotary(odd, spec, 2, 10000, 0));
            assertRefuses("rotary_dim = ", () -> backend.rotary(x, spec, 4, 10000, 0));
            assertRefuses("rotary_dim = ", () -> backend.rotary(x, spec, 1, 10000, 0));
            assertRefuses("b is [5, 7]", () -> backend.add(x, odd));
            assertRefuses("b is [3, 6]", () -> backend.add(x, backend.zeros(Shape.of(3, 6))));
            assertRefuses("target is [5, 7]", () -> backend.addFolded(odd, x));
            assertRefuses("b is [5, 7]", () -> backend.matmul(x, odd));
            assertRefuses("targets", () -> backend.crossEntropy(x, new int[3]));
            assertRefuses("logits [4, 6]", () -> backend.crossEntropy(x, new int[] {0, 1, 2, 6}));
            assertRefuses("logits [4, 6]", () -> backend.crossEntropy(x, new int[] {0, 1, 2, -2}));
            assertRefuses("x [4, 6]", () -> backend.columns(x, 2, 7));
            assertRefuses("x [4, 6]", () -> backend.rows(x, new int[] {4}));
            assertRefuses("table [4, 6]", () -> backend.embed(x, new int[] {0, 4}));
            assertRefuses("table [4, 6]", () -> backend.embed(x, new int[] {-1}));
            assertRefuses("cotangent is [5, 7]", () -> backend.embedPullback(new int[] {0}, odd, x));
            assertRefuses("tableGradient [4, 6]", () -> backend.embedPullback(new int[] {9, 0, 0, 0}, x, x));
            assertRefuses("[5, 7]", () -> backend.sum(x, List.of(x, odd)));
            AdamSettings settings = new AdamSettings(1e-3, 0.9, 0.999, 1e-8, 0, false, 1, 1);
            assertRefuses("gradient is [5, 7]", () -> backend.adamStep(x, odd, x, x, settings));
            assertRefuses("firstMoment is [5, 7]", () -> backend.adamStep(x, x, odd, x, settings));
            assertRefuses("secondMoment is [5, 7]", () -> backend.adamStep(x, x, x, odd, settings));
        });
    }

    @Test
    default void wrongTangentsAndCotangentsAreNamed() {
        scoped(backend -> {
            Tensor x = backend.zeros(Shape.of(4, 6));
            Tensor weight = backend.zeros(Shape.of(6, 3));
            Tensor odd = backend.zeros(Shape.of(5, 6));
            AttentionSpec spec = new AttentionSpec(2, 2, 1, 2, 1, 0);
            Applied linear = backend.linear(x, weight, Layout.IN_OUT, Optional.empty(), Activation.GELU);
            List<Applied> all = List.of(
                    linear,
                    backend.layerNorm(x, Optional.empty(), Optional.empty(), 1e-5),
                    backend.activation(x, Activation.RELU),
                    backend.rotary(x, spec, 2, 10000, 0),
                    backend.attention(x, spec));
            for (Applied applied : all) {
                assertRefuses("tangents is [5, 6]", () -> applied.pushforward(odd));
                assertRefuses("cotangents is [5, 6]", () -> applied.pullback(odd, Gradients.NONE));
            }
            assertRefuses("tangents is [5, 6]", () -> backend.crossEntropy(x, new int[4])
                    .pushforward(odd));
            Tensor twoCopies = backend.zeros(Shape.of(8, 3));
            Tensor accumulator = backend.zeros(Shape.of(6, 3));
            assertRefuses("cotangents", () -> linear.pullback(twoCopies, w -> Optional.of(accumulator)));
        });
    }

    @Test
    default void closedTensorsNameTheArgument() {
        scoped(backend -> {
            Tensor x = backend.zeros(Shape.of(4, 6));
            Tensor weight = backend.zeros(Shape.of(6, 3));
            Tensor gone = backend.zeros(Shape.of(4, 6));
            gone.close();
            AttentionSpec spec = new AttentionSpec(2, 2, 1, 2, 1, 0);
            Optional<Tensor> none = Optional.empty();
            assertRefuses("x ", () -> backend.linear(gone, weight, Layout.IN_OUT, none, Activation.NONE));
            assertRefuses("weight ", () -> backend.linear(x, gone, Layout.OUT_IN, none, Activation.NONE));
            assertRefuses("x ", () -> backend.layerNorm(gone, none, none, 1e-5));
            assertRefuses("x ", () -> backend.activation(gone, Activation.RELU));
            assertRefuses("qkv ", () -> backend.attention(gone, spec));
            assertRefuses("qkv ", () -> backend.rotary(gone, spec, 2, 10000, 0));
            assertRefuses("a ", () -> backend.add(gone, x));
            assertRefuses("b ", () -> backend.add(x, gone));
            assertRefuses("target ", () -> backend.addFolded(gone, x));
            assertRefuses("b ", () -> backend.matmul(x, gone));
            assertRefuses("logits ", () -> backend.crossEntropy(gone, new int[4]));
            assertRefuses("table ", () -> backend.embed(gone, new int[] {0}));
            assertRefuses("tableGradient ", () -> backend.embedPullback(new int[4], x, gone));
            assertRefuses("x ", () -> backend.columns(gone, 0, 1));
            assertRefuses("x ", () -> backend.rows(gone, new int[] {0}));
            assertRefuses("x ", () -> backend.sumOfSquares(gone));
            assertRefuses("target ", () -> backend.clear(gone));
            assertRefuses("target ", () -> backend.write(gone, new float[24]));
            Applied applied = backend.activation(x, Activation.GELU);
            assertRefuses("tangents ", () -> applied.pushforward(gone));
            assertRefuses("cotangents ", () -> applied.pullback(gone, Gradients.NONE));
        });
    }
}
