package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A state dict of TransformerLens's HookedTransformer, with the arguments of its HookedTransformerConfig, as {@link
 * TransformerLensWriter} writes it. Per-head weights are [head, d_model, d_head], W_O is [head, d_head, d_model], W_U is
 * [d_model, d_vocab].
 */
final class TransformerLensFamily implements Family {
    static final String CONFIG = "transformer_lens.json";
    static final String WEIGHTS = "transformer_lens.safetensors";
    static final String FORMAT = "HookedTransformer state dict";

    @Override
    public String title() {
        return "TransformerLens";
    }

    @Override
    public ModuleNames modules() {
        return ModuleNames.NONE; // its names are ours
    }

    @Override
    public Architecture architecture(ConfigKeys keys) {
        if (!keys.text("format", "").equals(FORMAT)) {
            keys.problem("format", "is not \"" + FORMAT + "\"");
        }
        boolean tied = keys.flag("tied_unembed", false);
        boolean zeroPositions = keys.flag("zero_positions", false);
        keys.ignore("transformer_lens_version");
        ModelConfig config = config(keys.object("cfg"), tied, zeroPositions);
        keys.refuseOthers(CONFIG);
        String dimensions = CONFIG + " (d_vocab = " + config.dVocab() + ", n_ctx = " + config.nCtx() + ", d_model = "
                + config.dModel() + ", n_heads = " + config.nHeads() + ", d_head = " + config.dHead() + ", d_mlp = "
                + config.dMlp() + ", n_layers = " + config.nLayers() + ")";
        return new Architecture(config, table(config, zeroPositions), dimensions);
    }

    private static ModelConfig config(ConfigKeys cfg, boolean tied, boolean zeroPositions) {
        int nLayers = Families.layers(cfg, "n_layers");
        int dHead = cfg.integer("d_head", 1);
        boolean attnOnly = cfg.flag("attn_only", false);
        double divisor = cfg.flag("use_attn_scale", true) ? cfg.number("attn_scale", Math.sqrt(dHead)) : 1;
        boolean byLayer = cfg.flag("scale_attn_by_inverse_layer_idx", false);
        boolean local = cfg.flag("use_local_attn", false);
        int window = cfg.integer("window_size", 1, 1);
        List<String> types = cfg.strings("attn_types");
        boolean rotary = cfg.choice("positional_embedding_type", false, Map.of("standard", false, "rotary", true));
        List<Integer> windows = new ArrayList<>();
        for (int layer = 0; layer < nLayers; layer++) {
            windows.add(local && layer < types.size() && types.get(layer).equals("local") ? window : 0);
        }
        ModelConfig config = new ModelConfig(
                nLayers,
                cfg.integer("d_model", 1),
                cfg.integer("n_heads", 1),
                dHead,
                attnOnly ? 0 : cfg.integer("d_mlp", 1),
                cfg.integer("d_vocab", 1),
                cfg.integer("n_ctx", 1),
                cfg.choice("act_fn", Activation.GELU_NEW, ActivationNames.TRANSFORMER_LENS.byName()),
                cfg.has("normalization_type") ? ModelConfig.Normalization.LAYER_NORM : ModelConfig.Normalization.NONE,
                cfg.number("eps", 1e-5),
                rotary
                        ? ModelConfig.Positions.ROTARY
                        : zeroPositions ? ModelConfig.Positions.NONE : ModelConfig.Positions.LEARNED,
                rotary ? cfg.integer("rotary_dim", 2, dHead) : 0,
                cfg.number("rotary_base", 10000),
                cfg.flag("parallel_attn_mlp", false),
                tied,
                windows,
                new AttentionScale(1 / divisor, byLayer).layers(nLayers));
        cfg.refuse("normalization_type", node -> !node.asText().equals("LN"), "expected LN or null");
        cfg.refuseUnlessOff("rotary_adjacent_pairs", "rotation pairs i with i + rotary_dim/2 here");
        cfg.ignore("d_mlp", "rotary_dim", "device", "default_prepend_bos");
        cfg.refuseOthers("the state dicts that are written here");
        return config;
    }

