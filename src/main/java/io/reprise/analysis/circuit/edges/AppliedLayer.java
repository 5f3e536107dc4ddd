package io.reprise.analysis.circuit.edges;

import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/** One block applied at a stream, with the derivative of each receiver's input. */
final class AppliedLayer {
    private final Backend backend;
    private final ModelConfig config;
    private final BlockParts parts;
    private final Optional<Applied> attentionNorm;
    private final Optional<Applied> rotated;
    private final Attention attention;
    private final Applied attentionOut;
    private final Optional<Mlp> mlp;
    private final Tensor value;

    private record Mlp(Optional<Applied> norm, Applied hidden, Applied out) {}

    /** @param x the stream before the block, [batch·length, d_model] */
    AppliedLayer(Transformer model, int layer, Tensor x, int batch, int length) {
        this.backend = model.backend();
        this.config = model.config();
        this.parts = new BlockParts(model, layer, batch, length);
        this.attentionNorm = parts.attentionNorm(x);
        Tensor packed = parts.packed(attentionNorm.map(Applied::value).orElse(x));
        this.rotated = parts.rotated(packed);
        this.attention = backend.attention(rotated.map(Applied::value).orElse(packed), parts.spec());
        this.attentionOut = parts.attentionOut(attention.value());
        Tensor mid = backend.add(x, attentionOut.value());
        if (config.attnOnly()) {
            this.mlp = Optional.empty();
            this.value = mid;
        } else {
            Tensor input = config.parallelAttnMlp() ? x : mid;
            Optional<Applied> norm = parts.mlpNorm(input);
            Applied hidden = parts.mlpHidden(norm.map(Applied::value).orElse(input));
            this.mlp = Optional.of(new Mlp(norm, hidden, parts.mlpOut(hidden.value())));
            this.value = backend.add(mid, mlp.get().out().value());
        }
    }

    /** The stream after the block. */
    Tensor value() {
        return value;
    }

    BlockParts parts() {
        return parts;
    }

    Tensor z() {
        return attention.value();
    }

    Optional<Tensor> mlpOut() {
        return mlp.map(own -> own.out().value());
    }

    /**
     * @param mlpInput derivative by what the MLP reads, [rows, d_model]
     * @param headInputs by what all queries, then keys, then values read, head by head: [3·heads·rows, d_model]
     * @param stream by the stream before the block
     */
    record Slopes(Optional<Tensor> mlpInput, Tensor headInputs, Tensor stream) {}

    /** @param u derivative by the stream after the block, [rows, d_model] */
    Slopes pullback(Tensor u) {
        Optional<Tensor> mlpInput = mlp.map(own -> {
            Tensor normed = own.hidden().pullback(own.out().pullback(u, Gradients.NONE), Gradients.NONE);
            return own.norm().map(norm -> norm.pullback(normed, Gradients.NONE)).orElse(normed);
        });
        Tensor after = mlpInput.map(slope -> backend.add(u, slope)).orElse(u);
        Tensor mid = config.parallelAttnMlp() ? u : after;
        Tensor mixed = attention.pullback(attentionOut.pullback(mid, Gradients.NONE), Gradients.NONE);
        Tensor packed = rotated.map(own -> own.pullback(mixed, Gradients.NONE)).orElse(mixed);
        Tensor normed = backend.linearByBlock(packed, parts.weights().qkvWeight(), Layout.OUT_IN, 3 * config.nHeads());
        Tensor headInputs =
                attentionNorm.map(norm -> norm.pullback(normed, Gradients.NONE)).orElse(normed);
        Tensor stream = backend.add(backend.zeros(after.shape()), after);
        backend.addFolded(stream, headInputs);
        return new Slopes(mlpInput, headInputs, stream);
    }
}
