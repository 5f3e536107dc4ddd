package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * GPT-NeoX and Pythia as the transformers library stores them (GPTNeoXConfig, GPTNeoXForCausalLM): linear layers are [out, in],
 * query_key_value is [head, 3, d_head, d_model], positions rotate the first part of each head (Su et al. 2021), and attention
 * and MLP usually read the same input.
 */
final class GptNeoXFamily implements Family {
    static final String MODEL_TYPE = "gpt_neox";

    private static final String PREFIX = "gpt_neox.";
    /** In files that the library writes; in its newer models' own state dicts it is lm_head.weight. */
    private static final String HEAD = "embed_out.weight";

    private static final List<String> ARCHITECTURES = List.of("GPTNeoXForCausalLM", "GPTNeoXModel");

    @Override
    public String title() {
        return "GPT-NeoX";
    }

    @Override
    public ModuleNames modules() {
        Map<Kind, List<String>> names = new EnumMap<>(Kind.class);
        names.put(Kind.EMBED, List.of("embed_in"));
        names.put(Kind.LN1, List.of("layers.#.input_layernorm"));
        names.put(Kind.QKV, List.of("layers.#.attention.query_key_value"));
        names.put(Kind.ATTN_OUT, List.of("layers.#.attention", "layers.#.attention.dense"));
        names.put(Kind.LN2, List.of("layers.#.post_attention_layernorm"));
        names.put(Kind.MLP_PRE, List.of("layers.#.mlp.dense_h_to_4h"));
        names.put(Kind.MLP_POST, List.of("layers.#.mlp.act"));
        names.put(Kind.MLP_OUT, List.of("layers.#.mlp", "layers.#.mlp.dense_4h_to_h"));
        names.put(Kind.RESID_POST, List.of("layers.#"));
        names.put(Kind.LN_FINAL, List.of("final_layer_norm"));
        names.put(Kind.LOGITS, List.of("embed_out"));
        return new ModuleNames(PREFIX, "emb_dropout", names);
    }

