package io.reprise.analysis.circuit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All units of one kind that a model has, in the order of the forward pass. */
public final class Universe {
    /** What the units are. */
    public enum Kind {
        /** Heads and MLPs. Embedding and logits are always there. */
        NODES,
        /** Heads and single neurons of the MLPs. */
        NEURONS,
        /** Edges from embedding, heads and MLPs to queries, keys, values, MLPs and logits. */
        EDGES,
        /** Queries, keys, values and outputs of each head, by role of the position. MLPs are whole. */
        CHANNELS;

        /** As in YAML and JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;
    private final ModelShape shape;
    private final List<Unit> units;
    private final Map<String, Unit> byName = new LinkedHashMap<>();

    private Universe(Kind kind, ModelShape shape, List<Unit> units) {
        this.kind = kind;
        this.shape = shape;
        this.units = List.copyOf(units);
        this.units.forEach(unit -> byName.put(unit.name(), unit));
    }

    /** Heads and MLPs. */
    public static Universe nodes(ModelShape shape) {
        List<Unit> units = new ArrayList<>();
        for (int layer = 0; layer < shape.nLayers(); layer++) {
            heads(shape, layer, units);
            if (shape.hasMlps()) {
                units.add(new Unit.Mlp(layer));
            }
        }
        return new Universe(Kind.NODES, shape, units);
    }

    /** Heads alone: nodes of which MLPs are left out. */
    public static Universe heads(ModelShape shape) {
        List<Unit> units = new ArrayList<>();
        for (int layer = 0; layer < shape.nLayers(); layer++) {
            heads(shape, layer, units);
        }
        return new Universe(Kind.NODES, shape, units);
    }

    /** Heads and neurons. */
    public static Universe neurons(ModelShape shape) {
        List<Unit> units = new ArrayList<>();
        for (int layer = 0; layer < shape.nLayers(); layer++) {
            heads(shape, layer, units);
            for (int neuron = 0; neuron < shape.dMlp(); neuron++) {
                units.add(new Unit.Neuron(layer, neuron));
            }
        }
        return new Universe(Kind.NEURONS, shape, units);
    }

    /** Every edge, grouped by what reads, in the order of the forward pass. */
    public static Universe edges(ModelShape shape) {
        List<Unit> units = new ArrayList<>();
        List<Sender> senders = new ArrayList<>(List.of(new Sender.Embedding()));
        for (int layer = 0; layer < shape.nLayers(); layer++) {
            List<Sender> before = List.copyOf(senders);
            for (int head = 0; head < shape.nHeads(); head++) {
                for (Port port : List.of(Port.Q, Port.K, Port.V)) {
                    edges(before, new Receiver.HeadInput(layer, head, port), units);
                }
            }
            for (int head = 0; head < shape.nHeads(); head++) {
                senders.add(new Unit.Head(layer, head));
            }
            if (shape.hasMlps()) {
                edges(shape.parallel() ? before : senders, new Receiver.MlpInput(layer), units);
                senders.add(new Unit.Mlp(layer));
            }
        }
        edges(senders, new Receiver.Logits(shape.nLayers()), units);
        return new Universe(Kind.EDGES, shape, units);
    }

    /**
     * Queries, keys, values and outputs by role.
     *
     * @param roles of the positions of the prompts
     */
    public static Universe channels(ModelShape shape, List<String> roles) {
        List<Unit> units = new ArrayList<>();
        for (int layer = 0; layer < shape.nLayers(); layer++) {
            for (int head = 0; head < shape.nHeads(); head++) {
                for (Port port : Port.values()) {
                    for (String role : roles) {
                        units.add(new Unit.Channel(layer, head, port, role));
                    }
                }
            }
            if (shape.hasMlps()) {
                units.add(new Unit.Mlp(layer));
            }
        }
        return new Universe(Kind.CHANNELS, shape, units);
    }

    public Kind kind() {
        return kind;
    }

    public ModelShape shape() {
        return shape;
    }

    /** In the order of the forward pass. */
    public List<Unit> units() {
        return units;
    }

    public int size() {
        return units.size();
    }

    public Optional<Unit> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public boolean contains(Unit unit) {
        return unit.equals(byName.get(unit.name()));
    }

    /** All units, as the circuit that is the whole model. */
    public Set<Unit> all() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(units));
    }

    /** The units by type and layer. */
    public Map<String, List<Unit>> strata() {
        Map<String, List<Unit>> strata = new LinkedHashMap<>();
        units.forEach(unit ->
                strata.computeIfAbsent(unit.stratum(), key -> new ArrayList<>()).add(unit));
        return Collections.unmodifiableMap(strata);
    }

    /** @throws IllegalArgumentException naming the units that are not of this universe */
    public void require(Set<Unit> some) {
        List<String> foreign = some.stream()
                .filter(unit -> !contains(unit))
                .map(Unit::name)
                .sorted()
                .toList();
        if (!foreign.isEmpty()) {
            throw new IllegalArgumentException(
                    foreign.size() > 5
                            ? foreign.subList(0, 5) + " and " + (foreign.size() - 5) + " more are not among the " + this
                            : foreign + " are not among the " + this);
        }
    }

    /** Whether both hold the same units of models of one shape. */
    public boolean same(Universe other) {
        return kind == other.kind && shape.equals(other.shape) && units.equals(other.units);
    }

    /** {@code some} in the order of this universe. */
    public Set<Unit> inOrder(Set<Unit> some) {
        Set<Unit> ordered = new LinkedHashSet<>(units);
        ordered.retainAll(some);
        return Collections.unmodifiableSet(ordered);
    }

    /** All units but {@code some}, in the order of this universe. */
    public Set<Unit> without(Set<Unit> some) {
        Set<Unit> rest = new LinkedHashSet<>(units);
        rest.removeAll(some);
        return Collections.unmodifiableSet(rest);
    }

    @Override
    public String toString() {
        return units.size() + " " + kind.key() + " of a model with " + shape.nLayers() + " layers of " + shape.nHeads()
                + " heads" + (shape.hasMlps() ? " and MLPs" : "");
    }

    private static void heads(ModelShape shape, int layer, List<Unit> units) {
        for (int head = 0; head < shape.nHeads(); head++) {
            units.add(new Unit.Head(layer, head));
        }
    }

    private static void edges(List<Sender> from, Receiver to, List<Unit> units) {
        from.forEach(sender -> units.add(new Unit.Edge(sender, to)));
    }
}
