package io.reprise.model;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.Layout;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One block's forward pass. A captured or edited site changes only what follows it. */
final class BlockForward {
    private final Backend backend;
    private final ModelConfig config;
    private final int layer;
    private final BlockWeights weights;
    private final int batch;
    private final int length;
    private final Pass pass;

    BlockForward(
            Backend backend, ModelConfig config, int layer, BlockWeights weights, int batch, int length, Pass pass) {
        this.backend = backend;
        this.config = config;
        this.layer = layer;
        this.weights = weights;
        this.batch = batch;
        this.length = length;
        this.pass = pass;
    }

    /**
     * @param input hook_resid_pre [rows, d_model]
     * @return empty if the pass ended within the block
     */
    Optional<AppliedBlock> apply(Tensor input) {
        Tensor x = at(Kind.RESID_PRE, input);
        Optional<Edited> attention = attention(x);
        if (attention.isEmpty() || ended(Kind.ATTN_OUT)) {
            return Optional.empty();
        }
        Chain chain = attention.get().chain;
        Tensor mid = backend.add(x, attention.get().value);
        if (config.attnOnly()) {
            return Optional.of(new AppliedBlock(backend, chain, Optional.empty(), false, at(Kind.RESID_POST, mid)));
        }
        boolean parallel = config.parallelAttnMlp();
        Tensor mlpInput = parallel ? x : at(Kind.RESID_MID, mid);
        return mlp(mlpInput).map(mlp -> {
            Tensor post = backend.add(parallel ? mid : mlpInput, mlp.value);
            return new AppliedBlock(backend, chain, Optional.of(mlp.chain), parallel, at(Kind.RESID_POST, post));
        });
    }

    /** The stream after attention: x + attn(ln1(x)). */
    Tensor afterAttention(Tensor x) {
        return backend.add(x, attention(x).orElseThrow().value);
    }

    /** The stream after the MLP: mid + mlp(ln2(input)); {@code mid} itself in attention-only models. */
    Tensor afterMlp(Tensor input, Tensor mid) {
        return config.attnOnly() ? mid : backend.add(mid, mlp(input).orElseThrow().value);
    }

    /** A chain and its value after the edits at its end. */
    private record Edited(Chain chain, Tensor value) {}

    private Optional<Edited> attention(Tensor x) {
        List<Applied> links = new ArrayList<>();
        Tensor normalized = norm(x, weights.ln1(), Kind.LN1, links);
        if (ended(Kind.LN1)) {
            return Optional.empty();
        }
        Tensor packed = pass.atPacked(
                site(Kind.Q),
                site(Kind.K),
                Optional.of(site(Kind.V)),
                at(Kind.QKV, packed(normalized, links)),
                backend,
                config,
                batch);
        if (config.positions() == ModelConfig.Positions.ROTARY && !ended(Kind.V)) {
            packed = pass.atPacked(
                    site(Kind.ROT_Q),
                    site(Kind.ROT_K),
                    Optional.empty(),
                    rotated(packed, links),
                    backend,
                    config,
                    batch);
        }
        if (ended(Kind.ROT_K)) {
            return Optional.empty();
        }
        Attention mixed = mixed(packed, links);
        pass.atAttention(layer, mixed, backend, config, batch, length);
        Tensor z = at(Kind.Z, mixed.value());
        pass.read(site(Kind.RESULT), backend, config, batch, length, () -> results(z));
        if (ended(Kind.RESULT)) {
            return Optional.empty();
        }
        Tensor out = written(z, links);
        return Optional.of(new Edited(new Chain(links), at(Kind.ATTN_OUT, out)));
    }

    private Optional<Edited> mlp(Tensor x) {
        if (ended(Kind.RESID_MID)) {
            return Optional.empty();
        }
        List<Applied> links = new ArrayList<>();
        Tensor normalized = norm(x, weights.ln2(), Kind.LN2, links);
        if (ended(Kind.LN2)) {
            return Optional.empty();
        }
        Tensor post = at(Kind.MLP_POST, activated(normalized, links));
        if (ended(Kind.MLP_POST)) {
            return Optional.empty();
        }
        Tensor out = down(post, links);
        return Optional.of(new Edited(new Chain(links), at(Kind.MLP_OUT, out)));
    }

    // the parts on their own, of any of the block's heads: as many as the packed rows are wide

    /** q, k and v of the stream: [rows, 3·width], before any rotation. */
    Tensor qkv(Tensor x) {
        List<Applied> links = new ArrayList<>();
        return packed(norm(x, weights.ln1(), Kind.LN1, links), links);
    }

