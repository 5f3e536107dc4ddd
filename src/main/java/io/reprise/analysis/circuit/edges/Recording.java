package io.reprise.analysis.circuit.edges;

import io.reprise.tensor.Tensor;
import java.util.List;

/** Hands every tensor that edges are made of to {@code sink}, as the pass makes it. */
final class Recording implements Wires {
    /** Takes a tensor of the place {@code slot}; it lives no longer than its layer. */
    @FunctionalInterface
    interface Sink {
        void take(int slot, Tensor tensor);
    }

    private final Sink sink;

    Recording(Sink sink) {
        this.sink = sink;
    }

    @Override
    public Tensor embedded(Tensor embedded) {
        sink.take(Slots.EMBED, embedded);
        return embedded;
    }

    @Override
    public List<Tensor> headInputs(int layer, int count, Tensor stream) {
        sink.take(Slots.pre(layer), stream);
        return Wires.super.headInputs(layer, count, stream);
    }

    @Override
    public Tensor z(int layer, Tensor z, BlockParts parts) {
        sink.take(Slots.z(layer), z);
        return z;
    }

    @Override
    public Tensor mlpInput(int layer, Tensor stream) {
        sink.take(Slots.mlpIn(layer), stream);
        return stream;
    }

    @Override
    public Tensor mlpOut(int layer, Tensor out) {
        sink.take(Slots.mlpOut(layer), out);
        return out;
    }

    @Override
    public Tensor logitsInput(Tensor stream) {
        sink.take(Slots.LAST, stream);
        return stream;
    }
}
