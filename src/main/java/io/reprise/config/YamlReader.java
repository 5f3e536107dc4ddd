package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML text to a tree with line numbers.
 *
 * <p>Plain scalars are resolved by YAML 1.2's core schema (specification 1.2.2, 10.3.2): {@code no} is text and {@code
 * 1e-3} a number, where the YAML 1.1 rules of the usual Java readers say false and text. Aliases are followed, which
 * Jackson's own tree reader doesn't do; duplicate keys are refused.
 */
final class YamlReader {
    /** Guards against aliases of aliases of aliases. */
    private static final int MOST_NODES = 100_000;

    private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> BOOLEANS = Set.of("true", "True", "TRUE", "false", "False", "FALSE");
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern NOT_FINITE = Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String source;
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int count;

    private YamlReader(String source) {
        this.source = source;
    }

    /**
     * A file's content.
     *
     * @param root the top-level mapping
     * @param lines from dotted path to line, from 1
     */
    record Document(ObjectNode root, Map<String, Integer> lines) {}

    /** Reads a file that must hold one mapping. */
    static Document read(Path file) {
        var source = file.toString();
        String text;
        try {
            if (Files.isDirectory(file)) {
                throw ConfigException.file(source, "is a directory; expected a YAML file");
            }
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw ConfigException.file(source, "does not exist");
        } catch (CharacterCodingException e) {
            throw ConfigException.file(source, "is not YAML: it is not UTF-8 text");
        } catch (IOException e) {
            throw ConfigException.file(source, "cannot be read: " + e.getMessage());
        }
        return document(text, source);
    }

    /** Reads text that must hold one mapping. */
    static Document document(String text, String source) {
        var reader = new YamlReader(source);
        var node = reader.compose(text);
        if (node == null) {
            throw ConfigException.file(source, "is empty; expected keys and values, such as name: quickstart");
        }
        var tree = reader.convert(node, "");
        if (!reader.problems.isEmpty()) {
            throw ConfigException.of(source, reader.problems);
        }
        if (!(tree instanceof ObjectNode root)) {
            throw ConfigException.file(
                    source,
                    "holds " + Words.given(tree) + " at the top; expected keys and values, such as name: quickstart");
        }
        if (root.isEmpty()) {
            throw ConfigException.file(source, "is empty; expected keys and values, such as name: quickstart");
        }
        return new Document(root, reader.lines);
    }

    /** Reads one value, as on the right of {@code key=value}; nothing is null. */
    static JsonNode value(String text, String source) {
        var reader = new YamlReader(source);
        var node = reader.compose(text);
        var tree = node == null ? NODES.nullNode() : reader.convert(node, "");
        if (!reader.problems.isEmpty()) {
            throw ConfigException.of(source, reader.problems);
        }
        return tree;
    }

    /**
     * An element of a comma list.
     *
     * @param plain whether it was written without quotes or brackets
     */
    record Item(JsonNode value, boolean plain) {}

    /** Reads {@code a, b, [c, d]} as three values. */
    static List<Item> items(String text, String source) {
        var reader = new YamlReader(source);
        var items = new ArrayList<Item>();
        if (reader.compose("[" + text + "]") instanceof SequenceNode list) {
            for (var node : list.getValue()) {
                items.add(new Item(reader.convert(node, ""), plain(node)));
            }
        }
        if (!reader.problems.isEmpty()) {
            throw ConfigException.of(source, reader.problems);
        }
        return items;
    }

    static ObjectNode emptyMapping() {
        return NODES.objectNode();
    }

    static ArrayNode listOf(JsonNode node) {
        return NODES.arrayNode().add(node);
    }

