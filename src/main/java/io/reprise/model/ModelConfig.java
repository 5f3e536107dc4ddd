package io.reprise.model;

import io.reprise.backend.Activation;
import java.util.Collections;
import java.util.List;

/**
 * The shape of a transformer. Component names are TransformerLens's config keys in camelCase.
 *
 * @param nLayers blocks, ≥ 0
 * @param dModel width of the residual stream
 * @param nHeads heads per block
 * @param dHead width of a head
 * @param dMlp hidden width of the MLP; 0 means attention-only
 * @param dVocab rows of the embedding
 * @param nCtx longest sequence
 * @param actFn the MLP's non-linearity
 * @param normalization layer norm or none
 * @param eps layer norm's ε
 * @param positions how positions enter
 * @param rotaryDim features of a head that rotate; 0 unless positions are rotary
 * @param rotaryBase base of the rotary angles
 * @param parallelAttnMlp attention and MLP both read the block's input (GPT-NeoX)
 * @param tiedUnembed the unembedding is the embedding
 * @param attnWindows per layer: keys a query sees, itself included; 0 for all
 * @param attnScales per layer: factor on q·k
 */
public record ModelConfig(
        int nLayers,
        int dModel,
        int nHeads,
        int dHead,
        int dMlp,
        int dVocab,
        int nCtx,
        Activation actFn,
        Normalization normalization,
        double eps,
        Positions positions,
        int rotaryDim,
        double rotaryBase,
        boolean parallelAttnMlp,
        boolean tiedUnembed,
        List<Integer> attnWindows,
        List<Double> attnScales) {

    /** What stands before attention, MLP and unembedding. */
    public enum Normalization {
        LAYER_NORM,
        NONE
    }

    /** How a token's position enters the computation. */
    public enum Positions {
        /** A learned vector per position, added to the embedding. */
        LEARNED,
        /** Rotation of q and k (Su et al. 2021). */
        ROTARY,
        NONE
    }

    public ModelConfig {
        require(nLayers >= 0, "n_layers = " + nLayers + "; expected 0 or more");
        require(dModel > 0, "d_model = " + dModel + "; expected a positive number");
        require(nHeads > 0, "n_heads = " + nHeads + "; expected a positive number");
        require(dHead > 0, "d_head = " + dHead + "; expected a positive number");
        require(dMlp >= 0, "d_mlp = " + dMlp + "; expected 0 (attention-only) or more");
        require(dVocab > 0, "d_vocab = " + dVocab + "; expected a positive number");
        require(nCtx > 0, "n_ctx = " + nCtx + "; expected a positive number");
        require(eps > 0 || normalization == Normalization.NONE, "eps = " + eps + "; expected a positive number");
        require(
                positions != Positions.ROTARY || (rotaryDim > 0 && rotaryDim <= dHead && rotaryDim % 2 == 0),
                "rotary_dim = " + rotaryDim + "; expected an even number from 2 to d_head = " + dHead);
        attnWindows = List.copyOf(attnWindows);
        attnScales = List.copyOf(attnScales);
        require(
                attnWindows.size() == nLayers && attnScales.size() == nLayers,
                "attention windows and scales are given for " + attnWindows.size() + " and " + attnScales.size()
                        + " layers; expected n_layers = " + nLayers + " of each");
    }

    /** A toy's config: every layer sees all earlier positions, scores are scaled by 1/√d_head. */
    public static ModelConfig toy(
            int nLayers,
            int dModel,
            int nHeads,
            int dHead,
            int dMlp,
            int dVocab,
            int nCtx,
            Activation actFn,
            Normalization normalization,
            Positions positions,
            boolean tiedUnembed) {
        return new ModelConfig(
                nLayers,
                dModel,
                nHeads,
                dHead,
                dMlp,
                dVocab,
                nCtx,
                actFn,
                normalization,
                1e-5,
                positions,
                positions == Positions.ROTARY ? dHead - dHead % 2 : 0,
                10000,
                false,
                tiedUnembed,
                Collections.nCopies(Math.max(0, nLayers), 0), // the constructor names a negative n_layers
                Collections.nCopies(Math.max(0, nLayers), 1 / Math.sqrt(dHead)));
    }

    /** The same shape with an unembedding of its own. */
    public ModelConfig untied() {
        return new ModelConfig(
                nLayers,
                dModel,
                nHeads,
                dHead,
                dMlp,
                dVocab,
                nCtx,
                actFn,
                normalization,
                eps,
                positions,
                rotaryDim,
                rotaryBase,
                parallelAttnMlp,
                false,
                attnWindows,
                attnScales);
    }

    public boolean attnOnly() {
        return dMlp == 0;
    }

    public boolean hasLayerNorm() {
        return normalization == Normalization.LAYER_NORM;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
