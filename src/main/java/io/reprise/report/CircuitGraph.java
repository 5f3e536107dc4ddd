package io.reprise.report;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Sender;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.report.Canvas.Anchor;
import io.reprise.report.Canvas.Lettering;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A circuit in its model: layers from the bottom up, heads from the left, MLPs at the right. Members are filled, the darker the
 * larger their share of the scores; edges are as wide as theirs. Of circuits of neurons or channels a component is filled by how
 * many of its units are members.
 */
final class CircuitGraph {
    private static final double LEFT = 62;
    private static final double LOW_ROW = 32;
    private static final double TALL_ROW = 96;

    private static final double BOX_HEIGHT = 20;
    private static final double GAP = 6;
    private static final double MOST_WIDTH = 84;
    private static final int WIDEST = 720;
    private static final double WIDEST_EDGE = 7;
    /** More edges than this are a grey cloud; the strongest are drawn. */
    static final int MOST_EDGES = 150;

    private static final int EMPTY = 0xf1f3f5;
    private static final int POSITIVE = 0x31688e;
    private static final int NEGATIVE = 0xb5541c;
    private static final Lettering NAME = new Lettering(10, Anchor.MIDDLE, Picture.INK, false);
    private static final Lettering LAYER = new Lettering(11, Anchor.END, Picture.MUTED, false);

    private final Circuit circuit;
    private final ModelShape shape;
    private final double box;
    private final double row;
    private final double raised;
    private final List<Unit.Edge> edges;
    private final double largest;

    private CircuitGraph(Circuit circuit) {
        this.circuit = circuit;
        this.shape = circuit.universe().shape();
        this.box = Math.min(MOST_WIDTH, (WIDEST - LEFT - 10) / columns() - GAP);
        this.edges = circuit.units().stream()
                .filter(Unit.Edge.class::isInstance)
                .map(Unit.Edge.class::cast)
                .sorted(Comparator.comparingDouble((Unit.Edge edge) -> -Math.abs(score(edge)))
                        .thenComparing(Unit.Edge::name))
                .limit(MOST_EDGES)
                .toList();
        // Edges need room between layers, and MLPs above the heads that they read.
        this.row = edges.isEmpty() ? LOW_ROW : Math.max(LOW_ROW + BOX_HEIGHT, TALL_ROW - 5.0 * shape.nLayers());
        this.raised = edges.isEmpty() ? 0 : 0.42 * row;
        this.largest = circuit.units().stream()
                .mapToDouble(unit -> Math.abs(score(unit)))
                .max()
                .orElse(0);
    }

    static Picture draw(String id, Circuit circuit) {
        CircuitGraph graph = new CircuitGraph(circuit);
        String caption = circuit.size() + " of " + circuit.universe().size() + " "
                + circuit.universe().kind().key()
                + (graph.edges.size() < circuit.size() && !graph.edges.isEmpty()
                        ? "; the " + graph.edges.size() + " strongest are drawn"
                        : "")
                + circuit.origin()
                        .method()
                        .map(method -> "; found by " + Words.spaced(method))
                        .orElse("")
                + "."
                + (circuit.universe().kind() == Universe.Kind.NEURONS
                        ? " Beside each MLP the number of its neurons that are members."
                        : "")
                + (graph.edges.isEmpty() ? "" : " Edges: blue for positive scores, orange for negative ones.");
        return Picture.drawn(
                id,
                circuit.name(),
                caption,
                "Circuit of "
                        + circuit.units().stream().limit(40).map(Unit::name).collect(Collectors.joining(", "))
                        + (circuit.size() > 40 ? " and " + (circuit.size() - 40) + " more." : "."),
                (int) (LEFT + graph.columns() * (graph.box + GAP) + 10),
                (int) Math.ceil(graph.y(-1) + BOX_HEIGHT / 2 + 6),
                graph::paint);
    }

    private void paint(Canvas canvas) {
        edges.forEach(edge -> edge(canvas, edge));
        end(canvas, "logits", y(shape.nLayers()));
        end(canvas, "embed", y(-1));
        for (int layer = 0; layer < shape.nLayers(); layer++) {
            canvas.text(LEFT - 10, y(layer) + 4, "layer " + layer, LAYER);
            for (int head = 0; head < shape.nHeads(); head++) {
                component(canvas, new Unit.Head(layer, head), layer + "." + head);
            }
            if (shape.hasMlps()) {
                component(canvas, new Unit.Mlp(layer), mlp(layer));
            }
        }
    }

    /** With the number of its neurons that are members, where they are units. */
    private String mlp(int layer) {
        return circuit.universe().kind() == Universe.Kind.NEURONS
                ? "MLP " + layer + ": " + members(new Unit.Mlp(layer))
                : "MLP " + layer;
    }

