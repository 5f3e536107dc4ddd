package io.reprise.config;

/** What to look at after training, one entry of {@code analyses:}. */
public sealed interface AnalysisSpec {
    /** Attention patterns on test sequences. */
    record Attention() implements AnalysisSpec {}

    /** The heads' OV and QK products in token space. */
    record OvQk() implements AnalysisSpec {}

    /** Whether it looks at heads, and so needs a layer. */
    default boolean needsHeads() {
        return true;
    }
}
