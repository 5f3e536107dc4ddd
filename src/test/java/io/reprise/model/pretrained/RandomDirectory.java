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
 * Writes a model directory of a known shape with random weights, for measurements: {@code RandomDirectory SHAPE F32|F16|BF16
 * DIRECTORY}. Linear weights are uniform with standard deviation 0.02, gains of norms lie around 1.
 */
public final class RandomDirectory {
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
        if (args.length != 3 || !SHAPES.containsKey(args[0])) {
            throw new IllegalArgumentException(
                    "expected a shape of " + SHAPES.keySet() + ", F32, F16 or BF16, a directory");
        }
        write(SHAPES.get(args[0]), StoredDType.valueOf(args[1]), Path.of(args[2]));
    }

    static void write(String config, StoredDType type, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(ModelDirectory.CONFIG), config);
        WeightTable table = ModelDirectory.read(directory).table();
        Set<Slot.Source> sources = new LinkedHashSet<>();
        table.slots().forEach(slot -> sources.addAll(slot.sources()));
        List<TensorEntry> entries = new ArrayList<>();
        for (Slot.Source source : sources) {
            entries.add(entry(table.nameOf(source), type, source.shape()));
        }
        SafetensorsWriter.writeAtomically(directory.resolve("model.safetensors"), Map.of("format", "pt"), entries);
    }

    private static TensorEntry entry(String name, StoredDType type, Shape shape) {
        float middle = shape.rank() == 1 && name.endsWith("weight") ? 1 : 0;
        float width = (float) (0.02 * Math.sqrt(12));
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
