package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes records of a tree, strictly: every key must be known, every value of its component's type, and all problems are
 * collected.
 *
 * <ul>
 *   <li>component {@code batchSize} is key {@code batch_size}; what is missing comes from the record's {@code static X
 *       defaults()}; Optional, List and Map may always be missing, and so may a record that has defaults of its own;
 *   <li>an enum is one of its names in lower case, with {@code _} or {@code -};
 *   <li>a type with {@code static T parse(String)} is read from a scalar: {@code start: 1..60};
 *   <li>a sealed interface is a mapping with one key, the record's name: <code>{successor: {step: 1}}</code>; a record
 *       with one component takes its value directly, <code>{add: 2}</code>; one that needs nothing is a word, {@code
 *       sort}.
 * </ul>
 */
final class Binder {
    private final Problems problems;

    Binder(Problems problems) {
        this.problems = problems;
    }

    /**
     * A record's components by key, those that could be read: for checks across records that shouldn't wait until every
     * other problem is gone.
     */
    record Parts(Class<?> type, Map<String, Object> values) {
        <T> Optional<T> get(String key, Class<T> type) {
            return Optional.ofNullable(values.get(key)).map(type::cast);
        }

        /** An Optional's value, nothing if it could not be read. */
        <T> Optional<T> optional(String key, Class<T> type) {
            return get(key, Optional.class).flatMap(value -> ((Optional<?>) value).map(type::cast));
        }

        /** A list's elements, none if it could not be read. */
        <T> List<T> list(String key, Class<T> type) {
            return get(key, List.class).stream()
                    .flatMap(list -> ((List<?>) list).stream())
                    .map(type::cast)
                    .toList();
        }
    }

    Parts parts(Class<?> type, ObjectNode node) {
        return parts(type, node, "", Optional.empty());
    }

    /** The record of these parts, empty if one of them is missing or the record refuses them. */
    Optional<Object> build(Parts parts) {
        return construct(parts, "", "");
    }

    private Parts parts(Class<?> type, ObjectNode node, String path, Optional<Object> inherited) {
        var components = Types.components(type);
        var keys = Types.keys(type);
        for (var key : (Iterable<String>) node::fieldNames) {
            if (!keys.contains(key)) {
                problems.unknown(Words.at(path, key), "unknown key" + meant(type, key, path));
            }
        }
        var base = Types.defaults(type).or(() -> inherited);
        var values = new LinkedHashMap<String, Object>();
        for (var component : components) {
            var at = Words.at(path, component.key());
            var fallback = base.map(component::of);
            var given = node.get(component.key());
            var value = given == null
                    ? absent(component.type(), at, fallback)
                    : value(component.type(), given, at, fallback);
            value.ifPresent(v -> values.put(component.key(), v));
        }
        return new Parts(type, values);
    }

    private static String meant(Class<?> type, String key, String path) {
        var keys = Types.keys(type);
        var near = Words.nearest(key, keys);
        if (near.isPresent()) {
            return " (did you mean " + Words.at(path, near.get()) + "?)";
        }
        for (var component : Types.components(type)) {
            var inner = Types.raw(Types.required(component.type()));
            if (inner.isRecord() && Types.keys(inner).contains(key)) {
                return " (did you mean " + Words.at(Words.at(path, component.key()), key) + "?)";
            }
        }
        return keys.isEmpty() ? "; it takes none" : "; known here: " + String.join(", ", keys);
    }

    private Optional<Object> construct(Parts parts, String path, String alone) {
        var components = Types.components(parts.type());
        if (parts.values().size() < components.size()) {
            return Optional.empty(); // a problem says so already
        }
        var arguments =
                components.stream().map(c -> parts.values().get(c.key())).toArray();
        try {
            return Optional.of(Types.constructor(parts.type()).newInstance(arguments));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException cause) {
                problems.line(path, qualify(String.valueOf(cause.getMessage()), parts.type(), path, alone));
                return Optional.empty();
            }
            throw new IllegalStateException("cannot make " + parts.type(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + parts.type(), e);
        }
    }

