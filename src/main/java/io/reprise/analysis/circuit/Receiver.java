package io.reprise.analysis.circuit;

/** What reads the residual stream. */
public sealed interface Receiver {
    /** {@code a1.h4<q>}, {@code m0}, {@code logits}. */
    String name();

    /** The layer that it stands in; n_layers for the logits. */
    int layer();

    /** A head's queries, keys or values. */
    record HeadInput(int layer, int head, Port port) implements Receiver {
        public HeadInput {
            if (port == Port.Z) {
                throw new IllegalArgumentException("a head reads through q, k and v; z is what it writes");
            }
        }

        @Override
        public String name() {
            return "a" + layer + ".h" + head + "<" + port.key() + ">";
        }
    }

    /** What an MLP reads. */
    record MlpInput(int layer) implements Receiver {
        @Override
        public String name() {
            return "m" + layer;
        }
    }

    /** What the final norm and the unembedding read. */
    record Logits(int layer) implements Receiver {
        @Override
        public String name() {
            return "logits";
        }
    }
}
