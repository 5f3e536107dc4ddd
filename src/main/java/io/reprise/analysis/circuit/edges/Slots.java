package io.reprise.analysis.circuit.edges;

/** Numbers of the places of a pass: what senders write and what receivers read. */
final class Slots {
    static final int EMBED = 0;
    /** What the logits read. */
    static final int LAST = 1;

    private Slots() {}

    static int count(int layers) {
        return 2 + 4 * layers;
    }

    /** What a layer's heads read. */
    static int pre(int layer) {
        return 2 + 4 * layer;
    }

    static int z(int layer) {
        return pre(layer) + 1;
    }

    /** What a layer's MLP reads. */
    static int mlpIn(int layer) {
        return pre(layer) + 2;
    }

    static int mlpOut(int layer) {
        return pre(layer) + 3;
    }

    /** Whether senders write here; else receivers read. */
    static boolean isWritten(int slot) {
        return slot == EMBED || (slot != LAST && slot % 2 == 1);
    }
}
