package io.reprise.model.pretrained;

import io.reprise.backend.Backend;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import io.reprise.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a model as a GPT-2 directory, which Python's transformers reads with the same logits. What GPT-2 has and the model has
 * not is written as zeros ({@link Gpt2Padding}): an MLP for an attention-only model, a position embedding, further heads.
 */
final class Gpt2Writer implements ModelWriter {
    @Override
    public Optional<String> obstacle(ModelConfig c) {
        if (!c.hasLayerNorm()) {
            return Optional.of("it has no layer norm, and every GPT-2 has");
        }
        if (c.positions() == ModelConfig.Positions.ROTARY) {
            return Optional.of("its positions are rotary, GPT-2's are learned");
        }
        if (c.parallelAttnMlp() && !c.attnOnly()) {
            return Optional.of("attention and MLP read the same input, in GPT-2 one follows the other");
        }
        if (c.attnWindows().stream().anyMatch(window -> window > 0 && window < c.nCtx())) {
            return Optional.of("its attention has windows, GPT-2's has none");
        }
        if (c.nLayers() > 0 && (c.dModel() % c.dHead() != 0 || c.nHeads() * c.dHead() > c.dModel())) {
            return Optional.of("its heads are " + c.nHeads() + " of width " + c.dHead() + ", GPT-2's split d_model = "
                    + c.dModel() + " without rest");
        }
        Optional<AttentionScale> scale = AttentionScale.of(c);
        if (scale.isEmpty() || !(scale.get().isDefault(c.dHead()) || scale.get().base() == 1)) {
            return Optional.of("its attention scales " + c.attnScales() + " are neither 1/√d_head nor 1");
        }
        return Optional.empty();
    }

    @Override
    public void write(Path directory, Transformer model) throws IOException {
        ModelConfig c = model.config();
        int heads = c.nLayers() == 0 ? 1 : c.dModel() / c.dHead();
        Gpt2Padding padding = Gpt2Padding.of(c);
        JsonFiles.write(directory.resolve(ModelDirectory.CONFIG), config(c, padding, heads));
        SafetensorsWriter.write(directory.resolve(WeightFiles.SINGLE), Map.of(), tensors(model, padding));
    }

    private static Map<String, Object> config(ModelConfig c, Gpt2Padding padding, int heads) {
        AttentionScale scale = AttentionScale.of(c).orElseThrow();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("GPT2LMHeadModel"));
        config.put("model_type", Gpt2Family.MODEL_TYPE);
        config.put("vocab_size", c.dVocab());
        config.put("n_positions", c.nCtx());
        config.put("n_embd", c.dModel());
        config.put("n_layer", c.nLayers());
        config.put("n_head", heads);
        config.put("n_inner", padding.mlp() ? Gpt2Padding.MLP_WIDTH : c.dMlp());
        config.put("activation_function", ActivationNames.TRANSFORMERS.nameOf(c.actFn()));
        config.put("layer_norm_epsilon", c.eps());
        config.put("scale_attn_weights", scale.isDefault(c.dHead()));
        config.put("scale_attn_by_inverse_layer_idx", scale.dividedByLayer());
        config.put("tie_word_embeddings", c.tiedUnembed());
        // Dropout is not part of the model that was trained; the library's default would add it when training goes on
        // there.
        config.put("attn_pdrop", 0.0);
        config.put("embd_pdrop", 0.0);
        config.put("resid_pdrop", 0.0);
        config.put("bos_token_id", null);
        config.put("eos_token_id", null);
        config.put("pad_token_id", null);
        config.put("dtype", "float32");
        if (c.nLayers() == 0) {
            padding = new Gpt2Padding(padding.mlp(), padding.positions(), heads);
        }
        if (!padding.isNone(heads)) {
            config.put(Gpt2Padding.KEY, padding.asJson());
        }
        return config;
    }

    private static List<TensorEntry> tensors(Transformer model, Gpt2Padding padding) {
        ModelConfig c = model.config();
        Backend backend = model.backend();
        int d = c.dModel();
        int width = c.nHeads() * c.dHead();
        List<TensorEntry> entries = new ArrayList<>();
        put(entries, "transformer.wte.weight", Shape.of(c.dVocab(), d), () -> Tables.embed(model));
        put(entries, "transformer.wpe.weight", Shape.of(c.nCtx(), d), () -> Tables.posEmbed(model));
        for (int layer = 0; layer < c.nLayers(); layer++) {
            BlockWeights block = model.weights().block(layer);
            String name = "transformer.h." + layer + ".";
            norm(entries, name + "ln_1.", block.ln1(), d, backend);
            put(
                    entries,
                    name + "attn.c_attn.weight",
                    Shape.of(d, 3 * d),
                    () -> Gpt2Padding.resizeQkv(backend.download(block.qkvWeight()), width, d));
            put(
                    entries,
                    name + "attn.c_attn.bias",
                    Shape.of(3 * d),
                    () -> Gpt2Padding.resizeQkv(download(backend, block.qkvBias(), 3 * width), width, d));
            put(
                    entries,
                    name + "attn.c_proj.weight",
                    Shape.of(d, d),
                    () -> Arrays.copyOf(backend.download(block.outWeight()), d * d));
            put(entries, name + "attn.c_proj.bias", Shape.of(d), () -> download(backend, block.outBias(), d));
            norm(entries, name + "ln_2.", block.ln2(), d, backend);
            int dMlp = padding.mlp() ? Gpt2Padding.MLP_WIDTH : c.dMlp();
            Optional<BlockWeights.Mlp> mlp = block.mlp();
            put(
                    entries,
                    name + "mlp.c_fc.weight",
                    Shape.of(d, dMlp),
                    () -> download(backend, mlp.map(BlockWeights.Mlp::inWeight), d * dMlp));
            put(
                    entries,
                    name + "mlp.c_fc.bias",
                    Shape.of(dMlp),
                    () -> download(backend, mlp.map(BlockWeights.Mlp::inBias), dMlp));
            put(
                    entries,
                    name + "mlp.c_proj.weight",
                    Shape.of(dMlp, d),
                    () -> download(backend, mlp.map(BlockWeights.Mlp::outWeight), dMlp * d));
            put(
                    entries,
                    name + "mlp.c_proj.bias",
                    Shape.of(d),
                    () -> download(backend, mlp.map(BlockWeights.Mlp::outBias), d));
        }
        norm(entries, "transformer.ln_f.", model.weights().lnFinal(), d, backend);
        if (!c.tiedUnembed()) {
            put(entries, "lm_head.weight", Shape.of(c.dVocab(), d), () -> Tables.unembed(model));
        }
        return entries;
    }

    /** Gain and bias; 1 and 0 before an MLP that isn't there. */
    private static void norm(
            List<TensorEntry> entries, String name, Optional<BlockWeights.Norm> norm, int d, Backend backend) {
        put(entries, name + "weight", Shape.of(d), () -> {
            float[] ones = new float[d];
            Arrays.fill(ones, 1f);
            return norm.map(present -> backend.download(present.gain())).orElse(ones);
        });
        put(entries, name + "bias", Shape.of(d), () -> download(backend, norm.map(BlockWeights.Norm::bias), d));
    }

    private static void put(List<TensorEntry> entries, String name, Shape shape, TensorEntry.WholeTensor values) {
        entries.add(TensorEntry.lazy(name, shape, values));
    }

    private static float[] download(Backend backend, Optional<Tensor> tensor, int size) {
        return tensor.map(backend::download).orElseGet(() -> new float[size]);
    }
}
