package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a GPT-2 has and a smaller model of ours has not. Written as zeros, which change no logit, and named in config.json under
 * {@code reprise_padding}, so that reading the directory gives the smaller model back.
 *
 * @param mlp the MLP is all zeros: the model is attention-only
 * @param positions the position embedding is all zeros: the model has none
 * @param heads heads that are not zeros; GPT-2 has always d_model / d_head of them
 */
record Gpt2Padding(boolean mlp, boolean positions, int heads) {
    static final String KEY = "reprise_padding";
    /** Hidden width of an MLP that is all zeros. */
    static final int MLP_WIDTH = 1;

    static Gpt2Padding of(ModelConfig config) {
        return new Gpt2Padding(config.attnOnly(), config.positions() == ModelConfig.Positions.NONE, config.nHeads());
    }

    /** @param heads as GPT-2 counts them */
    static Gpt2Padding read(ConfigKeys keys, int heads) {
        ConfigKeys own = keys.object(KEY);
        Gpt2Padding padding =
                new Gpt2Padding(own.flag("mlp", false), own.flag("positions", false), own.integer("heads", 1, heads));
        own.refuseOthers(KEY);
        if (padding.heads > heads) {
            keys.problem(KEY + ".heads", "is " + padding.heads + ", expected 1 to n_head = " + heads);
        }
        return padding;
    }

    Map<String, Object> asJson() {
        Map<String, Object> json = new LinkedHashMap<>(); // one order, so that equal models are equal files
        json.put("mlp", mlp);
        json.put("positions", positions);
        json.put("heads", heads);
        return json;
    }

    boolean isNone(int heads) {
        return !mlp && !positions && this.heads == heads;
    }

    /**
     * Columns of the first heads out of q | k | v.
     *
     * @param packed [rows, 3·from]
     * @return [rows, 3·to], narrowed, or widened with zeros
     */
    static float[] resizeQkv(float[] packed, int from, int to) {
        if (from == to) {
            return packed;
        }
        int rows = packed.length / (3 * from);
        float[] resized = new float[rows * 3 * to];
        for (int part = 0; part < rows * 3; part++) {
            System.arraycopy(packed, part * from, resized, part * to, Math.min(from, to));
        }
        return resized;
    }
}
