package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;

/**
 * A {@code key=value} of the command line.
 *
 * @param path dotted keys and list indexes: {@code task.mixture.0.start}
 * @param value what stands right of the equals sign, read as YAML
 * @param text the whole as it was given
 */
public record Setting(String path, JsonNode value, String text) {
    /** Reads {@code train.steps=10}. */
    public static Setting parse(String text) {
        int equals = text.indexOf('=');
        var path = equals < 0 ? "" : text.substring(0, equals).strip();
        if (path.isEmpty() || Arrays.asList(path.split("\\.", -1)).contains("")) {
            throw new IllegalArgumentException("expected key=value such as train.steps=1000, got \"" + text + "\"");
        }
        return new Setting(path, YamlReader.value(text.substring(equals + 1), text), text);
    }

    List<String> keys() {
        return List.of(path.split("\\."));
    }
}
