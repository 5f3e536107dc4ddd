package io.reprise.model.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import io.reprise.backend.Activation;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * GPT-Neo as the transformers library stores it (GPTNeoConfig, GPTNeoForCausalLM): linear layers are [out, in], q, k and v are
 * apart and have no bias, scores are not scaled, and layers may see a window of keys only.
 */
final class GptNeoFamily implements Family {
    static final String MODEL_TYPE = "gpt_neo";

    private static final String PREFIX = "transformer.";
    private static final List<String> ARCHITECTURES = List.of("GPTNeoForCausalLM", "GPTNeoModel");
    private static final String GLOBAL = "global";
    private static final String LOCAL = "local";

    @Override
    public String title() {
        return "GPT-Neo";
    }

    @Override
    public ModuleNames modules() {
        Map<Kind, List<String>> names = Families.gptModules();
        names.put(Kind.Q, List.of("h.#.attn.attention.q_proj"));
        names.put(Kind.K, List.of("h.#.attn.attention.k_proj"));
        names.put(Kind.V, List.of("h.#.attn.attention.v_proj"));
        names.put(Kind.ATTN_OUT, List.of("h.#.attn", "h.#.attn.attention", "h.#.attn.attention.out_proj"));
        return new ModuleNames(PREFIX, "drop", names);
    }

    @Override
    public Architecture architecture(ConfigKeys keys) {
        int dVocab = keys.integer("vocab_size", 1);
        int nCtx = keys.integer("max_position_embeddings", 1);
        int dModel = keys.integer("hidden_size", 1);
        int nLayers = Families.layers(keys, "num_layers");
        int heads = keys.integer("num_heads", 1);
        int dMlp = keys.integer("intermediate_size", 1, 4 * dModel);
        double eps = keys.number("layer_norm_epsilon", 1e-5);
        Activation actFn =
                keys.choice("activation_function", Activation.GELU_NEW, ActivationNames.TRANSFORMERS.byName());
        boolean tied = keys.flag("tie_word_embeddings", true);
        int dHead = Families.headWidth(keys, "num_heads", heads, "hidden_size", dModel);
        List<Integer> windows = windows(keys, nLayers);
        Families.accountForCommonKeys(keys, MODEL_TYPE, ARCHITECTURES);
        keys.ignore("resid_dropout", "embed_dropout");
        keys.refuseOthers("a GPT-Neo config");

        ModelConfig config = new ModelConfig(
                nLayers,
                dModel,
                heads,
                dHead,
                dMlp,
                dVocab,
                nCtx,
                actFn,
                ModelConfig.Normalization.LAYER_NORM,
                eps,
                ModelConfig.Positions.LEARNED,
                0,
                10000,
                false,
                tied,
                windows,
                Collections.nCopies(nLayers, 1.0));
        String dimensions = "config.json (vocab_size = " + dVocab + ", max_position_embeddings = " + nCtx
                + ", hidden_size = " + dModel + ", intermediate_size = " + dMlp + ", num_layers = " + nLayers + ")";
        return new Architecture(config, table(config), dimensions);
    }

    /** Per layer, from attention_layers or attention_types, which say the same; 0 for all keys. */
    private static List<Integer> windows(ConfigKeys keys, int nLayers) {
        int window = keys.integer("window_size", 1, 256);
        List<String> byDefault = new ArrayList<>();
        for (int layer = 0; layer < nLayers; layer++) {
            byDefault.add(layer % 2 == 0 ? GLOBAL : LOCAL);
        }
        List<String> types = keys.optional(
                "attention_types", byDefault, GptNeoFamily::expanded, "a list like [[[\"global\", \"local\"], 12]]");
        List<String> layers = keys.has("attention_layers") ? keys.strings("attention_layers") : types;
        String key = keys.has("attention_layers") ? "attention_layers" : "attention_types";
        if (keys.has("attention_types") && !types.equals(layers)) {
            keys.problem("attention_layers", "is " + layers + ", but attention_types says " + types);
        }
        if (layers.size() != nLayers) {
            keys.problem(key, "gives " + layers.size() + " layers, expected num_layers = " + nLayers);
        }
        List<Integer> windows = new ArrayList<>();
        for (String layer : layers) {
            if (!layer.equals(GLOBAL) && !layer.equals(LOCAL)) {
                keys.problem(key, "names \"" + layer + "\", expected " + GLOBAL + " or " + LOCAL);
            }
            windows.add(layer.equals(LOCAL) ? window : 0);
        }
        return keys.fine() ? windows : Collections.nCopies(nLayers, 0);
    }

    /** [[["global", "local"], 2], …] as global, local, global, local, … */
    private static Optional<List<String>> expanded(JsonNode types) {
        List<String> layers = new ArrayList<>();
        for (JsonNode entry : types) {
            if (!entry.path(0).isArray()
                    || !entry.path(1).canConvertToInt()
                    || entry.path(1).intValue() > 10_000) {
                return Optional.empty();
            }
            for (int i = 0; i < entry.path(1).intValue(); i++) {
                entry.path(0).forEach(type -> layers.add(type.asText()));
            }
        }
        return types.isArray() ? Optional.of(layers) : Optional.empty();
    }

    private static WeightTable table(ModelConfig c) {
        int d = c.dModel();
        List<Slot> slots = new ArrayList<>();
        slots.add(Slot.direct("embed.W_E", "wte.weight", Shape.of(c.dVocab(), d)));
        slots.add(Slot.direct("pos_embed.W_pos", "wpe.weight", Shape.of(c.nCtx(), d)));
        for (int layer = 0; layer < c.nLayers(); layer++) {
            String ours = "blocks." + layer + ".";
            String theirs = "h." + layer + ".";
            String attention = theirs + "attn.attention.";
            slots.addAll(Families.norm(ours + "ln1", theirs + "ln_1", d));
            slots.add(new Slot(
                    ours + "attn.W_QKV",
                    List.of(
                            projection(attention + "q_proj.weight", d, 0),
                            projection(attention + "k_proj.weight", d, 1),
                            projection(attention + "v_proj.weight", d, 2))));
            slots.add(Slot.zero(ours + "attn.b_QKV"));
            slots.addAll(Families.linear(ours + "attn.W_O", ours + "attn.b_O", attention + "out_proj", d, d));
            slots.addAll(Families.norm(ours + "ln2", theirs + "ln_2", d));
            slots.addAll(Families.linear(ours + "mlp.W_in", ours + "mlp.b_in", theirs + "mlp.c_fc", c.dMlp(), d));
            slots.addAll(Families.linear(ours + "mlp.W_out", ours + "mlp.b_out", theirs + "mlp.c_proj", d, c.dMlp()));
        }
        slots.addAll(Families.norm("ln_final", "ln_f", d));
        Families.Head head = Families.head(c, "lm_head.weight", "wte.weight");
        head.slot().ifPresent(slots::add);
        // The causal masks and the number that stands for minus infinity, as constants.
        List<Pattern> ignored = List.of(Pattern.compile("h\\.\\d+\\.attn\\.attention\\.(bias|masked_bias)"));
        return new WeightTable(PREFIX, slots, List.of(), head.optional(), Map.of(), ignored, head.checks());
    }

    /** q, k or v [d, d], as its columns of q | k | v. */
    private static Slot.Part projection(String name, int d, int part) {
        return Slot.transposedPart(new Slot.Source(name, Shape.of(d, d)), 3 * d, out -> part * d + out);
    }
}
