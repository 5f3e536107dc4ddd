package io.reprise.model.pretrained;

import io.reprise.backend.Scope;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The embedding tables of a model, whole and on the host. */
final class Tables {
    private Tables() {}

    /** [d_vocab, d_model]. */
    static float[] embed(Transformer model) {
        return download(model, () -> model.weights().embed(all(model)));
    }

    /** [n_ctx, d_model]; zeros where positions are not learned. */
    static float[] posEmbed(Transformer model) {
        int nCtx = model.config().nCtx();
        try (Scope scope = model.backend().scope()) {
            Optional<Tensor> table = model.weights().posEmbed(nCtx);
            return table.map(model.backend()::download)
                    .orElseGet(() -> new float[nCtx * model.config().dModel()]);
        }
    }

    /** [d_vocab, d_model]. */
    static float[] unembed(Transformer model) {
        return download(model, () -> model.weights().unembedRows(all(model)));
    }

    private static int[] all(Transformer model) {
        return IntStream.range(0, model.config().dVocab()).toArray();
    }

    private static float[] download(Transformer model, Supplier<Tensor> table) {
        try (Scope scope = model.backend().scope()) {
            return model.backend().download(table.get());
        }
    }
}
