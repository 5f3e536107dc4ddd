package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import io.reprise.model.ModelConfig;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * GPT-2 as the transformers library stores it (GPT2Config, GPT2LMHeadModel). Linear layers are "Conv1D", [in, out], and c_attn
 * holds q | k | v, each head by head: all of it as ours.
 */
final class Gpt2Family implements Family {
    static final String MODEL_TYPE = "gpt2";

    private static final int MOST_LAYERS = 10_000;

    private static final List<String> ARCHITECTURES = List.of("GPT2LMHeadModel", "GPT2Model");

    @Override
    public String title() {
        return "GPT-2";
    }

    @Override
    public Architecture architecture(ConfigKeys keys) {
        int dVocab = keys.integer("vocab_size", 1);
        int nCtx = keys.integer("n_positions", 1);
        int dModel = keys.integer("n_embd", 1);
        int nLayers = layers(keys, "n_layer");
        int heads = keys.integer("n_head", 1);
        int dMlp = keys.integer("n_inner", 1, 4 * dModel);
        double eps = keys.number("layer_norm_epsilon", 1e-5);
        Activation actFn = keys.choice("activation_function", Activation.GELU_NEW, ActivationNames.GPT2.byName());
        boolean scaled = keys.flag("scale_attn_weights", true);
        boolean scaledByLayer = keys.flag("scale_attn_by_inverse_layer_idx", false);
        boolean tied = keys.flag("tie_word_embeddings", true);
        Gpt2Padding padding = Gpt2Padding.read(keys, heads);
        if (keys.fine() && dModel % heads != 0) {
            keys.problem("n_head", "= " + heads + " does not divide n_embd = " + dModel);
        }
        int oldName = keys.integer("n_ctx", 1, nCtx);
        if (keys.fine() && oldName != nCtx) {
            keys.problem("n_ctx", "is " + oldName + ", expected n_positions = " + nCtx);
        }
        accountForTheRest(keys);

        int dHead = Math.max(1, dModel / heads);
        List<Double> scales = new ArrayList<>();
        for (int layer = 0; layer < nLayers; layer++) {
            scales.add((scaled ? 1 / Math.sqrt(dHead) : 1.0) / (scaledByLayer ? layer + 1 : 1));
        }
        ModelConfig config = new ModelConfig(
                nLayers,
                dModel,
                padding.heads(),
                dHead,
                padding.mlp() ? 0 : dMlp,
                dVocab,
                nCtx,
                actFn,
                ModelConfig.Normalization.LAYER_NORM,
                eps,
                padding.positions() ? ModelConfig.Positions.NONE : ModelConfig.Positions.LEARNED,
                0,
                10000,
                false,
                tied,
                Collections.nCopies(nLayers, 0),
                scales);
        String dimensions = "config.json (vocab_size = " + dVocab + ", n_positions = " + nCtx + ", n_embd = " + dModel
                + ", n_inner = " + dMlp + ", n_layer = " + nLayers + ")";
        return new Architecture(config, table(config, padding, dMlp), dimensions);
    }

    /** Bounded, since tables are made for each of them before a weight is seen. */
    static int layers(ConfigKeys keys, String key) {
        int layers = keys.integer(key, 0);
        if (layers > MOST_LAYERS) {
            keys.problem(key, "is " + layers + ", expected at most " + MOST_LAYERS);
            return 0;
        }
        return layers;
    }

    /** What changes no logit is ignored; what would, and isn't implemented, is refused unless it is off. */
    private static void accountForTheRest(ConfigKeys keys) {
        if (!keys.text("model_type", MODEL_TYPE).equals(MODEL_TYPE)) {
            keys.problem("model_type", "is not " + MODEL_TYPE);
        }
        for (String architecture : keys.strings("architectures")) {
            if (!ARCHITECTURES.contains(architecture)) {
                keys.problem("architectures", "names " + architecture + ", expected one of " + ARCHITECTURES);
            }
        }
        keys.refuseUnlessOff("add_cross_attention", "cross-attention is not supported");
        keys.refuseUnlessOff("is_encoder_decoder", "encoders are not supported");
        keys.refuseUnlessOff("pruned_heads", "pruned heads are not supported");
        keys.refuseUnlessOff("quantization_config", "quantised weights are not supported");
        // Dropout and initialisation belong to training.
        keys.ignore("attn_pdrop", "embd_pdrop", "resid_pdrop", "initializer_range", "gradient_checkpointing");
        // The classification and summary heads, which a language model doesn't have.
        keys.ignore("summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type");
        keys.ignore("summary_use_proj", "summary_last_dropout", "id2label", "label2id", "num_labels", "_num_labels");
        keys.ignore("problem_type", "finetuning_task", "classifier_dropout");
        // Generation, and what the Python object returns.
        keys.ignore("bos_token_id", "eos_token_id", "pad_token_id", "task_specific_params", "prefix", "use_cache");
        keys.ignore("output_attentions", "output_hidden_states", "output_past", "return_dict", "torchscript");
        // How it was stored: each tensor carries its own element type; casts of half precision don't concern float32.
        keys.ignore("dtype", "torch_dtype", "reorder_and_upcast_attn", "transformers_version", "_name_or_path");
        keys.ignore("is_decoder", "chunk_size_feed_forward", "tokenizer_class");
        keys.refuseOthers("a GPT-2 config");
    }

