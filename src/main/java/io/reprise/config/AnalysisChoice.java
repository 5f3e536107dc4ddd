package io.reprise.config;

import io.reprise.analysis.probe.RunProbe;
import io.reprise.analysis.relation.study.RunRelation;
import java.util.List;

/** What a run looks at after training: a name under {@code analyses:}, or a mapping from the name to its settings. */
public sealed interface AnalysisChoice {
    /** Its name in YAML. */
    default String key() {
        return Words.snake(getClass().getSimpleName());
    }

    /** Whether it needs a model that has heads. */
    boolean looksAtHeads();

    /** Attention patterns on a sample sequence. */
    record Attention() implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /** QK and OV products of every head in token space. */
    record OvQk() implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return true;
        }
    }

    /**
     * The logit lens: accuracy, probability and divergence by depth, and tables of sample sequences.
     *
     * @param topK best tokens told per cell
     * @param blockStep a row every so many blocks; the last always has one
     * @param subBlocks two rows per block, after attention and after the MLP
     * @param decoder modules between a row and the final norm, such as {@code blocks.2}; none if missing
     */
    record Lens(int topK, int blockStep, boolean subBlocks, List<String> decoder) implements AnalysisChoice {
        public Lens {
            if (topK < 1) {
                throw new IllegalArgumentException("top_k = " + topK + "; expected 1 or more");
            }
            if (blockStep < 1) {
                throw new IllegalArgumentException("block_step = " + blockStep + "; expected 1 (every block) or more");
            }
            decoder = List.copyOf(decoder);
        }

        public static Lens defaults() {
            return new Lens(3, 1, false, List.of());
        }

        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }

    /**
     * A classifier on the model's activations.
     *
     * @param probe its settings
     */
    record Probe(RunProbe probe) implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }

    /**
     * Linear operators for the relations of the run's own task.
     *
     * @param relation their settings
     */
    record Relation(RunRelation relation) implements AnalysisChoice {
        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }

    /**
     * Whether the model's upper part, split off in every way there is, does what the whole does.
     *
     * @param layers where it is split; everywhere if empty
     * @param examples prompts, made of unseen examples
     */
    record Split(List<Integer> layers, int examples) implements AnalysisChoice {
        public Split {
            layers = List.copyOf(layers);
            if (examples < 1) {
                throw new IllegalArgumentException("examples = " + examples + "; expected 1 or more");
            }
            if (layers.stream().anyMatch(layer -> layer < 1)) {
                throw new IllegalArgumentException("layers = " + layers + "; expected blocks from 1 on, since block 0"
                        + " and all above is the whole model");
            }
        }

        public static Split defaults() {
            return new Split(List.of(), 2);
        }

        @Override
        public boolean looksAtHeads() {
            return false;
        }
    }
}
