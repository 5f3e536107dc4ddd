package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Type;
import java.util.List;

/**
 * Lays one tree over another: mappings merge key by key, lists and scalars replace.
 *
 * <p>The type is needed for one thing: where it has a choice, <code>{plateau: …}</code> over <code>{cosine: …}</code> is
 * another choice, not a mapping with two keys.
 */
final class Merge {
    private Merge() {}

    static JsonNode over(Type type, JsonNode base, JsonNode top) {
        if (!(base instanceof ObjectNode below) || !(top instanceof ObjectNode above)) {
            return top;
        }
        if (Types.isUnion(Types.raw(Types.required(type))) && otherChoice(below, above)) {
            return top;
        }
        var merged = below.deepCopy();
        for (var entry : above.properties()) {
            var key = entry.getKey();
            var old = below.get(key);
            merged.set(key, old == null ? entry.getValue() : over(Types.child(type, key), old, entry.getValue()));
        }
        return merged;
    }

    private static boolean otherChoice(ObjectNode below, ObjectNode above) {
        for (var key : (Iterable<String>) above::fieldNames) {
            if (below.has(key)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Puts a value at a path; what isn't there yet is made.
     *
     * @throws IllegalArgumentException if the path leads through something that isn't a mapping or a list, or past a list's
     *     end
     */
    static JsonNode set(Type type, JsonNode base, List<String> keys, JsonNode value) {
        return set(type, base, keys, 0, value);
    }

    private static JsonNode set(Type type, JsonNode base, List<String> keys, int depth, JsonNode value) {
        if (depth == keys.size()) {
            return over(type, base, value);
        }
        var key = keys.get(depth);
        if (base instanceof ArrayNode list) {
            int index = index(key, list.size(), String.join(".", keys.subList(0, depth)));
            var copy = list.deepCopy();
            copy.set(index, set(Types.child(type, key), list.get(index), keys, depth + 1, value));
            return copy;
        }
        if (!base.isObject() && !base.isNull() && !nameOfChoice(type, base)) {
            var path = String.join(".", keys.subList(0, depth));
            throw new IllegalArgumentException(
                    path + " is " + Words.given(base) + ", so there is no " + String.join(".", keys));
        }
        var mapping = base instanceof ObjectNode object ? object : YamlReader.emptyMapping();
        var old = mapping.has(key) ? mapping.get(key) : YamlReader.emptyMapping();
        var step = YamlReader.emptyMapping();
        step.set(key, set(Types.child(type, key), old, keys, depth + 1, value));
        return over(type, mapping, step);
    }

    /** {@code rule: sort} may become <code>rule: {add: 2}</code>. */
    private static boolean nameOfChoice(Type type, JsonNode base) {
        return base.isTextual() && Types.isUnion(Types.raw(Types.required(type)));
    }

    private static int index(String key, int size, String path) {
        if (!key.matches("[0-9]{1,9}") || Integer.parseInt(key) >= size) {
            var range = size == 0 ? "and is empty" : "with the elements 0.." + (size - 1);
            throw new IllegalArgumentException(path + " is a list " + range + ", so there is no element " + key);
        }
        return Integer.parseInt(key);
    }
}