    /**
     * Gives the keys that a record's own message names their whole path: "n_heads = 5 does not divide d_model = 64" becomes
     * "model.n_heads = 5 does not divide model.d_model = 64".
     *
     * @param alone path of the only component, if it was given without its name
     */
    private static String qualify(String message, Class<?> type, String path, String alone) {
        var result = message;
        boolean named = false;
        for (var key : Types.keys(type)) {
            var whole = alone.equals(path) ? Words.at(path, key) : alone;
            var pattern = Pattern.compile("^" + key + "\\b|(?<![\\w.])" + key + "(?= = )");
            named |= Pattern.compile("^" + key + "\\b").matcher(message).find();
            result = pattern.matcher(result).replaceAll(Matcher.quoteReplacement(whole));
        }
        return named || alone.isEmpty() ? result : alone + ": " + result;
    }

    private Optional<Object> absent(Type type, String path, Optional<Object> fallback) {
        if (fallback.isPresent()) {
            return fallback;
        }
        var raw = Types.raw(type);
        if (raw == Optional.class) {
            return Optional.of(Optional.empty());
        }
        if (raw == List.class) {
            return Optional.of(List.of());
        }
        if (raw == Map.class) {
            return Optional.of(Map.of());
        }
        var own = Types.defaults(raw);
        if (own.isEmpty()) {
            problems.add(path, "missing; expected " + expected(type));
        }
        return own;
    }

    private Optional<Object> value(Type type, JsonNode node, String path, Optional<Object> inherited) {
        var raw = Types.raw(type);
        if (raw == Optional.class) {
            if (node.isNull()) {
                return Optional.of(Optional.empty());
            }
            var inner = inherited.flatMap(i -> ((Optional<?>) i).map(x -> (Object) x));
            return value(Types.argument(type, 0), node, path, inner).map(Optional::of);
        }
        if (node.isNull()) {
            return wrong(path, "is empty; expected " + expected(type) + ", or delete the line");
        }
        if (raw == List.class) {
            return list(type, node, path);
        }
        if (raw == Map.class) {
            return map(type, node, path);
        }
        if (Scalars.handles(raw)) {
            try {
                return Optional.of(Scalars.read(raw, node));
            } catch (IllegalArgumentException e) {
                return wrong(path, e.getMessage());
            }
        }
        if (raw.isEnum()) {
            return constant(raw, node, path);
        }
        if (Types.isUnion(raw)) {
            return union(raw, node, path);
        }
        if (node.isValueNode() && Types.parser(raw).isPresent()) {
            return parse(raw, node, path);
        }
        if (!raw.isRecord()) {
            throw new IllegalStateException(path + ": the binder has no rule for " + type);
        }
        if (!(node instanceof ObjectNode mapping)) {
            return wrong(path, "expected " + expected(type) + ", got " + Words.given(node));
        }
        return construct(parts(raw, mapping, path, inherited), path, path);
    }

    private Optional<Object> list(Type type, JsonNode node, String path) {
        if (!node.isArray()) {
            return wrong(path, "expected a list, got " + Words.given(node));
        }
        var list = new ArrayList<Object>();
        for (var element : node) {
            var at = Words.at(path, Integer.toString(list.size()));
            list.add(value(Types.argument(type, 0), element, at, Optional.empty())
                    .orElse(null));
        }
        return list.contains(null) ? Optional.empty() : Optional.of(List.copyOf(list));
    }

    private Optional<Object> map(Type type, JsonNode node, String path) {
        if (!node.isObject()) {
            return wrong(path, "expected a mapping, got " + Words.given(node));
        }
        var map = new LinkedHashMap<String, Object>();
        for (var entry : node.properties()) {
            var at = Words.at(path, entry.getKey());
            map.put(
                    entry.getKey(),
                    value(Types.argument(type, 1), entry.getValue(), at, Optional.empty())
                            .orElse(null));
        }
        return map.containsValue(null) ? Optional.empty() : Optional.of(Collections.unmodifiableMap(map));
    }

