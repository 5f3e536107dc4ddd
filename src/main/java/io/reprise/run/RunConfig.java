package io.reprise.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run's resolved config as flat text, for grouping and for params: {@code model.d_model} → 64. Lists are kept whole, as JSON.
 */
public final class RunConfig {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private RunConfig() {}

    /** @throws IOException naming the file, what is wrong and where */
    public static Map<String, String> read(Path file) throws IOException {
        try {
            JsonNode root = YAML.readTree(Files.readString(file));
            if (root == null || !root.isObject()) {
                throw new IOException(file + " is not a mapping of keys to values");
            }
            Map<String, String> flat = new TreeMap<>();
            flatten("", root, flat);
            return Collections.unmodifiableMap(flat);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not YAML: " + e.getOriginalMessage(), e);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        }
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> flat) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(entry -> flatten(
                            prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey(), entry.getValue(), flat));
        } else {
            flat.put(prefix, node.isValueNode() ? node.asText() : node.toString());
        }
    }
}
