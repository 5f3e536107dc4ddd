package io.reprise.analysis.circuit;

import io.reprise.model.ModelConfig;

/**
 * What a model's components are, whatever their widths.
 *
 * @param nHeads per layer
 * @param dMlp neurons of an MLP; 0 without MLPs
 * @param parallel attention and MLP of a block both read its input
 */
public record ModelShape(int nLayers, int nHeads, int dMlp, boolean parallel) {
    public ModelShape {
        if (nLayers < 0 || nHeads < 1 || dMlp < 0) {
            throw new IllegalArgumentException("a model of n_layers = " + nLayers + ", n_heads = " + nHeads
                    + " and d_mlp = " + dMlp + "; expected n_layers and d_mlp of 0 or more and n_heads of 1 or more");
        }
    }

    public static ModelShape of(ModelConfig config) {
        return new ModelShape(config.nLayers(), config.nHeads(), config.dMlp(), config.parallelAttnMlp());
    }

    public boolean hasMlps() {
        return dMlp > 0;
    }
}
