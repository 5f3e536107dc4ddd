package io.reprise.model;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Derivative;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.backend.Span;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/**
 * A transformer one part at a time, on a residual stream [batch·length, d_model] that the caller holds. Each part gives the very
 * bits that the whole forward pass computes there. Results are in the caller's scope; workings are given back at once.
 */
public final class StreamParts {
    private final Transformer model;

    public StreamParts(Transformer model) {
        this.model = model;
    }

    /** The stream that block 0 reads. */
    public Tensor embed(Tokens tokens) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(model.embed(tokens, Pass.PLAIN));
        }
    }

    /** x + attn(ln1(x)). */
    public Tensor attention(int layer, Tensor x, int batch, int length) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(forward(layer, batch, length).afterAttention(x));
        }
    }

    /**
     * mid + mlp(ln2(input)); a copy of {@code mid} in attention-only models. Row by row: any rows will do.
     *
     * @param input what the MLP reads: {@code mid} in a sequential block, the block's input in a parallel one
     */
    public Tensor mlp(int layer, Tensor input, Tensor mid) {
        int rows = mid.shape().rows();
        try (Scope scope = model.backend().scope()) {
            Tensor after = forward(layer, 1, rows).afterMlp(input, mid);
            return after == mid ? model.backend().rows(mid, all(rows)) : scope.keep(after);
        }
    }

    /** q, k and v before any rotation: [batch·length, 3·heads·d_head]. Row by row: any rows will do. */
    public Tensor qkv(int layer, Tensor x) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(forward(layer, 1, x.shape().rows()).qkv(x));
        }
    }

    /** {@link #qkv(int, Tensor)} of some heads only, in this order; the others cost nothing. */
    public Tensor qkv(int layer, Tensor x, int[] heads) {
        try (Scope scope = model.backend().scope()) {
            BlockWeights some = model.weights().block(layer).withHeads(model.backend(), model.config(), heads);
            return scope.keep(forward(layer, some, 1, x.shape().rows()).qkv(x));
        }
    }

    /** What the heads in {@code qkv} mix, before W_O: [batch·length, heads·d_head]. Not all of the block's heads need be there. */
    public Tensor z(int layer, Tensor qkv, int batch, int length) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(forward(layer, batch, length).z(qkv));
        }
    }

    /** What attention adds to the stream, z·W_O + b. Row by row. */
    public Tensor attnOut(int layer, Tensor z) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(forward(layer, 1, z.shape().rows()).attnOut(z));
        }
    }

    /** The MLP's neurons after the non-linearity, of what the MLP reads: [rows, d_mlp]. Row by row. */
    public Tensor mlpPost(int layer, Tensor input) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(forward(layer, 1, input.shape().rows()).mlpPost(input));
        }
    }

    /** What the MLP adds to the stream. Row by row. */
    public Tensor mlpOut(int layer, Tensor post) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(forward(layer, 1, post.shape().rows()).mlpOut(post));
        }
    }

    /** The whole block. */
    public Tensor block(int layer, Tensor x, int batch, int length) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(
                    forward(layer, batch, length).apply(x).orElseThrow().value());
        }
    }

    /**
     * The derivative of a block of one sequence, from its input at some positions to its output at others, the rest of its input
     * held fixed. In the caller's scope; valid as long as the block's weights are.
     *
     * @param x the block's input [pos, d_model]
     * @param in positions that move
     * @param out positions that are asked for
     */
    public Derivative derivative(int layer, Tensor x, Span in, Span out) {
        return new BlockDerivative(
                model.backend(), model.config(), layer, model.weights().block(layer), x, in, out);
    }

    /** The derivative of the whole block at every position, in the caller's scope. */
    public Applied applied(int layer, Tensor x, int batch, int length) {
        return forward(layer, batch, length).apply(x).orElseThrow();
    }

    /** The final norm of any rows, in the caller's scope; empty if the model has none. */
    public Optional<Applied> finalNorm(Tensor x) {
        return model.weights().lnFinal().map(norm -> model.backend()
                .layerNorm(
                        x,
                        Optional.of(norm.gain()),
                        Optional.of(norm.bias()),
                        model.config().eps()));
    }

    /** Final norm and unembedding of any rows: [rows, d_vocab]. */
    public Tensor logits(Tensor x) {
        try (Scope scope = model.backend().scope()) {
            return scope.keep(model.head(x, Pass.PLAIN, 1).value());
        }
    }

    /** {@link #logits(Tensor)} of some tokens only: [rows, tokens.length]. */
    public Tensor logits(Tensor x, int[] tokens) {
        try (Scope scope = model.backend().scope()) {
            Tensor normalized = finalNorm(x).map(Applied::value).orElse(x);
            Tensor rows = model.weights().unembedRows(tokens);
            return scope.keep(model.backend()
                    .linear(normalized, rows, Layout.OUT_IN, Optional.empty(), Activation.NONE)
                    .value());
        }
    }

    private BlockForward forward(int layer, int batch, int length) {
        return forward(layer, model.weights().block(layer), batch, length);
    }

    private BlockForward forward(int layer, BlockWeights weights, int batch, int length) {
        return new BlockForward(model.backend(), model.config(), layer, weights, batch, length, Pass.PLAIN);
    }

    private static int[] all(int rows) {
        return java.util.stream.IntStream.range(0, rows).toArray();
    }
}
