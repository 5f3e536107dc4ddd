package io.reprise.experiment;

import io.reprise.backend.Applied;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelWeights;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/** The upper blocks of a model, counted from 0: what a split must not do. */
final class RenumberedWeights implements ModelWeights {
    private final ModelWeights whole;
    private final int first;

    /** @param first the block that becomes block 0 */
    RenumberedWeights(ModelWeights whole, int first) {
        this.whole = whole;
        this.first = first;
    }

    @Override
    public Tensor embed(int[] ids) {
        return whole.embed(ids);
    }

    @Override
    public Optional<Tensor> posEmbed(int length) {
        return whole.posEmbed(length);
    }

    @Override
    public BlockWeights block(int layer) {
        return whole.block(first + layer);
    }

    @Override
    public Optional<BlockWeights.Norm> lnFinal() {
        return whole.lnFinal();
    }

    @Override
    public Applied unembed(Tensor x) {
        return whole.unembed(x);
    }

    @Override
    public Tensor unembedRows(int[] ids) {
        return whole.unembedRows(ids);
    }
}
