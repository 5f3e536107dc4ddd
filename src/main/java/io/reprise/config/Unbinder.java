package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The inverse of {@link Binder}: a record with everything that was filled in, in the order of its components. Reading the
 * result gives an equal record.
 */
final class Unbinder {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Unbinder() {}

    static ObjectNode tree(Record value) {
        var tree = NODES.objectNode();
        for (var component : Types.components(value.getClass())) {
            var inner = component.of(value);
            if (inner instanceof Optional<?> optional && optional.isEmpty()) {
                // an absent value is written where silence would bring a default back
                if (hasDefault(value.getClass(), component)) {
                    tree.putNull(component.key());
                }
            } else {
                tree.set(component.key(), node(component.type(), inner));
            }
        }
        return tree;
    }

    private static boolean hasDefault(Class<?> type, Types.Component component) {
        return Types.defaults(type)
                .map(component::of)
                .filter(value -> ((Optional<?>) value).isPresent())
                .isPresent();
    }

    /** @param declared the component's type, which tells whether the record needs its name */
    private static JsonNode node(Type declared, Object value) {
        if (value instanceof Optional<?> optional) {
            return node(Types.required(declared), optional.orElseThrow());
        }
        if (value instanceof String || value instanceof Path) {
            return NODES.textNode(value.toString());
        }
        if (value instanceof Integer i) {
            return NODES.numberNode(i);
        }
        if (value instanceof Long l) {
            return NODES.numberNode(l);
        }
        if (value instanceof Double d) {
            return NODES.numberNode(d);
        }
        if (value instanceof Boolean b) {
            return NODES.booleanNode(b);
        }
        if (value instanceof Enum<?> constant) {
            return NODES.textNode(Types.name(constant));
        }
        if (value instanceof List<?> list) {
            var array = NODES.arrayNode();
            list.forEach(element -> array.add(node(Types.argument(declared, 0), element)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            var object = NODES.objectNode();
            map.forEach((key, element) -> object.set((String) key, node(Types.argument(declared, 1), element)));
            return object;
        }
        if (value instanceof Record choice && Types.isUnion(Types.raw(declared))) {
            return choice(choice);
        }
        if (parsesBack(value) || !(value instanceof Record record)) {
            return unquoted(value.toString());
        }
        return tree(record);
    }

    private static JsonNode choice(Record choice) {
        var name = Words.snake(choice.getClass().getSimpleName());
        var components = Types.components(choice.getClass());
        var inner = tree(choice);
        if (inner.isEmpty()) {
            return NODES.textNode(name);
        }
        var tree = NODES.objectNode();
        var sole = components.size() == 1 ? inner.get(components.get(0).key()) : null;
        // the short form, unless it would read as the long one
        boolean direct = sole != null && !sole.isNull() && !sole.isObject();
        tree.set(name, direct ? sole : inner);
        return tree;
    }

    /** 0.8 rather than "0.8" where both read the same. */
    private static JsonNode unquoted(String text) {
        var plain = YamlReader.scalar(text);
        return plain.isNumber() && plain.asText().equals(text) ? plain : NODES.textNode(text);
    }

    private static boolean parsesBack(Object value) {
        return Types.parser(value.getClass())
                .map(parser -> {
                    try {
                        return Types.invoke(parser, null, value.toString()).equals(value);
                    } catch (IllegalArgumentException e) {
                        return false;
                    }
                })
                .orElse(false);
    }
}
