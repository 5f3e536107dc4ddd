package io.reprise.analysis.circuit;

/** A member of a universe: what can be in a circuit or out of it. */
public sealed interface Unit {
    /** Its name in files and on pages, such as {@code a1.h4}, {@code m0}, {@code m0.n17}, {@code embed->a1.h4<q>}. */
    String name();

    /** The layer that it stands in; of an edge, the layer of what reads. */
    int layer();

    /** What kind of unit this is within its universe. Random circuits match a circuit by type and layer. */
    String type();

    /** Type and layer: units of one stratum stand in for each other in random circuits. */
    default String stratum() {
        return type() + "@" + layer();
    }

    /** An attention head: its output z. */
    record Head(int layer, int head) implements Unit, Sender {
        @Override
        public String name() {
            return "a" + layer + ".h" + head;
        }

        @Override
        public String type() {
            return "head";
        }
    }

    /** An MLP: its output. */
    record Mlp(int layer) implements Unit, Sender {
        @Override
        public String name() {
            return "m" + layer;
        }

        @Override
        public String type() {
            return "mlp";
        }
    }

    /** A neuron of an MLP: its activation after the non-linearity. */
    record Neuron(int layer, int neuron) implements Unit {
        @Override
        public String name() {
            return "m" + layer + ".n" + neuron;
        }

        @Override
        public String type() {
            return "neuron";
        }
    }

    /**
     * A head's queries, keys, values or output at the positions of one role.
     *
     * @param role see {@link io.reprise.data.PairSet.Group#roles}
     */
    record Channel(int layer, int head, Port port, String role) implements Unit {
        @Override
        public String name() {
            return "a" + layer + ".h" + head + "." + port.key() + "@" + role;
        }

        @Override
        public String type() {
            return port.key();
        }
    }

    /** What one component writes as another reads it. */
    record Edge(Sender from, Receiver to) implements Unit {
        @Override
        public String name() {
            return from.name() + "->" + to.name();
        }

        @Override
        public int layer() {
            return to.layer();
        }

        /** Kind of sender and of receiver: {@code head->q}. */
        @Override
        public String type() {
            String sender = from instanceof Head ? "head" : from instanceof Mlp ? "mlp" : "embed";
            String receiver = to instanceof Receiver.HeadInput input
                    ? input.port().key()
                    : to instanceof Receiver.MlpInput ? "mlp" : "logits";
            return sender + "->" + receiver;
        }
    }
}