    @Override
    public Architecture architecture(ConfigKeys keys) {
        int dVocab = keys.integer("vocab_size", 1);
        int nCtx = keys.integer("max_position_embeddings", 1);
        int dModel = keys.integer("hidden_size", 1);
        int nLayers = Families.layers(keys, "num_hidden_layers");
        int heads = keys.integer("num_attention_heads", 1);
        int dMlp = keys.integer("intermediate_size", 1);
        double eps = keys.number("layer_norm_eps", 1e-5);
        Activation actFn = keys.choice("hidden_act", Activation.GELU, ActivationNames.TRANSFORMERS.byName());
        boolean parallel = keys.flag("use_parallel_residual", true);
        boolean tied = keys.flag("tie_word_embeddings", false);
        boolean attentionBias = keys.flag("attention_bias", true);
        int dHead = Families.headWidth(keys, "num_attention_heads", heads, "hidden_size", dModel);
        Rotation rotation = Rotation.read(keys);
        int nominal = (int) (dHead * rotation.fraction());
        // The library turns pairs: of an odd number it turns one more feature, at the speeds of the odd number.
        int rotaryDim = nominal + nominal % 2;
        if (keys.fine() && (rotaryDim < 2 || rotaryDim > dHead)) {
            keys.problem(
                    rotation.fractionKey(),
                    "= " + rotation.fraction() + " rotates " + rotaryDim + " of a head's " + dHead
                            + " features, expected 2 of them at least");
        }
        Families.accountForCommonKeys(keys, MODEL_TYPE, ARCHITECTURES);
        keys.ignore("hidden_dropout", "hidden_dropout_prob", "attention_probs_dropout_prob");
        keys.refuseOthers("a GPT-NeoX config");

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
                ModelConfig.Positions.ROTARY,
                rotaryDim,
                Math.pow(
                        rotation.base(),
                        rotaryDim / (double) nominal), // base^(-2i/nominal), as the backend's exponent has it
                parallel,
                tied,
                Collections.nCopies(nLayers, 0),
                Collections.nCopies(nLayers, 1 / Math.sqrt(dHead)));
        String dimensions = "config.json (vocab_size = " + dVocab + ", hidden_size = " + dModel
                + ", intermediate_size = " + dMlp + ", num_hidden_layers = " + nLayers + ")";
        return new Architecture(config, table(config, attentionBias), dimensions);
    }

    /**
     * How much of a head rotates, and how fast: in the new config's rope_parameters, or under two keys of the old one.
     *
     * @param fractionKey where the fraction is written
     */
    private record Rotation(double fraction, double base, String fractionKey) {
        static Rotation read(ConfigKeys keys) {
            double oldFraction = keys.number("rotary_pct", 0.25);
            double oldBase = keys.number("rotary_emb_base", 10000);
            keys.refuseUnlessOff("rope_scaling", "stretched rotary positions are not supported");
            ConfigKeys rope = keys.object("rope_parameters");
            double fraction = rope.number("partial_rotary_factor", oldFraction);
            double base = rope.number("rope_theta", oldBase);
            rope.refuse("rope_type", node -> !node.asText().equals("default"), "only \"default\" is supported");
            rope.refuseOthers("rope_parameters");
            if (!(base > 0)) {
                keys.problem("rotary_emb_base", "is " + base + ", expected a positive number");
            }
            String key = rope.has("partial_rotary_factor") ? "rope_parameters.partial_rotary_factor" : "rotary_pct";
            return new Rotation(fraction, base, key);
        }
    }

    private static WeightTable table(ModelConfig c, boolean attentionBias) {
        int d = c.dModel();
        List<Slot> slots = new ArrayList<>();
        slots.add(Slot.direct("embed.W_E", "embed_in.weight", Shape.of(c.dVocab(), d)));
        for (int layer = 0; layer < c.nLayers(); layer++) {
            String ours = "blocks." + layer + ".";
            String theirs = "layers." + layer + ".";
            slots.addAll(Families.norm(ours + "ln1", theirs + "input_layernorm", d));
            attention(slots, ours + "attn.", theirs + "attention.", c, attentionBias);
            slots.addAll(Families.norm(ours + "ln2", theirs + "post_attention_layernorm", d));
            slots.addAll(
                    Families.linear(ours + "mlp.W_in", ours + "mlp.b_in", theirs + "mlp.dense_h_to_4h", c.dMlp(), d));
            slots.addAll(
                    Families.linear(ours + "mlp.W_out", ours + "mlp.b_out", theirs + "mlp.dense_4h_to_h", d, c.dMlp()));
        }
        slots.addAll(Families.norm("ln_final", "final_layer_norm", d));
        Families.Head head = Families.head(c, HEAD, "embed_in.weight");
        head.slot().ifPresent(slots::add);
        // The causal mask, the number that stands for minus infinity, and the rotation's frequencies, as constants.
        List<Pattern> ignored = List.of(
                Pattern.compile("layers\\.\\d+\\.attention\\.(bias|masked_bias|rotary_emb\\.inv_freq)"),
                Pattern.compile("rotary_emb\\.inv_freq"));
        return new WeightTable(
                PREFIX, slots, List.of(), head.optional(), Map.of("lm_head.weight", HEAD), ignored, head.checks());
    }

    private static void attention(List<Slot> slots, String ours, String theirs, ModelConfig c, boolean bias) {
        int d = c.dModel();
        int dHead = c.dHead();
        Slot.Source weight =
                new Slot.Source(theirs + "query_key_value.weight", Shape.of(3 * d, d)); // [head, 3, d_head], in
        slots.add(new Slot(
                ours + "W_QKV",
                List.of(Slot.transposedPart(
                        weight, 3 * d, out -> out / dHead % 3 * d + out / (3 * dHead) * dHead + out % dHead))));
        slots.add(Slot.transposed(ours + "W_O", theirs + "dense.weight", Shape.of(d, d)));
        if (!bias) {
            slots.add(Slot.zero(ours + "b_QKV"));
            slots.add(Slot.zero(ours + "b_O"));
            return;
        }
        Slot.Source packed = new Slot.Source(theirs + "query_key_value.bias", Shape.of(3 * d));
        List<Slot.Part> parts = new ArrayList<>();
        for (int head = 0; head < c.nHeads(); head++) {
            for (int part = 0; part < 3; part++) {
                int to = part * d + head * dHead;
                parts.add(new Slot.Part(packed, (head * 3 + part) * dHead, dHead, row -> to, 1));
            }
        }
        slots.add(new Slot(ours + "b_QKV", parts));
        slots.add(Slot.direct(ours + "b_O", theirs + "dense.bias", Shape.of(d)));
    }
}