    private static WeightTable table(ModelConfig c, boolean zeroPositions) {
        List<Slot> slots = new ArrayList<>();
        List<Slot.Source> required = new ArrayList<>();
        List<WeightTable.Check> checks = new ArrayList<>();
        Parameters.shapes(c).forEach((name, shape) -> slots.add(slot(c, name, shape)));
        zero("unembed.b_U", Shape.of(c.dVocab()), required, checks);
        if (zeroPositions) {
            zero("pos_embed.W_pos", Shape.of(c.nCtx(), c.dModel()), required, checks);
        }
        if (c.tiedUnembed()) {
            required.add(new Slot.Source("unembed.W_U", Shape.of(c.dModel(), c.dVocab())));
            checks.add(new WeightTable.Check("unembed.W_U", weights -> {
                float[] embed = weights.read("embed.W_E");
                if (!java.util.Arrays.equals(transpose(weights.read("unembed.W_U"), c.dModel(), c.dVocab()), embed)) {
                    throw new ModelFormatException(
                            weights.origin(), "unembed.W_U is not the transpose of embed.W_E, as tied_unembed says");
                }
            }));
        }
        return new WeightTable("", slots, required, List.of(), Map.of(), List.of(), checks);
    }

    private static void zero(String name, Shape shape, List<Slot.Source> required, List<WeightTable.Check> checks) {
        required.add(new Slot.Source(name, shape));
        checks.add(new WeightTable.Check(name, weights -> {
            if (!weights.isZero(name)) {
                throw new ModelFormatException(weights.origin(), name + " is not zero");
            }
        }));
    }

    private static Slot slot(ModelConfig c, String name, Shape shape) {
        int heads = c.nHeads();
        int dHead = c.dHead();
        String stem = name.substring(0, name.lastIndexOf('.') + 1);
        return switch (name.substring(stem.length())) {
            case "W_QKV" -> new Slot(name, parts(stem + "W_", Shape.of(heads, c.dModel(), dHead), c.dModel()));
            case "b_QKV" -> new Slot(name, parts(stem + "b_", Shape.of(heads, dHead), 1));
            case "W_O" -> Slot.direct(name, name, Shape.of(heads, dHead, c.dModel()));
            case "W_U" -> Slot.transposed(name, name, Shape.of(c.dModel(), c.dVocab()));
            default -> Slot.direct(name, name, shape);
        };
    }

    /** Q, K and V, [head, rows, d_head] each, as [rows, 3·head·d_head]. */
    private static List<Slot.Part> parts(String stem, Shape perHead, int rows) {
        int dHead = perHead.columns();
        int width = perHead.dim(0) * dHead;
        List<Slot.Part> parts = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            int first = part * width;
            parts.add(new Slot.Part(
                    new Slot.Source(stem + "QKV".charAt(part), perHead),
                    0,
                    dHead,
                    row -> row % rows * 3 * width + first + row / rows * dHead,
                    1));
        }
        return parts;
    }

    /**
     * One of Q, K, V as TransformerLens stores it: the inverse of {@link #parts}.
     *
     * @param packed [rows, 3·head·d_head]
     * @param part 0, 1, 2 for Q, K, V
     * @return [head, rows, d_head]
     */
    static float[] unpack(float[] packed, int part, int rows, int heads, int dHead) {
        float[] perHead = new float[rows * heads * dHead];
        for (int row = 0; row < rows; row++) {
            for (int head = 0; head < heads; head++) {
                int from = ((row * 3 + part) * heads + head) * dHead;
                System.arraycopy(packed, from, perHead, (head * rows + row) * dHead, dHead);
            }
        }
        return perHead;
    }

    /** [rows, columns] to [columns, rows]. */
    static float[] transpose(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
