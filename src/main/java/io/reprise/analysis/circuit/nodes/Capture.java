package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.nodes.Numbers.Matrix;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.ModelConfig;
import io.reprise.model.StreamParts;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes the values of slots, by layer, from runs of the whole model. */
final class Capture {
    private final Backend backend;
    private final ModelConfig config;
    private final StreamParts parts;
    private final Numbers numbers;
    private final Set<Slot> slots;

    Capture(Transformer model, Numbers numbers, Set<Slot> slots) {
        this.backend = model.backend();
        this.config = model.config();
        this.parts = new StreamParts(model);
        this.numbers = numbers;
        this.slots = slots;
    }

    /** Zeros of every slot, one row each. */
    List<Map<Slot, Matrix>> zeros() {
        Map<Slot, Matrix> layer = new EnumMap<>(Slot.class);
        slots.forEach(slot -> layer.put(slot, numbers.zeros(1, slot.blocks(config) * slot.width(config))));
        return Collections.nCopies(config.nLayers(), layer);
    }

    /** The values of every row. */
    List<Map<Slot, Matrix>> run(Tokens tokens) {
        List<Map<Slot, Matrix>> layers = new ArrayList<>();
        try (Scope all = backend.scope()) {
            Tensor x = parts.embed(tokens);
            for (int layer = 0; layer < config.nLayers(); layer++) {
                Map<Slot, Matrix> taken = new EnumMap<>(Slot.class);
                try (Scope scope = backend.scope()) {
                    x = scope.keep(block(layer, x, tokens, taken));
                }
                layers.add(taken);
            }
        }
        return layers;
    }

    /** The mean over the sequences at each position: one row per position. Sums are in float64, in the order of the sequences. */
    List<Map<Slot, Matrix>> mean(List<Tokens> batches) {
        int length = batches.get(0).length();
        int sequences = batches.stream().mapToInt(Tokens::batch).sum();
        List<Map<Slot, double[]>> sums = new ArrayList<>();
        for (Tokens batch : batches) {
            List<Map<Slot, Matrix>> values = run(batch);
            for (int layer = 0; layer < values.size(); layer++) {
                if (sums.size() == layer) {
                    sums.add(new EnumMap<>(Slot.class));
                }
                Map<Slot, double[]> sum = sums.get(layer);
                values.get(layer).forEach((slot, matrix) -> {
                    matrix.addFolded(sum.computeIfAbsent(slot, key -> new double[length * matrix.columns()]));
                });
            }
        }
        List<Map<Slot, Matrix>> means = new ArrayList<>();
        for (Map<Slot, double[]> sum : sums) {
            Map<Slot, Matrix> mean = new EnumMap<>(Slot.class);
            sum.forEach((slot, total) -> {
                for (int i = 0; i < total.length; i++) {
                    total[i] /= sequences;
                }
                mean.put(slot, numbers.of(total, length, total.length / length));
            });
            means.add(mean);
        }
        return means;
    }

    private Tensor block(int layer, Tensor x, Tokens tokens, Map<Slot, Matrix> taken) {
        Tensor qkv = parts.qkv(layer, x);
        int width = config.nHeads() * config.dHead();
        for (Slot slot : List.of(Slot.Q, Slot.K, Slot.V)) {
            if (slots.contains(slot)) {
                int from = slot.ordinal() * width;
                taken.put(slot, numbers.download(backend.columns(qkv, from, from + width)));
            }
        }
        Tensor z = parts.z(layer, qkv, tokens.batch(), tokens.length());
        take(Slot.Z, z, taken);
        Tensor mid = backend.add(x, parts.attnOut(layer, z));
        if (config.attnOnly()) {
            return mid;
        }
        Tensor post = parts.mlpPost(layer, config.parallelAttnMlp() ? x : mid);
        take(Slot.POST, post, taken);
        Tensor out = parts.mlpOut(layer, post);
        take(Slot.OUT, out, taken);
        return backend.add(mid, out);
    }

    private void take(Slot slot, Tensor value, Map<Slot, Matrix> taken) {
        if (slots.contains(slot)) {
            taken.put(slot, numbers.download(value));
        }
    }
}