    private long members(Sender sender) {
        return circuit.units().stream().filter(unit -> within(unit, sender)).count();
    }

    private void end(Canvas canvas, String name, double y) {
        canvas.rect(middle() - 40, y - BOX_HEIGHT / 2, 80, BOX_HEIGHT, EMPTY, Optional.empty());
        canvas.text(middle(), y + 3.5, name, NAME);
    }

    private void component(Canvas canvas, Sender sender, String label) {
        double share = share(sender);
        int fill = share <= 0 ? EMPTY : Palette.VIRIDIS.at(0.9 - 0.75 * share);
        String tooltip = sender.name() + (share <= 0 ? ": not in the circuit" : words(sender));
        canvas.rect(x(sender) - box / 2, y(sender) - BOX_HEIGHT / 2, box, BOX_HEIGHT, fill, Optional.of(tooltip));
        int ink = share <= 0 ? Picture.MUTED : Palette.luminance(fill) > 0.3 ? 0x000000 : 0xffffff;
        canvas.text(x(sender), y(sender) + 3.5, box < 34 ? label.replace("MLP ", "m") : label, NAME.coloured(ink));
    }

    /** How much of the component is in the circuit, or how strong it is there: 0 for not at all. */
    private double share(Sender sender) {
        if (sender instanceof Unit unit && circuit.units().contains(unit)) {
            return largest == 0 || score(unit) == 0 ? 0.6 : 0.25 + 0.75 * Math.abs(score(unit)) / largest;
        }
        if (!edges.isEmpty()) {
            return edges.stream().anyMatch(edge -> edge.from().equals(sender) || reads(edge.to(), sender)) ? 0.6 : 0;
        }
        long own = circuit.universe().units().stream()
                .filter(unit -> within(unit, sender))
                .count();
        long members = members(sender);
        return own == 0 ? 0 : (double) members / own;
    }

    private String words(Sender sender) {
        if (sender instanceof Unit unit && circuit.scores().containsKey(unit)) {
            return ": score " + Numbers.number(score(unit));
        }
        long members = members(sender);
        return members > 0 ? String.format(Locale.ROOT, ": %,d of its units", members) : ": in the circuit";
    }

    private static boolean within(Unit unit, Sender sender) {
        if (unit instanceof Unit.Neuron neuron) {
            return sender.equals(new Unit.Mlp(neuron.layer()));
        }
        return unit instanceof Unit.Channel channel && sender.equals(new Unit.Head(channel.layer(), channel.head()));
    }

    private static boolean reads(Receiver receiver, Sender sender) {
        if (receiver instanceof Receiver.HeadInput input) {
            return sender.equals(new Unit.Head(input.layer(), input.head()));
        }
        return receiver instanceof Receiver.MlpInput input && sender.equals(new Unit.Mlp(input.layer()));
    }

    private void edge(Canvas canvas, Unit.Edge edge) {
        double score = score(edge);
        double width = largest == 0 ? 1 : Math.max(0.6, WIDEST_EDGE * Math.abs(score) / largest);
        boolean last = edge.to() instanceof Receiver.Logits;
        canvas.line(
                x(edge.from()),
                y(edge.from()) - BOX_HEIGHT / 2,
                last ? middle() : x(receiver(edge.to())),
                (last ? y(shape.nLayers()) : y(receiver(edge.to()))) + BOX_HEIGHT / 2,
                score < 0 ? NEGATIVE : POSITIVE,
                width);
    }

    private static Sender receiver(Receiver receiver) {
        if (receiver instanceof Receiver.HeadInput input) {
            return new Unit.Head(input.layer(), input.head());
        }
        return new Unit.Mlp(receiver.layer());
    }

    private double score(Unit unit) {
        return circuit.scores().getOrDefault(unit, 0.0);
    }

    private double x(Sender sender) {
        if (sender instanceof Unit.Head head) {
            return LEFT + (head.head() + 0.5) * (box + GAP);
        }
        return sender instanceof Unit.Mlp ? LEFT + (shape.nHeads() + 0.5) * (box + GAP) : middle();
    }

    private double middle() {
        return LEFT + columns() * (box + GAP) / 2;
    }

    private int columns() {
        return shape.nHeads() + (shape.hasMlps() ? 1 : 0);
    }

    private double y(Sender sender) {
        return y(sender.layer()) - (sender instanceof Unit.Mlp ? raised : 0);
    }

    private double y(int layer) {
        return 6 + row * (shape.nLayers() - layer) + BOX_HEIGHT / 2;
    }
}
