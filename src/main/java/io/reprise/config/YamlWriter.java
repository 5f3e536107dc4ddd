package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * A tree as YAML for people: blocks, and on one line what fits there. Text is quoted wherever YAML 1.1 or 1.2 would take it
 * for something else, so every reader reads the same.
 */
final class YamlWriter {
    private static final int WIDTH = 100;
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z_/][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*|-?[0-9]+\\.\\.-?[0-9]+");

    /** YAML 1.1 takes them for booleans or nothing. */
    private static final Set<String> RESERVED = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private YamlWriter() {}

    static String write(JsonNode root) {
        var out = new StringBuilder();
        block(root, "", out);
        return out.toString();
    }

    private static void block(JsonNode mapping, String indent, StringBuilder out) {
        for (var entry : mapping.properties()) {
            out.append(indent).append(text(entry.getKey())).append(':');
            entry(entry.getValue(), indent, out);
        }
    }

    private static void entry(JsonNode value, String indent, StringBuilder out) {
        var line = flow(value);
        boolean fits = indent.length() + line.length() <= WIDTH && !nested(value);
        if (value.isValueNode() || value.isEmpty() || fits) {
            out.append(' ').append(line).append('\n');
        } else if (value.isObject()) {
            out.append('\n');
            block(value, indent + "  ", out);
        } else {
            out.append('\n');
            for (var element : value) {
                out.append(indent).append("  - ").append(flow(element)).append('\n');
            }
        }
    }

    /** A mapping is spread over lines, a list only if it holds more than scalars. */
    private static boolean nested(JsonNode value) {
        if (value.isObject()) {
            return true;
        }
        for (var element : value) {
            if (element.isContainerNode()) {
                return true;
            }
        }
        return false;
    }

    private static String flow(JsonNode value) {
        var parts = new ArrayList<String>();
        if (value.isArray()) {
            value.forEach(element -> parts.add(flow(element)));
            return "[" + String.join(", ", parts) + "]";
        }
        if (value.isObject()) {
            value.properties().forEach(entry -> parts.add(text(entry.getKey()) + ": " + flow(entry.getValue())));
            return "{" + String.join(", ", parts) + "}";
        }
        return value.isTextual() ? text(value.textValue()) : value.asText();
    }

    private static String text(String text) {
        boolean plain = PLAIN.matcher(text).matches()
                && !RESERVED.contains(Words.normal(text))
                && YamlReader.scalar(text).isTextual();
        return plain ? text : quoted(text);
    }

    /** JSON's quoted strings are YAML's, but for characters that YAML wants escaped. */
    private static String quoted(String text) {
        var quoted = new StringBuilder();
        TextNode.valueOf(text).toString().codePoints().forEach(c -> {
            boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            if (StreamReader.isPrintable(c) && !surrogate && c != 0x85 && c != 0x2028 && c != 0x2029) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append("\\u%04x".formatted(c));
            }
        });
        return quoted.toString();
    }
}
