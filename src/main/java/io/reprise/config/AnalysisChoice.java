package io.reprise.config;

import io.reprise.analysis.probe.RunProbe;

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
}
