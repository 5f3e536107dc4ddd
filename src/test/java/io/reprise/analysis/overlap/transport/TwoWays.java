package io.reprise.analysis.overlap.transport;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Two hand-built models that continue (a, a + 1) with a + 2, by the same logits: one fetches the first member and adds 2, the other
 * takes the last and adds 1. Head 0 of layer 0 writes a code of the member, which head 0 of layer 1 turns into the answer; head 1 of
 * layer 0 writes the other member's code where nothing reads it, and head 1 of layer 1 nothing.
 *
 * <p>And copies of them that look different: the stream is turned within more dimensions, a first layer that does nothing is put
 * below, and the heads are in another order with one between them that does nothing.
 */
public final class TwoWays {
    public static final int N = 8;
    private static final int POSITION = N;
    private static final int CODE = N + 2;
    private static final int UNREAD = CODE + N;
    private static final int OUT = UNREAD + N;
    private static final int WIDTH = OUT + N;
    private static final int WIDE = WIDTH + 7;
    private static final float SHARP = 12;

    private final Backend backend;
    private final Map<String, float[]> weights = new HashMap<>();

    /** @param read the position whose member is fetched */
    private TwoWays(Backend backend, int read, int step) {
        this.backend = backend;
        Parameters.shapes(config(2, WIDTH, 2)).forEach((name, shape) -> weights.put(name, new float[shape.size()]));
        int row = 3 * 2 * N;
        for (int t = 0; t < N; t++) {
            weights.get(Parameters.EMBED)[t * WIDTH + t] = 1;
            weights.get(Parameters.UNEMBED)[t * WIDTH + OUT + t] = 5;
            // values: members at layer 0 (both heads), codes at layer 1 (head 0)
            weights.get("blocks.0.attn.W_QKV")[t * row + 4 * N + t] = 1;
            weights.get("blocks.0.attn.W_QKV")[t * row + 5 * N + t] = 1;
            weights.get("blocks.1.attn.W_QKV")[(CODE + t) * row + 4 * N + t] = 1;
            weights.get("blocks.0.attn.W_O")[t * WIDTH + CODE + t] = 1;
            weights.get("blocks.0.attn.W_O")[(N + t) * WIDTH + UNREAD + t] = 1;
            weights.get("blocks.1.attn.W_O")[t * WIDTH + OUT + (t + step) % N] = 1;
        }
        for (int p = 0; p < 2; p++) {
            weights.get(Parameters.POS_EMBED)[p * WIDTH + POSITION + p] = 1;
            for (int layer = 0; layer < 2; layer++) {
                float[] qkv = weights.get("blocks." + layer + ".attn.W_QKV");
                for (int head = 0; head < 2; head++) {
                    // every query asks for the position that has the key
                    int attended = layer == 1 ? 1 : head == 0 ? read : 1 - read;
                    qkv[(POSITION + p) * row + head * N] = SHARP;
                    qkv[(POSITION + p) * row + (2 + head) * N] = p == attended ? SHARP : 0;
                }
            }
        }
    }

    public static TwoWays fromFirst(Backend backend) {
        return new TwoWays(backend, 0, 2);
    }

    public static TwoWays fromLast(Backend backend) {
        return new TwoWays(backend, 1, 1);
    }

    /** As built. */
    public Transformer plain() {
        return transformer(config(2, WIDTH, 2), weights);
    }

    /** Layers 1 and 2 of three are layers 0 and 1; their heads 2 and 0 are heads 0 and 1. */
    public Transformer disguised(long seed) {
        RealMatrix turn = RandomMap.orthogonal(WIDE, WIDTH, Rng.of(seed)); // [WIDE, WIDTH]
        ModelConfig config = config(3, WIDE, 3);
        Map<String, float[]> disguised = new HashMap<>();
        Parameters.shapes(config).forEach((name, shape) -> {
            boolean inBlock = name.startsWith("blocks.");
            int layer = inBlock ? name.charAt(7) - '0' : 1;
            float[] values = new float[shape.size()];
            disguised.put(name, values);
            if (layer == 0 || name.contains(".b_")) {
                return;
            }
            float[] source = weights.get(name.replace("blocks." + layer, "blocks." + (layer - 1)));
            boolean reads = name.endsWith("W_QKV");
            for (int i = 0; i < values.length; i++) {
                int row = i / shape.columns();
                int column = i % shape.columns();
                int feature = reads ? feature(column) : inBlock ? feature(row) : row;
                for (int k = 0; feature >= 0 && k < WIDTH; k++) {
                    values[i] += (float)
                            (reads
                                    ? turn.getEntry(row, k) * source[k * 3 * 2 * N + feature]
                                    : source[feature * WIDTH + k] * turn.getEntry(column, k));
                }
            }
        });
        return transformer(config, disguised);
    }

    /** Where a feature of three heads was among two, in each part of q | k | v; -1 for the head between. */
    private static int feature(int disguised) {
        int part = disguised / (3 * N);
        int head = disguised / N % 3;
        return head == 1 ? -1 : part * 2 * N + (head == 2 ? 0 : N) + disguised % N;
    }

    private static ModelConfig config(int layers, int width, int heads) {
        return ModelConfig.toy(
                layers, width, heads, N, 0, N, 2, Activation.NONE, Normalization.NONE, Positions.LEARNED, false);
    }

    private Transformer transformer(ModelConfig config, Map<String, float[]> values) {
        return new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> values.get(name)));
    }

    /** Every a, with every other start as its corrupt partner. */
    public static PairSet prompts() {
        return prompts("successor", 1);
    }

    /** (a, a + step) goes on with a + 2·step. */
    public static PairSet prompts(String name, int step) {
        List<PromptPair> pairs = new ArrayList<>();
        for (int a = 0; a < N; a++) {
            for (int c = 0; c < N; c++) {
                if (a != c) {
                    pairs.add(new PromptPair(
                            List.of(a, (a + step) % N),
                            List.of(c, (c + step) % N),
                            (a + 2 * step) % N,
                            (c + 2 * step) % N));
                }
            }
        }
        return new PairSet(name, List.of(new PairSet.Group(List.of("first", "last"), pairs)));
    }
}
