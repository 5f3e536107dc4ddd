package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.overlap.ModelComparison;
import io.reprise.analysis.overlap.between.BetweenResult;
import io.reprise.stats.Estimate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two groups of models at one task.
 *
 * @param comparison channels, verdicts, lens summaries
 * @param prompts that all was measured on
 * @param firstModels names of the first group's models
 * @param secondModels names of the second's; the first's, if a group was compared with itself
 * @param first components of the first group's first model
 * @param second components of the model that it is matched with
 * @param matching of these two models' circuits
 * @param figures by name: {@code x_csi}, {@code tau_there}, {@code transport}, {@code lens} …
 */
public record GroupComparison(
        ModelComparison comparison,
        int prompts,
        List<String> firstModels,
        List<String> secondModels,
        List<Part> first,
        List<Part> second,
        BetweenResult matching,
        Map<String, Estimate> figures) {
    /**
     * A component of a model.
     *
     * @param name such as {@code a0.h1}
     * @param depth relative, 0 to 1
     * @param importance what ablating it alone takes from the metric
     * @param member whether it is in the circuit
     */
    public record Part(String name, double depth, double importance, boolean member) {}

    public GroupComparison {
        firstModels = List.copyOf(firstModels);
        secondModels = List.copyOf(secondModels);
        first = List.copyOf(first);
        second = List.copyOf(second);
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }
}
