package io.reprise.analysis.circuit;

/** What writes to the residual stream. */
public sealed interface Sender permits Sender.Embedding, Unit.Head, Unit.Mlp {
    /** {@code embed}, {@code a1.h4}, {@code m0}. */
    String name();

    /** The layer that it stands in; -1 for the embedding. */
    int layer();

    /** Token and position embedding together. */
    record Embedding() implements Sender {
        @Override
        public String name() {
            return "embed";
        }

        @Override
        public int layer() {
            return -1;
        }
    }
}
