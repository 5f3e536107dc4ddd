package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** A config with everything filled in: what a run directory keeps, and what names it. */
public final class ResolvedConfig {
    /**
     * What doesn't change a run's results, or has its own place in the run's path: {@code runs/<name>/<hash>/seed-<n>}.
     * Everything else counts, the data's seed and {@code backend} too.
     */
    private static final Set<String> NOT_HASHED =
            Set.of("name", "seed", "question", "answer", "expect", "tracking_uri");

    private final ObjectNode tree;

    private ResolvedConfig(ObjectNode tree) {
        this.tree = tree;
    }

    /** The config that a record holds. */
    public static ResolvedConfig of(Record config) {
        return new ResolvedConfig(Unbinder.tree(config));
    }

    /** Without keys whose values are their defaults and mean nothing here. */
    ResolvedConfig without(List<String> keys) {
        var less = tree.deepCopy();
        less.remove(keys);
        return new ResolvedConfig(less);
    }

    /** Keys in the order of the records' components; reading and binding it gives an equal record. */
    public String yaml() {
        return YamlWriter.write(tree);
    }

    /** The tree behind {@link #yaml}. */
    public ObjectNode tree() {
        return tree.deepCopy();
    }

    /**
     * First 8 hex digits of SHA-256 over the config as JSON with sorted keys, without name, seed, question, answer, expect
     * and
     * tracking_uri: equal for configs that mean the same, however they were written.
     */
    public String hash() {
        var counted = tree.deepCopy();
        counted.remove(NOT_HASHED);
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var bytes = sorted(counted).toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(digest.digest(bytes), 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            var fields = new TreeMap<String, JsonNode>();
            node.properties().forEach(entry -> fields.put(entry.getKey(), sorted(entry.getValue())));
            var sorted = YamlReader.emptyMapping();
            fields.forEach(sorted::set);
            return sorted;
        }
        if (node.isArray()) {
            var list = YamlReader.emptyMapping().arrayNode();
            node.forEach(element -> list.add(sorted(element)));
            return list;
        }
        return node;
    }
}
