package io.reprise.experiment;

import io.reprise.model.ModelConfig;
import io.reprise.model.pretrained.PartOrigin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a directory or a file holds. */
public sealed interface Inspection {
    /** Where it is. */
    String path();

    /**
     * A finished run and its model.
     *
     * @param model absent if it isn't there any more
     */
    record OfRun(
            String path,
            String name,
            long seed,
            String stopReason,
            Map<String, Double> metrics,
            Optional<OfModel> model)
            implements Inspection {
        public OfRun {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }

    /**
     * A model directory.
     *
     * @param part where it comes from, if it is the upper part of a model
     * @param parameters numbers by component, as far as the model has them: embed, pos_embed, attn, mlp, ln, ln_final, unembed;
     *     of all blocks together
     * @param weightsBytes of float32 weights in memory: all of them (resident), one layer at a time (stream)
     * @param tokenizer what it is, or why there is none
     */
    record OfModel(
            String path,
            String family,
            Optional<PartOrigin> part,
            ModelConfig config,
            Map<String, Long> parameters,
            Map<String, Long> weightsBytes,
            String tokenizer,
            OfWeights stored,
            List<SiteLine> sites)
            implements Inspection {
        public OfModel {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            weightsBytes = Collections.unmodifiableMap(new LinkedHashMap<>(weightsBytes));
            sites = List.copyOf(sites);
        }

        /** The first block that is there. */
        int firstLayer() {
            return part.map(PartOrigin::breakLayer).orElse(0);
        }

        long count() {
            return parameters.values().stream().mapToLong(n -> n).sum();
        }
    }

    /**
     * Tensors in files.
     *
     * @param bytes of the files on disk
     * @param metadata text that the files carry
     */
    record OfWeights(
            String path, List<String> files, long bytes, Map<String, String> metadata, List<TensorLine> tensors)
            implements Inspection {
        public OfWeights {
            files = List.copyOf(files);
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
            tensors = List.copyOf(tensors);
        }

        /** Element types and how many tensors have them, as {@code F32 × 148}. */
        String types() {
            Map<String, Integer> counts = new LinkedHashMap<>();
            tensors.forEach(tensor -> counts.merge(tensor.dtype(), 1, Integer::sum));
            List<String> types = new ArrayList<>();
            counts.forEach((type, count) -> types.add(counts.size() == 1 ? type : type + " × " + count));
            return String.join(", ", types);
        }
    }

    /** A tensor as it is stored. */
    record TensorLine(String name, String dtype, List<Integer> shape) {
        public TensorLine {
            shape = List.copyOf(shape);
        }
    }

    /**
     * A site.
     *
     * @param shape its axes, with their lengths where the model knows them: {@code [batch, pos, head=12, d_head=64]}
     * @param module the family's module whose output it is, if it is one's
     */
    record SiteLine(String name, String shape, Optional<String> module) {}
}
