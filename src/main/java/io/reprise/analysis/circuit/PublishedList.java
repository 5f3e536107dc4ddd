package io.reprise.analysis.circuit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A list of nodes as papers publish it: {@code {"heads": [[layer, head], …], "mlps": [layer, …]}}. */
final class PublishedList {
    private static final Set<String> KEYS =
            Set.of("heads", "mlps", "n_layers", "n_heads", "name", "model", "task", "method", "source", "licence");
    private static final String LAYERS = "n_layers";
    private static final String HEADS = "n_heads";
    /** A list of nodes doesn't say how wide the MLPs are, and nothing here depends on it. */
    private static final int SOME_WIDTH = 1;

    private final ObjectNode root;
    private final CircuitFile.Size size;

    PublishedList(ObjectNode root, Optional<CircuitFile.Size> size) {
        CircuitReader.known(root, KEYS, "");
        this.root = root;
        Optional<CircuitFile.Size> own = root.has(LAYERS) && root.has(HEADS)
                ? Optional.of(new CircuitFile.Size(CircuitReader.whole(root, LAYERS), CircuitReader.whole(root, HEADS)))
                : Optional.empty();
        this.size = own.or(() -> size)
                .orElseThrow(() -> new IllegalArgumentException("the list doesn't say how many layers and heads its"
                        + " model has; add \"n_layers\": 12, \"n_heads\": 12, or give --n-layers and --n-heads"));
    }

    Circuit circuit(String name) {
        Set<Unit> units = new LinkedHashSet<>();
        List<String> problems = new ArrayList<>();
        for (JsonNode head : root.path("heads")) {
            if (!head.isArray()
                    || head.size() != 2
                    || !head.get(0).isInt()
                    || !head.get(1).isInt()) {
                throw new IllegalArgumentException("heads hold " + head + ", expected [layer, head]");
            }
            add(new Unit.Head(head.get(0).asInt(), head.get(1).asInt()), units, problems);
        }
        for (JsonNode mlp : root.path("mlps")) {
            if (!mlp.isInt()) {
                throw new IllegalArgumentException("mlps hold " + mlp + ", expected layers");
            }
            add(new Unit.Mlp(mlp.asInt()), units, problems);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", problems) + "; the model has " + size.nLayers()
                    + " layers of " + size.nHeads() + " heads, counted from 0");
        }
        Universe universe = Universe.nodes(new ModelShape(size.nLayers(), size.nHeads(), SOME_WIDTH, false));
        Circuit.Origin origin = new Circuit.Origin(
                text("model"),
                Optional.empty(),
                text("task"),
                Optional.empty(),
                text("method").or(() -> Optional.of("published list")),
                Optional.empty(),
                Optional.empty(),
                List.of());
        return new Circuit(text("name").orElse(name), origin, universe, units, Map.of(), Map.of());
    }

    private void add(Unit unit, Set<Unit> units, List<String> problems) {
        boolean there = unit.layer() >= 0
                && unit.layer() < size.nLayers()
                && (!(unit instanceof Unit.Head head) || (head.head() >= 0 && head.head() < size.nHeads()));
        if (!there) {
            problems.add(unit.name() + " does not exist");
        } else if (!units.add(unit)) {
            problems.add(unit.name() + " is listed twice");
        }
    }

    private Optional<String> text(String key) {
        return root.path(key).isTextual() ? Optional.of(root.get(key).asText()) : Optional.empty();
    }
}
