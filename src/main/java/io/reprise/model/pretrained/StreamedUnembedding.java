package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The product with a [d_vocab, d_model] table that is read in blocks of rows, again for each product. */
final class StreamedUnembedding implements Applied {
    /** Weights of a block, about: 16 MB. */
    private static final int BLOCK = 4 << 20;

    private final Backend backend;
    private final Shape table;
    private final Blocks blocks;
    private final Tensor value;

    /** Gives rows from (inclusive) to to (exclusive) of the table, to be closed by who asked. */
    @FunctionalInterface
    interface Blocks {
        Tensor read(int from, int to);
    }

    StreamedUnembedding(Backend backend, Tensor x, Shape table, Blocks blocks) {
        this.backend = backend;
        this.table = table;
        this.blocks = blocks;
        this.value = product(x);
    }

    /** Rows of a block of a table [dVocab, dModel]. */
    static int rows(int dVocab, int dModel) {
        return Math.min(dVocab, Math.max(64, BLOCK / dModel));
    }

    private Tensor product(Tensor x) {
        try (Scope scope = backend.scope()) {
            List<Tensor> parts = new ArrayList<>();
            eachBlock((from, block) ->
                    parts.add(backend.linear(x, block, Layout.OUT_IN, Optional.empty(), Activation.NONE)
                            .value()));
            return scope.keep(backend.joinColumns(parts));
        }
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        return product(tangents);
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        try (Scope scope = backend.scope()) {
            Tensor sum = backend.zeros(Shape.of(cotangents.shape().rows(), table.columns()));
            eachBlock((from, block) -> {
                Tensor part =
                        backend.columns(cotangents, from, from + block.shape().rows());
                backend.addFolded(sum, backend.matmul(part, block));
            });
            return scope.keep(sum);
        }
    }

    private interface Use {
        void of(int from, Tensor block);
    }

    private void eachBlock(Use use) {
        int most = rows(table.rows(), table.columns());
        for (int from = 0; from < table.rows(); from += most) {
            try (Tensor block = blocks.read(from, Math.min(table.rows(), from + most))) {
                use.of(from, block);
            }
        }
    }
}
