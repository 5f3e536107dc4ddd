package io.reprise.analysis.overlap.groups;

import io.reprise.model.Transformer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Models that are the same but for their seeds.
 *
 * @param name of the group
 * @param models by name, such as {@code seed-1}
 */
public record Group(String name, Map<String, Transformer> models) {
    public Group {
        models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
        if (models.isEmpty()) {
            throw new IllegalArgumentException("group " + name + " has no model");
        }
    }
}
