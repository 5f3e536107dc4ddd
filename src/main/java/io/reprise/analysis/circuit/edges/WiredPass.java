package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Port;
import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.ModelConfig;
import io.reprise.model.StreamParts;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A forward pass in which each receiver can read something else than the residual stream. The stream itself is the sum of what all
 * components write; attention's output bias b_O is in it and belongs to none of them.
 */
final class WiredPass {
    private final Transformer model;
    private final Backend backend;
    private final ModelConfig config;

    WiredPass(Transformer model) {
        this.model = model;
        this.backend = model.backend();
        this.config = model.config();
    }

    /** The logits after the last token of each sequence, [batch, d_vocab], in the caller's scope. */
    Tensor logits(Tokens tokens, Wires wires) {
        try (Scope scope = backend.scope()) {
            StreamParts parts = new StreamParts(model);
            Tensor x = wires.embedded(parts.embed(tokens));
            for (int layer = 0; layer < config.nLayers(); layer++) {
                x = block(layer, x, tokens, wires);
            }
            return scope.keep(parts.logits(lastRows(wires.logitsInput(x), tokens)));
        }
    }

    /** As far as the last block. */
    void run(Tokens tokens, Wires wires) {
        try (Scope scope = backend.scope()) {
            Tensor x = wires.embedded(new StreamParts(model).embed(tokens));
            for (int layer = 0; layer < config.nLayers(); layer++) {
                x = block(layer, x, tokens, wires);
            }
            wires.logitsInput(x);
        }
    }

    private Tensor lastRows(Tensor x, Tokens tokens) {
        return backend.rows(x, lastRows(tokens));
    }

    static int[] lastRows(Tokens tokens) {
        return IntStream.range(0, tokens.batch())
                .map(i -> (i + 1) * tokens.length() - 1)
                .toArray();
    }

    /** The stream after a block, in the caller's scope. */
    private Tensor block(int layer, Tensor x, Tokens tokens, Wires wires) {
        try (Scope scope = backend.scope()) {
            BlockParts parts = new BlockParts(model, layer, tokens.batch(), tokens.length());
            Tensor packed = heads(parts, wires.headInputs(layer, (Port.V.ordinal() + 1) * config.nHeads(), x));
            Tensor rotated = parts.rotated(packed).map(Applied::value).orElse(packed);
            Tensor z = wires.z(layer, backend.attention(rotated, parts.spec()).value(), parts);
            Tensor mid = backend.add(x, parts.attentionOut(z).value());
            if (config.attnOnly()) {
                return scope.keep(mid);
            }
            Tensor input = wires.mlpInput(layer, config.parallelAttnMlp() ? x : mid);
            Tensor normalized = parts.mlpNorm(input).map(Applied::value).orElse(input);
            Tensor out = parts.mlpOut(parts.mlpHidden(normalized).value()).value();
            return scope.keep(backend.add(mid, wires.mlpOut(layer, out)));
        }
    }

    /** Where all read the same, one product makes q, k and v of all heads, as in the model itself. */
    private Tensor heads(BlockParts parts, List<Tensor> inputs) {
        IdentityHashMap<Tensor, Tensor> normalized = new IdentityHashMap<>();
        List<Tensor> reads = new ArrayList<>();
        for (Tensor input : inputs) {
            reads.add(normalized.computeIfAbsent(
                    input, x -> parts.attentionNorm(x).map(Applied::value).orElse(x)));
        }
        return normalized.size() == 1 ? parts.packed(reads.get(0)) : parts.packed(reads);
    }
}
