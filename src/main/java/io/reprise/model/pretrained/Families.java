package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the configs of the transformers library have in common, whatever the family. */
final class Families {
    private static final int MOST_LAYERS = 10_000;

    private Families() {}

    /** Bounded, since tables are made for each of them before a weight is seen. */
    static int layers(ConfigKeys keys, String key) {
        int layers = keys.integer(key, 0);
        if (layers > MOST_LAYERS) {
            keys.problem(key, "is " + layers + ", expected at most " + MOST_LAYERS);
            return 0;
        }
        return layers;
    }

    /** The width of a head; a problem if the heads don't divide the width of the residual stream. */
    static int headWidth(ConfigKeys keys, String headsKey, int heads, String widthKey, int width) {
        if (keys.fine() && width % heads != 0) {
            keys.problem(headsKey, "= " + heads + " does not divide " + widthKey + " = " + width);
        }
        return Math.max(1, width / heads);
    }

    /** What GPT-2 and GPT-Neo call their modules, but for those within attention. */
    static Map<Kind, List<String>> gptModules() {
        Map<Kind, List<String>> names = new EnumMap<>(Kind.class);
        names.put(Kind.EMBED, List.of("wte"));
        names.put(Kind.POS_EMBED, List.of("wpe"));
        names.put(Kind.LN1, List.of("h.#.ln_1"));
        names.put(Kind.LN2, List.of("h.#.ln_2"));
        names.put(Kind.MLP_PRE, List.of("h.#.mlp.c_fc"));
        names.put(Kind.MLP_POST, List.of("h.#.mlp.act"));
        names.put(Kind.MLP_OUT, List.of("h.#.mlp", "h.#.mlp.c_proj"));
        names.put(Kind.RESID_POST, List.of("h.#"));
        names.put(Kind.LN_FINAL, List.of("ln_f"));
        names.put(Kind.LOGITS, List.of("lm_head"));
        return names;
    }

    /** A layer norm's gain and bias. */
    static List<Slot> norm(String ours, String theirs, int d) {
        return List.of(
                Slot.direct(ours + ".w", theirs + ".weight", Shape.of(d)),
                Slot.direct(ours + ".b", theirs + ".bias", Shape.of(d)));
    }

    /** A weight stored as [out, in] and its bias. */
    static List<Slot> linear(String weight, String bias, String theirs, int out, int in) {
        return List.of(
                Slot.transposed(weight, theirs + ".weight", Shape.of(out, in)),
                Slot.direct(bias, theirs + ".bias", Shape.of(out)));
    }

    /**
     * The unembedding's place in a weight table.
     *
     * @param slot unless it is the embedding
     * @param optional the embedding a second time, as files of pytorch_model.bin have it
     */
    record Head(Optional<Slot> slot, List<Slot.Source> optional, List<WeightTable.Check> checks) {}

    static Head head(ModelConfig c, String head, String embedding) {
        Shape shape = Shape.of(c.dVocab(), c.dModel());
        if (!c.tiedUnembed()) {
            return new Head(Optional.of(Slot.direct("unembed.W_U", head, shape)), List.of(), List.of());
        }
        WeightTable.Condition same = weights -> {
            if (weights.has(head) && !weights.same(head, embedding)) {
                throw new ModelFormatException(
                        weights.origin(),
                        head + " differs from " + embedding + ", but config.json's tie_word_embeddings says they are "
                                + "one; set it to false if the two are meant to differ");
            }
        };
        return new Head(
                Optional.empty(),
                List.of(new Slot.Source(head, shape)),
                List.of(new WeightTable.Check(embedding, same)));
    }

    /** What changes no logit is ignored; what would, and isn't implemented, is refused unless it is off. */
    static void accountForCommonKeys(ConfigKeys keys, String modelType, List<String> architectures) {
        if (!keys.text("model_type", modelType).equals(modelType)) {
            keys.problem("model_type", "is not " + modelType);
        }
        for (String architecture : keys.strings("architectures")) {
            if (!architectures.contains(architecture)) {
                keys.problem("architectures", "names " + architecture + ", expected one of " + architectures);
            }
        }
        keys.refuseUnlessOff("add_cross_attention", "cross-attention is not supported");
        keys.refuseUnlessOff("is_encoder_decoder", "encoders are not supported");
        keys.refuseUnlessOff("pruned_heads", "pruned heads are not supported");
        keys.refuseUnlessOff("quantization_config", "quantised weights are not supported");
        // Dropout and initialisation belong to training.
        keys.ignore("initializer_range", "gradient_checkpointing", "classifier_dropout", "attention_dropout");
        // The classification and summary heads, which a language model doesn't have.
        keys.ignore("summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type");
        keys.ignore("summary_use_proj", "summary_last_dropout", "id2label", "label2id", "num_labels", "_num_labels");
        keys.ignore("problem_type", "finetuning_task");
        // Generation, and what the Python object returns.
        keys.ignore("bos_token_id", "eos_token_id", "pad_token_id", "task_specific_params", "prefix", "use_cache");
        keys.ignore("output_attentions", "output_hidden_states", "output_past", "return_dict", "torchscript");
        // How it was stored: each tensor carries its own element type; casts of half precision don't concern float32.
        keys.ignore("dtype", "torch_dtype", "transformers_version", "_name_or_path");
        keys.ignore("is_decoder", "chunk_size_feed_forward", "tokenizer_class");
    }
}