    /** What the heads make of q, k and v. */
    Tensor z(Tensor qkv) {
        List<Applied> links = new ArrayList<>();
        boolean rotary = config.positions() == ModelConfig.Positions.ROTARY;
        return mixed(rotary ? rotated(qkv, links) : qkv, links).value();
    }

    /** What attention adds to the stream. */
    Tensor attnOut(Tensor z) {
        return written(z, new ArrayList<>());
    }

    /** The neurons of the MLP. */
    Tensor mlpPost(Tensor x) {
        List<Applied> links = new ArrayList<>();
        return activated(norm(x, weights.ln2(), Kind.LN2, links), links);
    }

    /** What the MLP adds to the stream. */
    Tensor mlpOut(Tensor post) {
        return down(post, new ArrayList<>());
    }

    private Tensor packed(Tensor normalized, List<Applied> links) {
        return link(links, linear(normalized, weights.qkvWeight(), weights.qkvBias(), Activation.NONE))
                .value();
    }

    private Tensor rotated(Tensor packed, List<Applied> links) {
        return link(links, backend.rotary(packed, spec(packed), config.rotaryDim(), config.rotaryBase(), 0))
                .value();
    }

    private Attention mixed(Tensor packed, List<Applied> links) {
        Attention mixed = backend.attention(packed, spec(packed));
        links.add(mixed);
        return mixed;
    }

    private AttentionSpec spec(Tensor packed) {
        int heads = packed.shape().columns() / (3 * config.dHead());
        return new AttentionSpec(
                batch,
                length,
                heads,
                config.dHead(),
                config.attnScales().get(layer),
                config.attnWindows().get(layer));
    }

    private Tensor written(Tensor z, List<Applied> links) {
        return link(links, linear(z, weights.outWeight(), weights.outBias(), Activation.NONE))
                .value();
    }

    private Tensor activated(Tensor normalized, List<Applied> links) {
        BlockWeights.Mlp w = weights.mlp().orElseThrow();
        if (!pass.touches(site(Kind.MLP_PRE))) {
            return link(links, linear(normalized, w.inWeight(), Optional.of(w.inBias()), config.actFn()))
                    .value();
        }
        Applied pre = link(links, linear(normalized, w.inWeight(), Optional.of(w.inBias()), Activation.NONE));
        return link(links, backend.activation(at(Kind.MLP_PRE, pre.value()), config.actFn()))
                .value();
    }

    private Tensor down(Tensor post, List<Applied> links) {
        BlockWeights.Mlp w = weights.mlp().orElseThrow();
        return link(links, linear(post, w.outWeight(), Optional.of(w.outBias()), Activation.NONE))
                .value();
    }

    /** Whether nothing after this site is asked for. */
    private boolean ended(Kind kind) {
        return pass.endsBy(site(kind));
    }

    private Tensor norm(Tensor x, Optional<BlockWeights.Norm> norm, Kind kind, List<Applied> links) {
        if (norm.isEmpty()) {
            return x;
        }
        Applied applied = link(
                links,
                backend.layerNorm(
                        x,
                        Optional.of(norm.get().gain()),
                        Optional.of(norm.get().bias()),
                        config.eps()));
        return at(kind, applied.value());
    }

    /** z_h · W_O[h] of every head: [batch, pos, head, d_model]. */
    private double[] results(Tensor z) {
        int heads = config.nHeads();
        int dHead = config.dHead();
        int dModel = config.dModel();
        double[] zs = backend.downloadDoubles(z);
        double[] out = backend.downloadDoubles(weights.outWeight());
        double[] results = new double[batch * length * heads * dModel];
        for (int row = 0; row < batch * length; row++) {
            for (int feature = 0; feature < heads * dHead; feature++) {
                double value = zs[row * heads * dHead + feature];
                int to = (row * heads + feature / dHead) * dModel;
                for (int j = 0; j < dModel; j++) {
                    results[to + j] += value * out[feature * dModel + j];
                }
            }
        }
        return results;
    }

    private Applied linear(Tensor x, Tensor weight, Optional<Tensor> bias, Activation activation) {
        return backend.linear(x, weight, Layout.IN_OUT, bias, activation);
    }

    private static Applied link(List<Applied> links, Applied link) {
        links.add(link);
        return link;
    }

    private Tensor at(Kind kind, Tensor x) {
        return pass.at(site(kind), x, backend, config, batch);
    }

    private Site site(Kind kind) {
        return Site.of(kind, layer);
    }
}
