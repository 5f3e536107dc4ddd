package io.reprise.model;

import io.reprise.backend.Activation;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A toy model as written in YAML; vocabulary and context length come from the task.
 *
 * @param nLayers blocks; 0 is a bigram model
 * @param dModel width of the residual stream
 * @param nHeads heads
 * @param dHead width of a head; d_model / n_heads if absent
 * @param dMlp hidden width of the MLP, 0 for attention-only
 * @param actFn relu, gelu (exact) or gelu_new (tanh)
 * @param normalization layer_norm or none
 * @param positions learned, rotary or none
 * @param tiedUnembed share embedding and unembedding
 * @param initStd standard deviation of the initial weights; 0.8/√d_model if absent (TransformerLens's default)
 */
public record ModelSpec(
        int nLayers,
        int dModel,
        int nHeads,
        Optional<Integer> dHead,
        int dMlp,
        Activation actFn,
        ModelConfig.Normalization normalization,
        ModelConfig.Positions positions,
        boolean tiedUnembed,
        Optional<Double> initStd) {

    public ModelSpec {
        if (nHeads > 0 && dModel > 0 && dHead.isEmpty() && dModel % nHeads != 0) {
            int width = dModel;
            String choices = IntStream.rangeClosed(1, width)
                    .filter(n -> width % n == 0)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("n_heads = " + nHeads + " does not divide d_model = " + dModel
                    + "; choose from " + choices + ", or give d_head");
        }
        if (initStd.isPresent() && !(initStd.get() > 0 && Double.isFinite(initStd.get()))) {
            throw new IllegalArgumentException("init_std = " + initStd.get() + "; expected a positive number");
        }
    }

    public static ModelSpec defaults() {
        return new ModelSpec(
                1,
                64,
                2,
                Optional.empty(),
                256,
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false,
                Optional.empty());
    }

    /** The model for a task's vocabulary and longest sequence. */
    public ModelConfig config(int dVocab, int nCtx) {
        return ModelConfig.toy(
                nLayers,
                dModel,
                nHeads,
                dHead.orElse(dModel / Math.max(1, nHeads)),
                dMlp,
                dVocab,
                nCtx,
                actFn,
                normalization,
                positions,
                tiedUnembed);
    }
}
