package io.reprise.model;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.Derivative;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.backend.Span;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The derivative of one block of one sequence between positions: from its input at {@code in} to its output at {@code out}, the
 * input at all other positions held fixed. Rows are [k·positions, d_model]. Only the positions that have a tangent or are asked
 * for are computed; attention alone sees the whole sequence.
 */
final class BlockDerivative implements Derivative {
    private final Backend backend;
    private final Span in;
    private final Span out;
    /** Positions that a row passes straight through. */
    private final Optional<Span> both;

    private final boolean parallel;
    /** From the block's input to q, k, v, at {@code in}. */
    private final Chain toHeads;

    private final Derivative heads;
    /** From z to attn_out, at {@code out}. */
    private final Applied fromHeads;
    /** From the MLP's input to mlp_out: at {@code out}, of a parallel block at {@code both}. */
    private final Optional<Chain> mlp;

    /** @param input hook_resid_pre [pos, d_model] */
    BlockDerivative(
            Backend backend, ModelConfig config, int layer, BlockWeights weights, Tensor input, Span in, Span out) {
        this.backend = backend;
        this.in = in;
        this.out = out;
        this.parallel = config.parallelAttnMlp();
        Span shared = new Span(
                Math.max(in.from(), out.from()),
                Math.max(Math.max(in.from(), out.from()), Math.min(in.to(), out.to())));
        this.both = shared.length() == 0 ? Optional.empty() : Optional.of(shared);
        int length = input.shape().rows();
        Maker make = new Maker(config, layer, weights);
        Attention attention = make.attention(input, length);
        this.toHeads = make.toHeads(at(input, in), in);
        this.heads = attention.between(in, out);
        this.fromHeads =
                make.linear(at(attention.value(), out), weights.outWeight(), weights.outBias(), Activation.NONE);
        if (config.attnOnly()) {
            this.mlp = Optional.empty();
        } else if (parallel) {
            this.mlp = both.map(span -> make.mlp(at(input, span)));
        } else {
            this.mlp = Optional.of(make.mlp(backend.add(at(input, out), fromHeads.value())));
        }
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        Tensor mid = fromHeads.pushforward(heads.pushforward(toHeads.pushforward(tangents)));
        if (both.isEmpty()) {
            return mlp.filter(chain -> !parallel)
                    .map(chain -> backend.add(mid, chain.pushforward(mid)))
                    .orElse(mid);
        }
        Tensor straight = pick(tangents, in, both.get());
        if (parallel) {
            Tensor through = mlp.map(chain -> backend.add(straight, chain.pushforward(straight)))
                    .orElse(straight);
            return addAt(mid, out, through, both.get());
        }
        Tensor post = addAt(mid, out, straight, both.get());
        return mlp.map(chain -> backend.add(post, chain.pushforward(post))).orElse(post);
    }

    @Override
    public Tensor pullback(Tensor cotangents) {
        Tensor mid = parallel
                ? cotangents
                : mlp.map(chain -> backend.add(cotangents, chain.pullback(cotangents, Gradients.NONE)))
                        .orElse(cotangents);
        Tensor pulled = toHeads.pullback(heads.pullback(fromHeads.pullback(mid, Gradients.NONE)), Gradients.NONE);
        if (both.isEmpty()) {
            return pulled;
        }
        Tensor straight = pick(mid, out, both.get());
        Tensor through = parallel && mlp.isPresent()
                ? backend.add(straight, mlp.get().pullback(straight, Gradients.NONE))
                : straight;
        return addAt(pulled, in, through, both.get());
    }

    /** Of rows [k·from, d] those at {@code span}. */
    private Tensor pick(Tensor rows, Span from, Span span) {
        return from.equals(span) ? rows : backend.rows(rows, places(rows.shape().rows() / from.length(), from, span));
    }

    /** target + rows, where rows [k·span, d] are those of {@code span} among target's [k·all, d]; target is used up. */
    private Tensor addAt(Tensor target, Span all, Tensor rows, Span span) {
        if (all.equals(span)) {
            return backend.add(target, rows);
        }
        backend.embedPullback(places(target.shape().rows() / all.length(), all, span), rows, target);
        return target;
    }

    private static int[] places(int copies, Span all, Span span) {
        return IntStream.range(0, copies * span.length())
                .map(i -> i / span.length() * all.length() + span.from() - all.from() + i % span.length())
                .toArray();
    }

    private Tensor at(Tensor x, Span span) {
        return span.length() == x.shape().rows()
                ? x
                : backend.rows(x, IntStream.range(span.from(), span.to()).toArray());
    }

    /** The block's parts at some rows of it. */
    private final class Maker {
        private final ModelConfig config;
        private final int layer;
        private final BlockWeights weights;

        Maker(ModelConfig config, int layer, BlockWeights weights) {
            this.config = config;
            this.layer = layer;
            this.weights = weights;
        }

        Attention attention(Tensor input, int length) {
            return backend.attention(toHeads(input, new Span(0, length)).value(), spec(length));
        }

        /** Norm, q | k | v, and rotation, of the rows at {@code span}. */
        Chain toHeads(Tensor x, Span span) {
            List<Applied> links = new ArrayList<>();
            Tensor normalized = norm(x, weights.ln1(), links);
            links.add(linear(normalized, weights.qkvWeight(), weights.qkvBias(), Activation.NONE));
            if (config.positions() == ModelConfig.Positions.ROTARY) {
                Tensor qkv = links.get(links.size() - 1).value();
                links.add(
                        backend.rotary(qkv, spec(span.length()), config.rotaryDim(), config.rotaryBase(), span.from()));
            }
            return new Chain(links);
        }

        Chain mlp(Tensor x) {
            BlockWeights.Mlp w = weights.mlp().orElseThrow();
            List<Applied> links = new ArrayList<>();
            Tensor normalized = norm(x, weights.ln2(), links);
            links.add(linear(normalized, w.inWeight(), Optional.of(w.inBias()), config.actFn()));
            links.add(linear(
                    links.get(links.size() - 1).value(), w.outWeight(), Optional.of(w.outBias()), Activation.NONE));
            return new Chain(links);
        }

        Applied linear(Tensor x, Tensor weight, Optional<Tensor> bias, Activation activation) {
            return backend.linear(x, weight, Layout.IN_OUT, bias, activation);
        }

        private Tensor norm(Tensor x, Optional<BlockWeights.Norm> norm, List<Applied> links) {
            if (norm.isEmpty()) {
                return x;
            }
            links.add(backend.layerNorm(
                    x, Optional.of(norm.get().gain()), Optional.of(norm.get().bias()), config.eps()));
            return links.get(0).value();
        }

        private AttentionSpec spec(int length) {
            return new AttentionSpec(
                    1,
                    length,
                    config.nHeads(),
                    config.dHead(),
                    config.attnScales().get(layer),
                    config.attnWindows().get(layer));
        }
    }
}
