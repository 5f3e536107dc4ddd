package io.reprise.model;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A decoder-only transformer: embedding, blocks, final norm, unembedding. Serves toys and pretrained models alike; what differs
 * stands in its {@link ModelConfig}. Immutable and without hooks: what a run captures or edits is an argument of the run.
 */
public final class Transformer {
    private final Backend backend;
    private final ModelConfig config;
    private final ModelWeights weights;

    public Transformer(Backend backend, ModelConfig config, ModelWeights weights) {
        this.backend = backend;
        this.config = config;
        this.weights = weights;
    }

    public Backend backend() {
        return backend;
    }

    public ModelConfig config() {
        return config;
    }

    public ModelWeights weights() {
        return weights;
    }

    /** The whole forward pass, with what its derivative needs, in the caller's scope. */
    public AppliedTransformer apply(Tokens tokens) {
        Tensor x = embed(tokens, Pass.PLAIN);
        List<Applied> blocks = new ArrayList<>();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            Applied block =
                    block(layer, x, tokens.batch(), tokens.length(), Pass.PLAIN).orElseThrow();
            blocks.add(block);
            x = block.value();
        }
        return new AppliedTransformer(backend, weights, tokens, blocks, head(x, Pass.PLAIN, tokens.batch()));
    }

    /**
     * The first {@code blocks} blocks, with what their derivative needs, in the caller's scope. Nothing above them is computed.
     *
     * @throws IllegalArgumentException if the model has fewer
     */
    public AppliedBlocks applyBlocks(Tokens tokens, int blocks) {
        if (blocks < 0 || blocks > config.nLayers()) {
            throw new IllegalArgumentException(
                    blocks + " blocks are asked for; this model has n_layers = " + config.nLayers());
        }
        Tensor embedded = embed(tokens, Pass.PLAIN);
        Tensor x = embedded;
        List<Applied> applied = new ArrayList<>();
        for (int layer = 0; layer < blocks; layer++) {
            Applied block =
                    block(layer, x, tokens.batch(), tokens.length(), Pass.PLAIN).orElseThrow();
            applied.add(block);
            x = block.value();
        }
        return new AppliedBlocks(backend, weights, tokens, embedded, applied);
    }

    /** The logits [batch·pos, d_vocab], in the caller's scope; each block's workings are given back as it ends. */
    public Tensor logits(Tokens tokens) {
        try (Scope scope = backend.scope()) {
            Tensor x = embed(tokens, Pass.PLAIN);
            for (int layer = 0; layer < config.nLayers(); layer++) {
                x = advance(layer, x, tokens.batch(), tokens.length(), Pass.PLAIN);
            }
            return scope.keep(head(x, Pass.PLAIN, tokens.batch()).value());
        }
    }

    /**
     * Runs as far as the last site asked for, and no further.
     *
     * @throws IllegalArgumentException if an intervention never fired, or fired at some of its positions and heads only, or if
     *     a site is not one of this model
     */
    public Activations run(Tokens tokens, Collection<Site> sites, List<Intervention> interventions) {
        Pass pass = new Pass(sites, interventions);
        try (Scope scope = backend.scope()) {
            Tensor x = embed(tokens, pass);
            return upward(0, x, tokens.batch(), tokens.length(), pass);
        }
    }

    /** {@link #run(Tokens, Collection, List)} without interventions. */
    public Activations run(Tokens tokens, Collection<Site> sites) {
        return run(tokens, sites, List.of());
    }

    /**
     * Runs from a given residual stream; equal, bit for bit, to the run that it was captured from.
     *
     * @param layer the block that reads the stream; n_layers for the final norm
     * @param residual {@code blocks.layer.hook_resid_pre} [batch, pos, d_model]
     */
    public Activations resume(
            int layer, Activations.Value residual, Collection<Site> sites, List<Intervention> interventions) {
        Shape shape = residual.shape();
        int first = weights.firstLayer();
        if (layer < first || layer > config.nLayers() || shape.rank() != 3 || shape.dim(2) != config.dModel()) {
            throw new IllegalArgumentException(
                    "cannot resume at layer " + layer + " from a residual stream " + shape + "; expected layer " + first
                            + ".." + config.nLayers() + " and [batch, pos, " + config.dModel() + "]");
        }
        Pass pass = new Pass(sites, interventions);
        try (Scope scope = backend.scope()) {
            Tensor x = backend.upload(Shape.of(shape.dim(0) * shape.dim(1), shape.dim(2)), residual.data());
            return upward(layer, x, shape.dim(0), shape.dim(1), pass);
        }
    }

    private Activations upward(int from, Tensor start, int batch, int length, Pass pass) {
        Tensor x = start;
        Site last = pass.last().orElse(Site.of(Kind.EMBED));
        for (int layer = from;
                layer < config.nLayers() && last.compareTo(Site.of(Kind.RESID_PRE, layer)) >= 0;
                layer++) {
            Site input = Site.of(Kind.RESID_PRE, layer);
            if (last.equals(input)) {
                pass.at(input, x, backend, config, batch);
            } else {
                x = advance(layer, x, batch, length, pass);
            }
        }
        if (last.kind() == Kind.LN_FINAL) {
            normalize(x, pass, batch, new ArrayList<>());
        } else if (last.kind() == Kind.LOGITS) {
            pass.at(last, head(x, pass, batch).value(), backend, config, batch);
        }
        pass.checkComplete();
        return pass.captured();
    }

    Tensor embed(Tokens tokens, Pass pass) {
        if (tokens.length() > config.nCtx()) {
            throw new IllegalArgumentException("the prompt has " + tokens.length()
                    + " tokens; this model sees at most n_ctx = " + config.nCtx() + ". Shorten it");
        }
        for (int id : tokens.ids()) {
            if (id < 0 || id >= config.dVocab()) {
                throw new IllegalArgumentException(
                        "token id " + id + " is outside this model's vocabulary of 0.." + (config.dVocab() - 1));
            }
        }
        Tensor embedded = pass.at(Site.of(Kind.EMBED), weights.embed(tokens.ids()), backend, config, tokens.batch());
        Optional<Tensor> positions = weights.posEmbed(tokens.length());
        if (positions.isEmpty()) {
            return embedded;
        }
        Tensor rows = positions.get();
        if (!pass.touches(Site.of(Kind.POS_EMBED))) {
            return backend.add(embedded, rows);
        }
        Tensor repeated = backend.add(backend.zeros(embedded.shape()), rows);
        return backend.add(embedded, pass.at(Site.of(Kind.POS_EMBED), repeated, backend, config, tokens.batch()));
    }

    private Optional<AppliedBlock> block(int layer, Tensor x, int batch, int length, Pass pass) {
        return new BlockForward(backend, config, layer, weights.block(layer), batch, length, pass).apply(x);
    }

    /** One block whose workings are given back at once; only its output stays, or its input if the pass ended within. */
    private Tensor advance(int layer, Tensor x, int batch, int length, Pass pass) {
        try (Scope scope = backend.scope()) {
            return block(layer, x, batch, length, pass)
                    .map(applied -> scope.keep(applied.value()))
                    .orElse(x);
        }
    }

    /** Final norm and unembedding. */
    Chain head(Tensor x, Pass pass, int batch) {
        List<Applied> links = new ArrayList<>();
        Tensor normalized = normalize(x, pass, batch, links);
        links.add(weights.unembed(normalized));
        return new Chain(links);
    }

    private Tensor normalize(Tensor x, Pass pass, int batch, List<Applied> links) {
        if (weights.lnFinal().isEmpty()) {
            return x;
        }
        BlockWeights.Norm norm = weights.lnFinal().get();
        Applied applied = backend.layerNorm(x, Optional.of(norm.gain()), Optional.of(norm.bias()), config.eps());
        links.add(applied);
        return pass.at(Site.of(Kind.LN_FINAL), applied.value(), backend, config, batch);
    }
}
