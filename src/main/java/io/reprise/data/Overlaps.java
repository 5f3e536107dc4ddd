package io.reprise.data;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a split shares with training, as shares in 0..1 (NaN where there is nothing to count).
 *
 * @param examples of its examples: the whole sequence is a training example; 0 by construction
 * @param prefixes of its scored positions: everything before the target begins some training example
 * @param windows of its examples: the sequence (without start and end tokens) stands somewhere inside a training example
 * @param prefixNext of its scored positions: so does everything before the target together with the target
 * @param previousNext of its scored positions: the step from the member before to this member occurs in training
 */
public record Overlaps(double examples, double prefixes, double windows, double prefixNext, double previousNext) {
    /** By the names that reports use. */
    public Map<String, Double> byName() {
        Map<String, Double> map = new LinkedHashMap<>();
        map.put("examples", examples);
        map.put("prefixes", prefixes);
        map.put("windows", windows);
        map.put("prefix_next", prefixNext);
        map.put("previous_next", previousNext);
        return map;
    }
}