    /** What a plain scalar means in YAML 1.2. */
    static JsonNode scalar(String text) {
        if (NOTHING.contains(text)) {
            return NODES.nullNode();
        }
        if (BOOLEANS.contains(text)) {
            return NODES.booleanNode(text.toLowerCase(Locale.ROOT).equals("true"));
        }
        if (INTEGER.matcher(text).matches()) {
            var big = new BigInteger(text);
            if (big.bitLength() < Integer.SIZE) {
                return NODES.numberNode(big.intValue());
            }
            return big.bitLength() < Long.SIZE ? NODES.numberNode(big.longValue()) : NODES.numberNode(big);
        }
        if (FLOAT.matcher(text).matches()) {
            try {
                return NODES.numberNode(new BigDecimal(text));
            } catch (NumberFormatException e) {
                return NODES.textNode(text); // an exponent beyond BigDecimal's; no component accepts it
            }
        }
        if (NOT_FINITE.matcher(text).matches()) {
            var negative = text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            return NODES.numberNode(text.endsWith("n") || text.endsWith("N") ? Double.NaN : negative);
        }
        return NODES.textNode(text);
    }

    private Node compose(String text) {
        var options = new LoaderOptions();
        var dumper = new DumperOptions();
        var yaml = new Yaml(new SafeConstructor(options), new Representer(dumper), dumper, options, new NoResolver());
        try {
            return yaml.compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            var where = mark == null ? "" : ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
            throw ConfigException.file(source + where, "is not YAML: " + problem(e));
        } catch (YAMLException e) {
            throw ConfigException.file(source, "is not YAML: " + firstLine(e.getMessage()));
        }
    }

    private static String problem(MarkedYAMLException e) {
        var problem = e.getProblem() == null ? firstLine(e.getMessage()) : e.getProblem();
        return e.getContext() == null ? problem : e.getContext() + ", " + problem;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }

    private static boolean plain(Node node) {
        return node instanceof ScalarNode scalar && scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
    }

    private JsonNode convert(Node node, String path) {
        int line = node.getStartMark().getLine() + 1;
        lines.put(path, line);
        if (++count > MOST_NODES) {
            throw ConfigException.file(source, "is too large: more than " + MOST_NODES + " values");
        }
        var tag = node.getTag();
        if (!tag.equals(Tag.STR) && !tag.equals(Tag.MAP) && !tag.equals(Tag.SEQ)) {
            problems.add("line " + line + ": the tag " + tag + " is not supported; delete it");
            return NODES.nullNode();
        }
        if (node instanceof ScalarNode scalar) {
            return plain(node) ? scalar(scalar.getValue()) : NODES.textNode(scalar.getValue());
        }
        if (!open.add(node)) {
            throw ConfigException.file(source, "contains itself at line " + line + ": an alias inside its own anchor");
        }
        var tree = node instanceof MappingNode map ? mapping(map, path) : list((SequenceNode) node, path);
        open.remove(node);
        return tree;
    }

    private ObjectNode mapping(MappingNode node, String path) {
        var tree = NODES.objectNode();
        for (var entry : node.getValue()) {
            int line = entry.getKeyNode().getStartMark().getLine() + 1;
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                problems.add("line " + line + ": a key must be a word, not a list or a mapping");
                continue;
            }
            var name = key.getValue();
            var at = Words.at(path, name);
            if (plain(key) && name.equals("<<")) {
                problems.add("line " + line + ": merge keys (<<) are not supported; use extends:");
            } else if (tree.has(name)) {
                problems.add(at + ": given twice, in lines " + lines.get(at) + " and " + line + "; delete one");
            } else {
                tree.set(name, convert(entry.getValueNode(), at));
                lines.put(at, line);
            }
        }
        return tree;
    }

    private ArrayNode list(SequenceNode node, String path) {
        var tree = NODES.arrayNode();
        for (var element : node.getValue()) {
            tree.add(convert(element, Words.at(path, Integer.toString(tree.size()))));
        }
        return tree;
    }

    /** Leaves plain scalars as text: {@link #scalar} decides. */
    private static final class NoResolver extends Resolver {
        @Override
        protected void addImplicitResolvers() {}
    }
}
