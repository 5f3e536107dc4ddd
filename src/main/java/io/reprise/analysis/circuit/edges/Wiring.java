package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Port;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Sender;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Numbers for senders, receivers and edges, in the order of the forward pass. What a receiver can read is always the first so
 * many senders.
 */
final class Wiring {
    private final ModelShape shape;
    private final Universe universe;
    /** Per layer. */
    private final int senders;

    private final int receivers;
    /** The number of the first edge into each receiver, and the number of edges at the end. */
    private final int[] first;

    Wiring(ModelShape shape) {
        this.shape = shape;
        this.universe = Universe.edges(shape);
        int mlp = shape.hasMlps() ? 1 : 0;
        this.senders = shape.nHeads() + mlp;
        this.receivers = 3 * shape.nHeads() + mlp;
        this.first = new int[receivers() + 1];
        for (int receiver = 0; receiver < receivers(); receiver++) {
            first[receiver + 1] = first[receiver] + sendersBefore(receiver);
        }
        if (first[receivers()] != universe.size()) {
            throw new IllegalStateException(first[receivers()] + " edges counted, " + universe + " listed");
        }
    }

    ModelShape shape() {
        return shape;
    }

    Universe universe() {
        return universe;
    }

    /** Of the whole model, the embedding included. */
    int senders() {
        return 1 + shape.nLayers() * senders;
    }

    /** Of one layer. */
    int sendersPerLayer() {
        return senders;
    }

    /** Of the whole model, the logits included. */
    int receivers() {
        return shape.nLayers() * receivers + 1;
    }

    /** The sender 0 is the embedding. */
    int head(int layer, int head) {
        return 1 + layer * senders + head;
    }

    int mlp(int layer) {
        return head(layer, shape.nHeads());
    }

    int input(int layer, int head, Port port) {
        return layer * receivers + 3 * head + port.ordinal();
    }

    int mlpInput(int layer) {
        return layer * receivers + 3 * shape.nHeads();
    }

    int logits() {
        return shape.nLayers() * receivers;
    }

    int layerOf(int receiver) {
        return receiver / receivers;
    }

    int sendersBefore(int receiver) {
        int layer = layerOf(receiver);
        boolean readsHeads = layer < shape.nLayers() && receiver % receivers == 3 * shape.nHeads() && !shape.parallel();
        return head(layer, readsHeads ? shape.nHeads() : 0);
    }

    /** The place of an edge in the universe. */
    int edge(int receiver, int sender) {
        return first[receiver] + sender;
    }

    Unit.Edge edgeAt(int index) {
        return (Unit.Edge) universe.units().get(index);
    }

    int number(Sender sender) {
        if (sender instanceof Unit.Head head) {
            return head(head.layer(), head.head());
        }
        return sender instanceof Unit.Mlp mlp ? mlp(mlp.layer()) : 0;
    }

    int number(Receiver receiver) {
        if (receiver instanceof Receiver.HeadInput input) {
            return input(input.layer(), input.head(), input.port());
        }
        return receiver instanceof Receiver.MlpInput mlp ? mlpInput(mlp.layer()) : logits();
    }

    /** [receiver][sender]: whether the edge is among {@code edges}. */
    boolean[][] mask(Set<? extends Unit> edges) {
        boolean[][] mask = new boolean[receivers()][];
        for (int receiver = 0; receiver < mask.length; receiver++) {
            mask[receiver] = new boolean[sendersBefore(receiver)];
        }
        for (Unit unit : edges) {
            Unit.Edge edge = (Unit.Edge) unit;
            mask[number(edge.to())][number(edge.from())] = true;
        }
        return mask;
    }

    /** The receivers that read the output of {@code sender}. */
    List<Integer> readersOf(int sender) {
        List<Integer> readers = new ArrayList<>();
        for (int receiver = 0; receiver < receivers(); receiver++) {
            if (sender < sendersBefore(receiver)) {
                readers.add(receiver);
            }
        }
        return readers;
    }
}
