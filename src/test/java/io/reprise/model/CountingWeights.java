package io.reprise.model;

import io.reprise.backend.Applied;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Remembers what a forward pass asked for. */
public final class CountingWeights implements ModelWeights {
    private final ModelWeights weights;
    private final List<Integer> blocks = new ArrayList<>();
    private int norms;
    private int unembeddings;

    public CountingWeights(ModelWeights weights) {
        this.weights = weights;
    }

    /** Layers, in the order in which they were asked for. */
    public List<Integer> blocks() {
        return blocks;
    }

    public int finalNorms() {
        return norms;
    }

    public int unembeddings() {
        return unembeddings;
    }

    @Override
    public Tensor embed(int[] ids) {
        return weights.embed(ids);
    }

    @Override
    public Optional<Tensor> posEmbed(int length) {
        return weights.posEmbed(length);
    }

    @Override
    public BlockWeights block(int layer) {
        blocks.add(layer);
        return weights.block(layer);
    }

    @Override
    public Optional<BlockWeights.Norm> lnFinal() {
        norms++;
        return weights.lnFinal();
    }

    @Override
    public Applied unembed(Tensor x) {
        unembeddings++;
        return weights.unembed(x);
    }

    @Override
    public Tensor unembedRows(int[] ids) {
        return weights.unembedRows(ids);
    }
}
