package io.reprise.analysis.circuit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A circuit from the tree of its file; every key has to be known, and right. */
final class CircuitReader {
    private static final Set<String> KEYS =
            Set.of("format", "version", "name", "universe", "origin", "units", "scores", "figures");
    private static final Set<String> UNIVERSE =
            Set.of("kind", "n_layers", "n_heads", "d_mlp", "parallel_attn_mlp", "roles");
    private static final Set<String> ORIGIN =
            Set.of("model", "fingerprint", "task", "data", "method", "ablation", "metric", "processing");
    private static final Set<String> ABLATION = Set.of("kind", "direction", "positions");

    private final ObjectNode root;

    CircuitReader(ObjectNode root) {
        this.root = root;
    }

    Circuit circuit() {
        if (!root.path("format").asText().equals(CircuitFile.FORMAT)
                || root.path("version").asInt() != CircuitFile.VERSION) {
            throw new IllegalArgumentException("format " + root.path("format").asText() + " version "
                    + root.path("version").asText() + ", expected " + CircuitFile.FORMAT + " version "
                    + CircuitFile.VERSION);
        }
        known(root, KEYS, "");
        Universe universe = universe(object(root, "universe"));
        Set<Unit> units = new LinkedHashSet<>();
        for (String name : strings(root, "units")) {
            if (!units.add(unit(universe, name))) {
                throw new IllegalArgumentException("units hold " + name + " twice");
            }
        }
        Map<Unit, Double> scores = new LinkedHashMap<>();
        numbers(object(root, "scores"), "scores").forEach((name, score) -> scores.put(unit(universe, name), score));
        return new Circuit(
                text(root, "name").orElseThrow(() -> new IllegalArgumentException("name is missing")),
                origin(object(root, "origin")),
                universe,
                units,
                scores,
                numbers(object(root, "figures"), "figures"));
    }

    private static Universe universe(ObjectNode node) {
        known(node, UNIVERSE, "universe.");
        ModelShape shape = new ModelShape(
                whole(node, "n_layers"),
                whole(node, "n_heads"),
                whole(node, "d_mlp"),
                node.path("parallel_attn_mlp").asBoolean());
        return switch (constant(Universe.Kind.class, node, "kind")) {
            case NODES -> Universe.nodes(shape);
            case NEURONS -> Universe.neurons(shape);
            case EDGES -> Universe.edges(shape);
            case CHANNELS -> Universe.channels(shape, strings(node, "roles"));
        };
    }

    private static Unit unit(Universe universe, String name) {
        return universe.find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        name + " is not among the " + universe + "; is this a circuit of another model?"));
    }

    private static Circuit.Origin origin(ObjectNode node) {
        known(node, ORIGIN, "origin.");
        Optional<Ablation> ablation = Optional.empty();
        if (node.has("ablation")) {
            ObjectNode given = object(node, "ablation");
            known(given, ABLATION, "origin.ablation.");
            ablation = Optional.of(new Ablation(
                    constant(Ablation.Kind.class, given, "kind"),
                    constant(Ablation.Direction.class, given, "direction"),
                    new HashSet<>(strings(given, "positions"))));
        }
        return new Circuit.Origin(
                text(node, "model"),
                text(node, "fingerprint"),
                text(node, "task"),
                text(node, "data"),
                text(node, "method"),
                ablation,
                node.has("metric") ? Optional.of(constant(Metric.class, node, "metric")) : Optional.empty(),
                strings(node, "processing"));
    }

    static void known(ObjectNode node, Set<String> keys, String prefix) {
        node.fieldNames().forEachRemaining(key -> {
            if (!keys.contains(key)) {
                throw new IllegalArgumentException("unknown key " + prefix + key + "; known: "
                        + String.join(", ", keys.stream().sorted().toList()));
            }
        });
    }

    private static ObjectNode object(ObjectNode node, String key) {
        if (node.get(key) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException(key + " is missing or no mapping");
    }

    private static Optional<String> text(ObjectNode node, String key) {
        return node.has(key) && node.get(key).isTextual()
                ? Optional.of(node.get(key).asText())
                : Optional.empty();
    }

    static int whole(ObjectNode node, String key) {
        if (!node.path(key).isInt()) {
            throw new IllegalArgumentException(key + " = " + node.path(key).asText() + ", expected a whole number");
        }
        return node.get(key).asInt();
    }

    private static List<String> strings(ObjectNode node, String key) {
        if (!node.path(key).isArray()) {
            throw new IllegalArgumentException(key + " is missing or no list");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : node.get(key)) {
            if (!each.isTextual()) {
                throw new IllegalArgumentException(key + " holds " + each + ", expected names");
            }
            texts.add(each.asText());
        }
        return texts;
    }

    private static Map<String, Double> numbers(ObjectNode node, String where) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        node.properties().forEach(field -> {
            if (!field.getValue().isNumber()
                    || !Double.isFinite(field.getValue().asDouble())) {
                throw new IllegalArgumentException(
                        where + "." + field.getKey() + " = " + field.getValue() + ", expected a number");
            }
            numbers.put(field.getKey(), field.getValue().asDouble());
        });
        return numbers;
    }

    private static <E extends Enum<E>> E constant(Class<E> type, ObjectNode node, String key) {
        String given = node.path(key).asText();
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(given))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " = " + given + ", expected one of "
                        + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)));
    }
}
