package io.reprise.model.pretrained;

import io.reprise.backend.Backend;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes a model as a state dict of TransformerLens's HookedTransformer, beside the arguments of the HookedTransformerConfig
 * that it fits: for models that no family of the transformers library can hold. No positions are a position embedding of zeros;
 * a tied unembedding is written out.
 */
final class TransformerLensWriter implements ModelWriter {
    /** The release that scripts/check-transformerlens-export.py was run with; 4.0 has no HookedTransformer any more. */
    static final String VERSION = "3.9.0";

    @Override
    public Optional<String> obstacle(ModelConfig c) {
        if (!ActivationNames.TRANSFORMER_LENS.has(c.actFn()) && !c.attnOnly()) {
            return Optional.of("its MLP has no non-linearity, which TransformerLens has no name for");
        }
        if (AttentionScale.of(c).isEmpty()) {
            return Optional.of("its attention scales " + c.attnScales() + " follow no rule that TransformerLens has");
        }
        if (windows(c).size() > 1) {
            return Optional.of(
                    "its attention windows " + c.attnWindows() + " have several widths, TransformerLens has one");
        }
        return Optional.empty();
    }

    private static List<Integer> windows(ModelConfig c) {
        return c.attnWindows().stream().filter(window -> window > 0).distinct().collect(Collectors.toList());
    }

    @Override
    public void write(Path directory, Transformer model) throws IOException {
        ModelConfig c = model.config();
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", TransformerLensFamily.FORMAT);
        file.put("transformer_lens_version", VERSION);
        file.put("tied_unembed", c.tiedUnembed());
        file.put("zero_positions", c.positions() == ModelConfig.Positions.NONE);
        file.put("cfg", cfg(c));
        JsonFiles.write(directory.resolve(TransformerLensFamily.CONFIG), file);
        SafetensorsWriter.write(directory.resolve(TransformerLensFamily.WEIGHTS), Map.of(), tensors(model));
    }

    private static Map<String, Object> cfg(ModelConfig c) {
        AttentionScale scale = AttentionScale.of(c).orElseThrow();
        List<Integer> windows = windows(c);
        boolean rotary = c.positions() == ModelConfig.Positions.ROTARY;
        Map<String, Object> cfg = new LinkedHashMap<>();
        cfg.put("n_layers", c.nLayers());
        cfg.put("d_model", c.dModel());
        cfg.put("n_heads", c.nHeads());
        cfg.put("d_head", c.dHead());
        cfg.put("d_mlp", c.attnOnly() ? null : c.dMlp());
        cfg.put("d_vocab", c.dVocab());
        cfg.put("n_ctx", c.nCtx());
        cfg.put("attn_only", c.attnOnly());
        cfg.put("act_fn", c.attnOnly() ? null : ActivationNames.TRANSFORMER_LENS.nameOf(c.actFn()));
        cfg.put("normalization_type", c.hasLayerNorm() ? "LN" : null);
        cfg.put("eps", c.eps());
        cfg.put("positional_embedding_type", rotary ? "rotary" : "standard");
        cfg.put("rotary_dim", rotary ? c.rotaryDim() : null);
        cfg.put("rotary_base", c.rotaryBase());
        cfg.put("rotary_adjacent_pairs", false);
        cfg.put("parallel_attn_mlp", c.parallelAttnMlp());
        cfg.put("use_attn_scale", true);
        cfg.put("attn_scale", scale.isDefault(c.dHead()) ? Math.sqrt(c.dHead()) : 1 / scale.base());
        cfg.put("scale_attn_by_inverse_layer_idx", scale.dividedByLayer());
        cfg.put("use_local_attn", !windows.isEmpty());
        cfg.put("window_size", windows.isEmpty() ? null : windows.get(0));
        cfg.put(
                "attn_types",
                windows.isEmpty()
                        ? null
                        : c.attnWindows().stream()
                                .map(w -> w > 0 ? "local" : "global")
                                .toList());
        cfg.put("default_prepend_bos", false);
        cfg.put("device", "cpu");
        return cfg;
    }

    private static List<TensorEntry> tensors(Transformer model) {
        ModelConfig c = model.config();
        Backend backend = model.backend();
        int d = c.dModel();
        List<TensorEntry> entries = new ArrayList<>();
        put(entries, "embed.W_E", Shape.of(c.dVocab(), d), () -> Tables.embed(model));
        if (c.positions() != ModelConfig.Positions.ROTARY) {
            put(entries, "pos_embed.W_pos", Shape.of(c.nCtx(), d), () -> Tables.posEmbed(model));
        }
        for (int layer = 0; layer < c.nLayers(); layer++) {
            BlockWeights block = model.weights().block(layer);
            String name = "blocks." + layer + ".";
            norm(entries, name + "ln1.", block.ln1(), d, backend);
            attention(entries, name + "attn.", block, c, backend);
            block.mlp().ifPresent(mlp -> {
                norm(entries, name + "ln2.", block.ln2(), d, backend);
                put(entries, name + "mlp.W_in", Shape.of(d, c.dMlp()), () -> backend.download(mlp.inWeight()));
                put(entries, name + "mlp.b_in", Shape.of(c.dMlp()), () -> backend.download(mlp.inBias()));
                put(entries, name + "mlp.W_out", Shape.of(c.dMlp(), d), () -> backend.download(mlp.outWeight()));
                put(entries, name + "mlp.b_out", Shape.of(d), () -> backend.download(mlp.outBias()));
            });
        }
        norm(entries, "ln_final.", model.weights().lnFinal(), d, backend);
        put(
                entries,
                "unembed.W_U",
                Shape.of(d, c.dVocab()),
                () -> TransformerLensFamily.transpose(Tables.unembed(model), c.dVocab(), d));
        put(entries, "unembed.b_U", Shape.of(c.dVocab()), () -> new float[c.dVocab()]);
        return entries;
    }

    private static void attention(
            List<TensorEntry> entries, String name, BlockWeights block, ModelConfig c, Backend backend) {
        int d = c.dModel();
        int heads = c.nHeads();
        int dHead = c.dHead();
        for (int part = 0; part < 3; part++) {
            int which = part;
            put(
                    entries,
                    name + "W_" + "QKV".charAt(part),
                    Shape.of(heads, d, dHead),
                    () -> TransformerLensFamily.unpack(backend.download(block.qkvWeight()), which, d, heads, dHead));
            put(
                    entries,
                    name + "b_" + "QKV".charAt(part),
                    Shape.of(heads, dHead),
                    () -> TransformerLensFamily.unpack(
                            download(backend, block.qkvBias(), 3 * heads * dHead), which, 1, heads, dHead));
        }
        put(entries, name + "W_O", Shape.of(heads, dHead, d), () -> backend.download(block.outWeight()));
        put(entries, name + "b_O", Shape.of(d), () -> download(backend, block.outBias(), d));
    }

    private static void norm(
            List<TensorEntry> entries, String name, Optional<BlockWeights.Norm> norm, int d, Backend backend) {
        norm.ifPresent(present -> {
            put(entries, name + "w", Shape.of(d), () -> backend.download(present.gain()));
            put(entries, name + "b", Shape.of(d), () -> backend.download(present.bias()));
        });
    }

    private static void put(List<TensorEntry> entries, String name, Shape shape, TensorEntry.WholeTensor values) {
        entries.add(TensorEntry.lazy(name, shape, values));
    }

    private static float[] download(Backend backend, Optional<Tensor> tensor, int size) {
        return tensor.map(backend::download).orElseGet(() -> new float[size]);
    }
}