    private static WeightTable table(ModelConfig c, Gpt2Padding padding, int dMlp) {
        int d = c.dModel();
        int width = c.nHeads() * c.dHead();
        List<Slot> slots = new ArrayList<>();
        List<Slot.Source> required = new ArrayList<>();
        List<Slot.Source> optional = new ArrayList<>();
        List<WeightTable.Check> checks = new ArrayList<>();
        slots.add(Slot.direct("embed.W_E", "wte.weight", Shape.of(c.dVocab(), d)));
        if (padding.positions()) {
            zero("wpe.weight", Shape.of(c.nCtx(), d), required, checks);
        } else {
            slots.add(Slot.direct("pos_embed.W_pos", "wpe.weight", Shape.of(c.nCtx(), d)));
        }
        for (int layer = 0; layer < c.nLayers(); layer++) {
            String ours = "blocks." + layer + ".";
            String theirs = "h." + layer + ".";
            slots.add(Slot.direct(ours + "ln1.w", theirs + "ln_1.weight", Shape.of(d)));
            slots.add(Slot.direct(ours + "ln1.b", theirs + "ln_1.bias", Shape.of(d)));
            slots.add(Slot.from(
                    ours + "attn.W_QKV",
                    theirs + "attn.c_attn.weight",
                    Shape.of(d, 3 * d),
                    qkv -> Gpt2Padding.resizeQkv(qkv, d, width)));
            slots.add(Slot.from(
                    ours + "attn.b_QKV",
                    theirs + "attn.c_attn.bias",
                    Shape.of(3 * d),
                    qkv -> Gpt2Padding.resizeQkv(qkv, d, width)));
            slots.add(Slot.from(
                    ours + "attn.W_O",
                    theirs + "attn.c_proj.weight",
                    Shape.of(d, d),
                    out -> Arrays.copyOf(out, width * d)));
            slots.add(Slot.direct(ours + "attn.b_O", theirs + "attn.c_proj.bias", Shape.of(d)));
            if (width < d) {
                checks.add(weights -> headsAreZero(weights, theirs + "attn.", d, width));
            }
            if (padding.mlp()) {
                required.add(new Slot.Source(theirs + "ln_2.weight", Shape.of(d)));
                required.add(new Slot.Source(theirs + "ln_2.bias", Shape.of(d)));
                required.add(new Slot.Source(theirs + "mlp.c_fc.weight", Shape.of(d, dMlp)));
                required.add(new Slot.Source(theirs + "mlp.c_fc.bias", Shape.of(dMlp)));
                zero(theirs + "mlp.c_proj.weight", Shape.of(dMlp, d), required, checks);
                zero(theirs + "mlp.c_proj.bias", Shape.of(d), required, checks);
                continue;
            }
            slots.add(Slot.direct(ours + "ln2.w", theirs + "ln_2.weight", Shape.of(d)));
            slots.add(Slot.direct(ours + "ln2.b", theirs + "ln_2.bias", Shape.of(d)));
            slots.add(Slot.direct(ours + "mlp.W_in", theirs + "mlp.c_fc.weight", Shape.of(d, dMlp)));
            slots.add(Slot.direct(ours + "mlp.b_in", theirs + "mlp.c_fc.bias", Shape.of(dMlp)));
            slots.add(Slot.direct(ours + "mlp.W_out", theirs + "mlp.c_proj.weight", Shape.of(dMlp, d)));
            slots.add(Slot.direct(ours + "mlp.b_out", theirs + "mlp.c_proj.bias", Shape.of(d)));
        }
        slots.add(Slot.direct("ln_final.w", "ln_f.weight", Shape.of(d)));
        slots.add(Slot.direct("ln_final.b", "ln_f.bias", Shape.of(d)));
        if (c.tiedUnembed()) {
            // Files of pytorch_model.bin carry the tied head a second time.
            optional.add(new Slot.Source("lm_head.weight", Shape.of(c.dVocab(), d)));
            checks.add(Gpt2Family::headIsTied);
        } else {
            slots.add(Slot.direct("unembed.W_U", "lm_head.weight", Shape.of(c.dVocab(), d)));
        }
        // The causal mask and the number that stands for minus infinity, as constants.
        List<Pattern> ignored = List.of(Pattern.compile("h\\.\\d+\\.attn\\.(bias|masked_bias)"));
        return new WeightTable("transformer.", slots, required, optional, ignored, checks);
    }

    private static void zero(String name, Shape shape, List<Slot.Source> required, List<WeightTable.Check> checks) {
        required.add(new Slot.Source(name, shape));
        checks.add(weights -> requireZero(weights, name, weights.isZero(name)));
    }

    private static void headsAreZero(NamedWeights weights, String attention, int d, int width) throws IOException {
        float[] out = weights.read(attention + "c_proj.weight"); // [d, d], rows are heads
        boolean zero = true;
        for (int i = width * d; i < out.length; i++) {
            zero &= out[i] == 0;
        }
        requireZero(weights, attention + "c_proj.weight", zero);
    }

    private static void requireZero(NamedWeights weights, String name, boolean zero) throws ModelFormatException {
        if (!zero) {
            throw new ModelFormatException(
                    weights.origin(),
                    name + " is not zero where config.json's " + Gpt2Padding.KEY
                            + " says so; was it trained further in Python? Remove that key to read it as a plain GPT-2");
        }
    }

    private static void headIsTied(NamedWeights weights) throws IOException {
        if (weights.has("lm_head.weight") && !weights.same("lm_head.weight", "wte.weight")) {
            throw new ModelFormatException(
                    weights.origin(),
                    "lm_head.weight differs from wte.weight, but config.json's tie_word_embeddings says they are one; "
                            + "set it to false if the two are meant to differ");
        }
    }
}
