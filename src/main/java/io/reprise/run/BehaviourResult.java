package io.reprise.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How models answer sequence tasks.
 *
 * @param settings what was asked for, as name → value
 */
public record BehaviourResult(Map<String, String> settings, List<Model> models, List<BehaviourCell> cells) {
    public BehaviourResult {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        models = List.copyOf(models);
        cells = List.copyOf(cells);
    }

    /**
     * A model that was asked.
     *
     * @param name unique in the result
     * @param path where its files are
     * @param shape in words
     * @param tokenizer in words, with digests
     */
    public record Model(String name, String path, String family, String shape, int vocabulary, String tokenizer) {}
}
