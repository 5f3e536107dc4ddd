package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Port;
import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.Layout;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The pieces of one block, as far apart as edges need them. Made for a batch, valid as long as the block's weights are. */
final class BlockParts {
    private final Backend backend;
    private final ModelConfig config;
    private final BlockWeights weights;
    private final AttentionSpec spec;

    BlockParts(Transformer model, int layer, int batch, int length) {
        this.backend = model.backend();
        this.config = model.config();
        this.weights = model.weights().block(layer);
        this.spec = new AttentionSpec(
                batch,
                length,
                config.nHeads(),
                config.dHead(),
                config.attnScales().get(layer),
                config.attnWindows().get(layer));
    }

    BlockWeights weights() {
        return weights;
    }

    AttentionSpec spec() {
        return spec;
    }

    Optional<Applied> attentionNorm(Tensor x) {
        return norm(x, weights.ln1());
    }

    Optional<Applied> mlpNorm(Tensor x) {
        return norm(x, weights.ln2());
    }

    private Optional<Applied> norm(Tensor x, Optional<BlockWeights.Norm> norm) {
        return norm.map(own -> backend.layerNorm(x, Optional.of(own.gain()), Optional.of(own.bias()), config.eps()));
    }

    /** q, k and v of all heads, which read the same: [rows, 3·width], before rotation. */
    Tensor packed(Tensor normalized) {
        return linear(normalized, weights.qkvWeight(), weights.qkvBias(), Activation.NONE)
                .value();
    }

    /**
     * The same, where each reads something else.
     *
     * @param normalized of q, k, v of head 0, of head 1, …
     */
    Tensor packed(List<Tensor> normalized) {
        int dHead = config.dHead();
        Optional<double[]> bias = weights.qkvBias().map(backend::downloadDoubles);
        List<Tensor> parts = new ArrayList<>();
        for (int port = 0; port <= Port.V.ordinal(); port++) {
            for (int head = 0; head < config.nHeads(); head++) {
                int from = (port * config.nHeads() + head) * dHead;
                Optional<Tensor> own =
                        bias.map(all -> backend.upload(Shape.of(dHead), Arrays.copyOfRange(all, from, from + dHead)));
                Tensor columns = backend.columns(weights.qkvWeight(), from, from + dHead);
                parts.add(linear(normalized.get(3 * head + port), columns, own, Activation.NONE)
                        .value());
            }
        }
        return backend.joinColumns(parts);
    }

    Optional<Applied> rotated(Tensor packed) {
        return config.positions() == ModelConfig.Positions.ROTARY
                ? Optional.of(backend.rotary(packed, spec, config.rotaryDim(), config.rotaryBase(), 0))
                : Optional.empty();
    }

    /** What the heads write, the bias b_O included. */
    Applied attentionOut(Tensor z) {
        return linear(z, weights.outWeight(), weights.outBias(), Activation.NONE);
    }

    /** What each head writes on its own, without b_O: [heads·rows, d_model]. */
    Tensor headOutputs(Tensor z) {
        return backend.linearByBlock(z, weights.outWeight(), Layout.IN_OUT, config.nHeads());
    }

    Applied mlpHidden(Tensor normalized) {
        BlockWeights.Mlp mlp = weights.mlp().orElseThrow();
        return linear(normalized, mlp.inWeight(), Optional.of(mlp.inBias()), config.actFn());
    }

    Applied mlpOut(Tensor hidden) {
        BlockWeights.Mlp mlp = weights.mlp().orElseThrow();
        return linear(hidden, mlp.outWeight(), Optional.of(mlp.outBias()), Activation.NONE);
    }

    private Applied linear(Tensor x, Tensor weight, Optional<Tensor> bias, Activation activation) {
        return backend.linear(x, weight, Layout.IN_OUT, bias, activation);
    }
}
