package io.reprise.analysis.circuit.roles;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Attention-only models of two heads a layer, without norms, on a stream of four parts: the token, the position, the token
 * before, and what the logits read. A head is set by what its queries, keys, values and output take from where.
 */
public final class HandSetModel {
    public static final int VOCABULARY = 6;
    static final int POSITIONS = 8;
    private static final int WIDTH = 3 * VOCABULARY + POSITIONS;
    private static final int D_HEAD = 8;
    private static final int POSITION = VOCABULARY;
    private static final int BEFORE = POSITION + POSITIONS;
    private static final int OUT = BEFORE + VOCABULARY;
    /** Makes a softmax as good as hard. */
    private static final float SHARP = 40;

    private final int layers;
    private final Map<String, float[]> weights = new TreeMap<>();

    public HandSetModel(int layers) {
        this.layers = layers;
    }

    public static ModelConfig config(int layers) {
        return ModelConfig.toy(
                layers,
                WIDTH,
                2,
                D_HEAD,
                0,
                VOCABULARY,
                POSITIONS,
                Activation.NONE,
                ModelConfig.Normalization.NONE,
                ModelConfig.Positions.LEARNED,
                false);
    }

    /** Attends to the position before and writes down its token. */
    public HandSetModel previousToken(int layer, int head) {
        for (int p = 0; p < POSITIONS; p++) {
            qkv(layer, head, 0, POSITION + p, Math.max(0, p - 1), SHARP);
            qkv(layer, head, 1, POSITION + p, p, 1);
        }
        return writes(layer, head, BEFORE, 0);
    }

    /** Attends to what came after the same token before, and predicts it. */
    public HandSetModel induction(int layer, int head) {
        for (int t = 0; t < VOCABULARY; t++) {
            qkv(layer, head, 0, t, t, SHARP);
            qkv(layer, head, 1, BEFORE + t, t, 1);
        }
        return writes(layer, head, OUT, 0);
    }

    /** Attends to the same token, itself included, and writes nothing. */
    public HandSetModel duplicateToken(int layer, int head) {
        return attendsTo(layer, head, 0);
    }

    /** Attends to the token {@code step} further than its own, and writes nothing. */
    public HandSetModel attendsTo(int layer, int head, int step) {
        for (int t = 0; t < VOCABULARY; t++) {
            qkv(layer, head, 0, t, (t + step) % VOCABULARY, SHARP);
            qkv(layer, head, 1, t, t, 1);
        }
        return this;
    }

    /** Predicts the token {@code step} further than what it attends to, evenly. */
    public HandSetModel predicts(int layer, int head, int step) {
        return writes(layer, head, OUT, step);
    }

    /** Notes the token that it attends to where the previous-token head notes the one before. */
    public HandSetModel notes(int layer, int head) {
        return writes(layer, head, BEFORE, 0);
    }

    /** Attends to its own position and predicts what was noted there. */
    public HandSetModel predictsNoted(int layer, int head) {
        for (int p = 0; p < POSITIONS; p++) {
            qkv(layer, head, 0, POSITION + p, p, SHARP);
            qkv(layer, head, 1, POSITION + p, p, 1);
        }
        return writes(layer, head, BEFORE, OUT, 0);
    }

    public Transformer on(Backend backend) {
        Parameters parameters = parameters(backend);
        return new Transformer(backend, parameters.config(), parameters);
    }

    public Parameters parameters(Backend backend) {
        ModelConfig config = config(layers);
        for (int t = 0; t < VOCABULARY; t++) {
            set(Parameters.EMBED, t * WIDTH + t, 1);
            set(Parameters.UNEMBED, t * WIDTH + OUT + t, 10);
        }
        for (int p = 0; p < POSITIONS; p++) {
            set(Parameters.POS_EMBED, p * WIDTH + POSITION + p, 1);
        }
        return Parameters.of(backend, config, (name, shape) -> weights.getOrDefault(name, new float[shape.size()]));
    }

    private HandSetModel writes(int layer, int head, int slot, int step) {
        return writes(layer, head, 0, slot, step);
    }

    private HandSetModel writes(int layer, int head, int from, int slot, int step) {
        for (int t = 0; t < VOCABULARY; t++) {
            qkv(layer, head, 2, from + t, t, 1);
            set("blocks." + layer + ".attn.W_O", (head * D_HEAD + t) * WIDTH + slot + (t + step) % VOCABULARY, 1);
        }
        return this;
    }

    private void qkv(int layer, int head, int which, int from, int feature, float value) {
        set(
                "blocks." + layer + ".attn.W_QKV",
                from * 3 * 2 * D_HEAD + which * 2 * D_HEAD + head * D_HEAD + feature,
                which == 0 ? value * (float) Math.sqrt(D_HEAD) : value);
    }

    private void set(String name, int at, float value) {
        weights.computeIfAbsent(
                        name,
                        key -> new float
                                [Parameters.shapes(config(layers)).get(key).size()])[at] = value;
    }
}
