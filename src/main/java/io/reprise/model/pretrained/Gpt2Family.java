package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * GPT-2 as the transformers library stores it (GPT2Config, GPT2LMHeadModel). Linear layers are "Conv1D", [in, out], and c_attn
 * holds q | k | v, each head by head: all of it as ours.
 */
final class Gpt2Family implements Family {
    static final String MODEL_TYPE = "gpt2";

    private static final String PREFIX = "transformer.";

    private static final List<String> ARCHITECTURES = List.of("GPT2LMHeadModel", "GPT2Model");

    @Override
    public String title() {
        return "GPT-2";
    }

    @Override
    public ModuleNames modules() {
        Map<Kind, List<String>> names = Families.gptModules();
        names.put(Kind.QKV, List.of("h.#.attn.c_attn"));
        names.put(Kind.ATTN_OUT, List.of("h.#.attn", "h.#.attn.c_proj"));
        return new ModuleNames(PREFIX, "drop", names);
    }

    @Override
    public Architecture architecture(ConfigKeys keys) {
        int dVocab = keys.integer("vocab_size", 1);
        int nCtx = keys.integer("n_positions", 1);
        int dModel = keys.integer("n_embd", 1);
        int nLayers = Families.layers(keys, "n_layer");
        int heads = keys.integer("n_head", 1);
        int dMlp = keys.integer("n_inner", 1, 4 * dModel);
        double eps = keys.number("layer_norm_epsilon", 1e-5);
        Activation actFn =
                keys.choice("activation_function", Activation.GELU_NEW, ActivationNames.TRANSFORMERS.byName());
        boolean scaled = keys.flag("scale_attn_weights", true);
        boolean scaledByLayer = keys.flag("scale_attn_by_inverse_layer_idx", false);
        boolean tied = keys.flag("tie_word_embeddings", true);
        Gpt2Padding padding = Gpt2Padding.read(keys, heads);
        int dHead = Families.headWidth(keys, "n_head", heads, "n_embd", dModel);
        int oldName = keys.integer("n_ctx", 1, nCtx);
        if (keys.fine() && oldName != nCtx) {
            keys.problem("n_ctx", "is " + oldName + ", expected n_positions = " + nCtx);
        }
        accountForTheRest(keys);

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

    private static void accountForTheRest(ConfigKeys keys) {
        Families.accountForCommonKeys(keys, MODEL_TYPE, ARCHITECTURES);
        keys.ignore("attn_pdrop", "embd_pdrop", "resid_pdrop"); // dropout
        keys.ignore("reorder_and_upcast_attn"); // casts of half precision
        keys.refuseOthers("a GPT-2 config");
    }

    private static WeightTable table(ModelConfig c, Gpt2Padding padding, int dMlp) {
        int d = c.dModel();
        int width = c.nHeads() * c.dHead();
        List<Slot> slots = new ArrayList<>();
        List<Slot.Source> required = new ArrayList<>();
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
            slots.addAll(Families.norm(ours + "ln1", theirs + "ln_1", d));
            slots.add(qkv(
                    ours + "attn.W_QKV", new Slot.Source(theirs + "attn.c_attn.weight", Shape.of(d, 3 * d)), width));
            slots.add(qkv(ours + "attn.b_QKV", new Slot.Source(theirs + "attn.c_attn.bias", Shape.of(3 * d)), width));
            slots.add(firstRows(
                    ours + "attn.W_O", new Slot.Source(theirs + "attn.c_proj.weight", Shape.of(d, d)), width));
            slots.add(Slot.direct(ours + "attn.b_O", theirs + "attn.c_proj.bias", Shape.of(d)));
            if (width < d) {
                checks.add(new WeightTable.Check(
                        theirs + "attn.c_proj.weight", weights -> headsAreZero(weights, theirs + "attn.", d, width)));
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
            slots.addAll(Families.norm(ours + "ln2", theirs + "ln_2", d));
            slots.add(Slot.direct(ours + "mlp.W_in", theirs + "mlp.c_fc.weight", Shape.of(d, dMlp)));
            slots.add(Slot.direct(ours + "mlp.b_in", theirs + "mlp.c_fc.bias", Shape.of(dMlp)));
            slots.add(Slot.direct(ours + "mlp.W_out", theirs + "mlp.c_proj.weight", Shape.of(dMlp, d)));
            slots.add(Slot.direct(ours + "mlp.b_out", theirs + "mlp.c_proj.bias", Shape.of(d)));
        }
        slots.addAll(Families.norm("ln_final", "ln_f", d));
        Families.Head head = Families.head(c, "lm_head.weight", "wte.weight");
        head.slot().ifPresent(slots::add);
        checks.addAll(head.checks());
        // The causal mask and the number that stands for minus infinity, as constants.
        List<Pattern> ignored = List.of(Pattern.compile("h\\.\\d+\\.attn\\.(bias|masked_bias)"));
        return new WeightTable(PREFIX, slots, required, head.optional(), Map.of(), ignored, checks);
    }

    /** q | k | v of as many heads as are not padding. */
    private static Slot qkv(String parameter, Slot.Source source, int width) {
        int d = source.shape().columns() / 3;
        if (width == d) {
            return Slot.direct(parameter, source.name(), source.shape());
        }
        List<Slot.Part> parts = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            int to = part * width;
            parts.add(new Slot.Part(source, part * d, width, row -> row * 3 * width + to, 1));
        }
        return new Slot(parameter, parts);
    }

    private static Slot firstRows(String parameter, Slot.Source source, int rows) {
        int columns = source.shape().columns();
        if (rows == source.shape().rows()) {
            return Slot.direct(parameter, source.name(), source.shape());
        }
        return new Slot(
                parameter, List.of(new Slot.Part(source, 0, columns, row -> row < rows ? row * columns : -1, 1)));
    }

    private static void zero(String name, Shape shape, List<Slot.Source> required, List<WeightTable.Check> checks) {
        required.add(new Slot.Source(name, shape));
        checks.add(new WeightTable.Check(name, weights -> requireZero(weights, name, weights.isZero(name))));
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
}
