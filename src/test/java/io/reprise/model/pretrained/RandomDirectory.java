package io.reprise.model.pretrained;

import io.reprise.tensor.Shape;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.StoredDType;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a model directory of a known shape with random weights: {@code RandomDirectory SHAPE F32|F16|BF16 DIRECTORY}. Gains of
 * norms lie around 1, all other weights around 0: for measurements with standard deviation 0.02, for the models of
 * experiments/relation-split-equals-whole.yaml with 0.25, so that every block matters.
 */
public final class RandomDirectory {
    private static final double USUAL = 0.02;
    private static final double LARGE = 0.25;
    private static final Map<String, String> SPLIT =
            Map.of("split-gpt2", """
            {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "activation_function": "gelu_new", "n_layer": 4, "n_head": 4,
             "n_embd": 32, "vocab_size": 14, "n_positions": 16, "layer_norm_epsilon": 1e-05, "scale_attn_weights": true,
             "scale_attn_by_inverse_layer_idx": true, "tie_word_embeddings": true}
            """, "split-gpt-neo", """
            {"model_type": "gpt_neo", "architectures": ["GPTNeoForCausalLM"], "activation_function": "gelu_new", "num_layers": 5,
             "num_heads": 4, "hidden_size": 32, "vocab_size": 14, "max_position_embeddings": 16, "window_size": 4,
             "attention_types": [[["global", "local"], 2], [["global"], 1]], "intermediate_size": 128,
             "layer_norm_epsilon": 1e-05}
            """, "split-gpt-neox", """
            {"model_type": "gpt_neox", "architectures": ["GPTNeoXForCausalLM"], "hidden_act": "gelu", "num_hidden_layers": 4,
             "num_attention_heads": 4, "hidden_size": 32, "intermediate_size": 128, "vocab_size": 14,
             "max_position_embeddings": 16, "rotary_pct": 0.5, "rotary_emb_base": 10000, "use_parallel_residual": true,
             "layer_norm_eps": 1e-05}
            """);
    private static final Map<String, String> SHAPES =
            Map.of("gpt2-small", """
            {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "activation_function": "gelu_new", "n_layer": 12, "n_head": 12,
             "n_embd": 768, "vocab_size": 50257, "n_positions": 1024, "n_ctx": 1024, "layer_norm_epsilon": 1e-05, "tie_word_embeddings": true}
            """, "gpt-neo-2.7b", """
            {"model_type": "gpt_neo", "architectures": ["GPTNeoForCausalLM"], "activation_function": "gelu_new", "num_layers": 32,
             "num_heads": 20, "hidden_size": 2560, "vocab_size": 50257, "max_position_embeddings": 2048, "window_size": 256,
             "attention_types": [[["global", "local"], 16]], "intermediate_size": null, "layer_norm_epsilon": 1e-05}
            """, "pythia-160m", """
            {"model_type": "gpt_neox", "architectures": ["GPTNeoXForCausalLM"], "hidden_act": "gelu", "num_hidden_layers": 12,
             "num_attention_heads": 12, "hidden_size": 768, "intermediate_size": 3072, "vocab_size": 50304,
             "max_position_embeddings": 2048, "rotary_pct": 0.25, "rotary_emb_base": 10000, "use_parallel_residual": true}
            """, "gpt-neox-20b-3-layers", """
            {"model_type": "gpt_neox", "architectures": ["GPTNeoXForCausalLM"], "hidden_act": "gelu_fast", "num_hidden_layers": 3,
             "num_attention_heads": 64, "hidden_size": 6144, "intermediate_size": 24576, "vocab_size": 50432,
             "max_position_embeddings": 2048, "rotary_pct": 0.25, "rotary_emb_base": 10000, "use_parallel_residual": true}
            """);

    private RandomDirectory() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 3 || !SHAPES.containsKey(args[0]) && !SPLIT.containsKey(args[0])) {
            throw new IllegalArgumentException(
                    "expected a shape of " + SHAPES.keySet() + SPLIT.keySet() + ", F32, F16 or BF16, a directory");
        }
        StoredDType type = StoredDType.valueOf(args[1]);
        if (SPLIT.containsKey(args[0])) {
            write(SPLIT.get(args[0]), type, LARGE, Path.of(args[2]));
        } else {
            write(SHAPES.get(args[0]), type, Path.of(args[2]));
        }
    }

    static void write(String config, StoredDType type, Path directory) throws IOException {
        write(config, type, USUAL, directory);
    }

    private static void write(String config, StoredDType type, double deviation, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(ModelDirectory.CONFIG), config);
        WeightTable table = ModelDirectory.read(directory).table();
        Set<Slot.Source> sources = new LinkedHashSet<>();
        table.slots().forEach(slot -> sources.addAll(slot.sources()));
        List<TensorEntry> entries = new ArrayList<>();
        for (Slot.Source source : sources) {
            entries.add(entry(table.nameOf(source), type, deviation, source.shape()));
        }
        SafetensorsWriter.writeAtomically(directory.resolve("model.safetensors"), Map.of("format", "pt"), entries);
    }

    private static TensorEntry entry(String name, StoredDType type, double deviation, Shape shape) {
        float middle = shape.rank() == 1 && name.endsWith("weight") ? 1 : 0;
        float width = (float) (deviation * Math.sqrt(12));
        long[] state = {name.hashCode()};
        return TensorEntry.pieces(name, type, shape, (from, count, target) -> {
            for (int i = 0; i < count; i++) {
                state[0] += 0x9E3779B97F4A7C15L; // splitmix64
                long z = (state[0] ^ state[0] >>> 30) * 0xBF58476D1CE4E5B9L;
                z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
                target[i] = middle + width * ((z >>> 40) * 0x1p-24f - 0.5f);
            }
        });
    }
}