    private Optional<Object> constant(Class<?> type, JsonNode node, String path) {
        var constants = Types.constants(type);
        if (!node.isValueNode()) {
            return wrong(path, "expected " + Words.or(constants.keySet()) + ", got " + Words.given(node));
        }
        var constant = constants.get(Words.normal(node.asText()));
        if (constant != null) {
            return Optional.of(constant);
        }
        if (Types.parser(type).isPresent()) {
            return parse(type, node, path);
        }
        return wrong(path, "unknown value " + node.asText() + Words.didYouMean(node.asText(), constants.keySet()));
    }

    private Optional<Object> parse(Class<?> type, JsonNode node, String path) {
        try {
            return Optional.of(Types.invoke(Types.parser(type).orElseThrow(), null, node.asText()));
        } catch (IllegalArgumentException e) {
            return wrong(path, e.getMessage());
        }
    }

    private Optional<Object> union(Class<?> type, JsonNode node, String path) {
        var choices = Types.choices(type);
        if (node.isObject() && node.size() == 1) {
            var key = node.fieldNames().next();
            var choice = choices.get(Words.normal(key));
            if (choice != null && choice.constant().isEmpty()) {
                return chosen(choice.type(), node.get(key), Words.at(path, key));
            }
            problems.unknown(Words.at(path, key), "unknown name" + Words.didYouMean(key, choices.keySet()));
            return Optional.empty();
        }
        if (!node.isValueNode()) {
            var keys =
                    node.isObject() ? " with the keys " + String.join(", ", (Iterable<String>) node::fieldNames) : "";
            return wrong(path, "expected " + expected(type) + ", got " + Words.given(node) + keys);
        }
        var choice = choices.get(Words.normal(node.asText()));
        if (choice != null) {
            return choice.constant().isPresent() ? choice.constant() : bare(choice.type(), node, path);
        }
        if (Types.parser(type).isPresent()) {
            return parse(type, node, path);
        }
        return wrong(path, "unknown name " + node.asText() + Words.didYouMean(node.asText(), choices.keySet()));
    }

    /** The record that a choice's mapping holds. */
    private Optional<Object> chosen(Class<?> type, JsonNode node, String path) {
        var components = Types.components(type);
        boolean keyed = node.size() == 1
                && !components.isEmpty()
                && node.has(components.get(0).key());
        boolean named = node.isObject() && (node.isEmpty() || keyed);
        boolean direct = components.size() == 1 && !named;
        if (direct && !node.isNull()) {
            var component = components.get(0);
            var inherited = Types.defaults(type).map(component::of);
            return value(component.type(), node, path, inherited)
                    .flatMap(v -> construct(new Parts(type, Map.of(component.key(), v)), withoutLast(path), path));
        }
        if (node.isNull()) {
            return construct(parts(type, JsonNodeFactory.instance.objectNode(), path, Optional.empty()), path, path);
        }
        if (node.isValueNode() && Types.parser(type).isPresent()) {
            return parse(type, node, path);
        }
        if (!(node instanceof ObjectNode mapping)) {
            return wrong(path, "expected " + expected(type) + ", got " + Words.given(node));
        }
        return construct(parts(type, mapping, path, Optional.empty()), path, path);
    }

    /** A choice that is named only. */
    private Optional<Object> bare(Class<?> type, JsonNode node, String path) {
        var at = Words.at(path, node.asText());
        return construct(parts(type, JsonNodeFactory.instance.objectNode(), at, Optional.empty()), at, at);
    }

    private static String withoutLast(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    private static String expected(Type type) {
        var raw = Types.raw(Types.required(type));
        if (Scalars.handles(raw)) {
            return Scalars.expected(raw);
        }
        if (raw == List.class) {
            return "a list";
        }
        if (raw.isEnum()) {
            return Words.or(Types.constants(raw).keySet());
        }
        if (Types.isUnion(raw)) {
            return "one of " + Words.or(Types.choices(raw).keySet());
        }
        if (raw.isRecord() && Types.parser(raw).isEmpty()) {
            return "a mapping of " + String.join(", ", Types.keys(raw));
        }
        return raw == Map.class ? "a mapping" : "a value";
    }

    private Optional<Object> wrong(String path, String text) {
        problems.add(path, text);
        return Optional.empty();
    }
}
