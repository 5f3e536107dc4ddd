package io.reprise.backend;

import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The arithmetic of a transformer, one method per building block. Each block's result carries its pushforward and pullback
 * ({@link Applied}); training, attribution, relation operators and fine-tuning stand on these three, so there is no tape.
 *
 * <p>Activations are matrices [rows, features], rows = batch·position with the position fastest. Blocks never modify their
 * inputs. A tensor argument of the wrong shape, or one that was closed, is an {@link IllegalArgumentException} that names it.
 */
public interface Backend extends AutoCloseable {
    /** As in YAML: cpu, nd4j. */
    String name();

    /** One line for people: kernel provider, device, threads. */
    String description();

    DType dtype();

    // memory

    /** Copies host numbers in; values.length must be shape.size(). */
    Tensor upload(Shape shape, float[] values);

    /** Copies host numbers in, rounding to {@link #dtype()}. */
    Tensor upload(Shape shape, double[] values);

    /**
     * A tensor whose numbers {@code fill} writes, row-major, into an array of {@code shape.size()} with unspecified contents.
     * Where the backend keeps float32 on the host that array is the tensor: large weights need no second copy of themselves.
     */
    default Tensor upload(Shape shape, Consumer<float[]> fill) {
        float[] values = new float[shape.size()];
        fill.accept(values);
        return upload(shape, values);
    }

    Tensor zeros(Shape shape);

    float[] download(Tensor tensor);

    double[] downloadDoubles(Tensor tensor);

    /** Overwrites {@code target} with {@code values}, same size. */
    void write(Tensor target, float[] values);

    /** Sets every element to zero. */
    void clear(Tensor target);

    /** Opens a scope on the current thread. */
    Scope scope();

    /** Runs {@code make} as if no scope were open: the tensors made in it live until they are closed. */
    <T> T outsideScopes(Supplier<T> make);

    // parallelism

    /**
     * Runs {@code task} for 0..tasks-1, on as many threads as the backend has; returns when all are done. Blocks called inside
     * a task run on that task's thread alone. The result must not depend on which thread runs which task.
     */
    void parallel(int tasks, IntConsumer task);

    /**
     * Gets ready in the background while something else is going on, such as weights being read: the first pass is then about as
     * fast as later ones. Changes no result.
     */
    default void warmUp() {}

    /** {@link #warmUp} for derivatives. */
    default void warmUpDerivatives() {}

    // blocks

    /** Rows {@code ids} of {@code table} [d_vocab, d] → [ids.length, d]. */
    Tensor embed(Tensor table, int[] ids);

    /** Adds each row of {@code cotangent} [ids.length, d] to row ids[i] of {@code tableGradient}, in row order. */
    void embedPullback(int[] ids, Tensor cotangent, Tensor tableGradient);

    /** f(x·W + b), x [rows, in]. Weights known to a pullback's gradients: {@code weight}, {@code bias}. */
    Applied linear(Tensor x, Tensor weight, Layout layout, Optional<Tensor> bias, Activation activation);

    /** (x - mean)/√(var + ε)·gain + bias over the last axis; variance with 1/n, two passes. Without gain and bias: LNPre. */
    Applied layerNorm(Tensor x, Optional<Tensor> gain, Optional<Tensor> bias, double epsilon);

    Applied activation(Tensor x, Activation activation);

    /**
     * Rotates the first {@code rotaryDim} features of each head's q and k in packed rows [rows, 3·width] by
     * position·base^(-2i/rotaryDim); halves are paired as in GPT-NeoX (i with i + rotaryDim/2). Su et al. 2021.
     *
     * @param firstPosition the position of each sequence's first row
     */
    Applied rotary(Tensor qkv, AttentionSpec spec, int rotaryDim, double base, int firstPosition);

    /** Softmax attention with causal mask over packed q, k, v [rows, 3·width]. */
    Attention attention(Tensor qkv, AttentionSpec spec);

    /** a + b; b may have one row (added to each row of a), or fewer rows that divide a's (repeated, as positions over a batch). */
    Tensor add(Tensor a, Tensor b);

    /** Adds to {@code target} [r, d] the rows of {@code x} [k·r, d], folded: the pullback of {@link #add}'s repeated operand. */
    void addFolded(Tensor target, Tensor x);

    /** a·b with a [m, k] and b [k, n]. */
    Tensor matmul(Tensor a, Tensor b);

    /** @param targets one class per row of {@code logits} [rows, d_vocab], or -1 for none */
    CrossEntropy crossEntropy(Tensor logits, int[] targets);

    /** Columns from (inclusive) to to (exclusive) of x [rows, d], copied. */
    Tensor columns(Tensor x, int from, int to);

    /** Matrices of as many rows each, side by side. */
    Tensor joinColumns(List<Tensor> parts);

    /** The given rows of x [rows, d], copied in that order. */
    Tensor rows(Tensor x, int[] rows);

    // stacks: k matrices of one size below each other, [k·rows, d]

    /**
     * Adds to each matrix of {@code target} [m·rows, d] a weighted sum of those of {@code stack} [k·rows, d].
     *
     * @param weights [m, k]
     */
    default void addMixed(Tensor target, Tensor weights, Tensor stack) {
        new ComposedStacks(this).addMixed(target, weights, stack);
    }

    /**
     * The sum over rows and columns of the products of each matrix of {@code a}, one stack [k·rows, d] after another, with each of
     * {@code b}, stacks [n·rows, d]: the pullback of {@link #addMixed} into its weights.
     *
     * @return [Σk, Σn]
     */
    default Tensor dots(List<Tensor> a, List<Tensor> b, int rows) {
        return new ComposedStacks(this).dots(a, b, rows);
    }

    /**
     * A linear map whose inputs fall into blocks, with each block's part of the output on its own: x [rows, blocks·w] →
     * [blocks·rows, out], whose sum over blocks would be the map's output.
     */
    default Tensor linearByBlock(Tensor x, Tensor weight, Layout layout, int blocks) {
        return new ComposedStacks(this).linearByBlock(x, weight, layout, blocks);
    }

    // optimisation

    /** target = parts[0] + parts[1] + …, added in that order for every element. */
    void sum(Tensor target, List<Tensor> parts);

    /** Σ x², in float64 and in an order that depends on the shape alone. */
    double sumOfSquares(Tensor x);

    /** In place: weight, firstMoment and secondMoment; the gradient is only read. */
    void adamStep(Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamSettings settings);

    @Override
    void close();
}
