package io.reprise.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the data was.
 *
 * @param examples examples per split
 * @param digests first 32 hex digits of SHA-256 of each split's examples
 * @param vocabularySize tokens
 * @param overlaps shares of the test set also found in training: examples, prefixes, windows, prefix_next, previous_next
 * @param notes sentences for the reader, for example that a bigram table solves the task
 */
public record DataSummary(
        Map<String, Integer> examples,
        Map<String, String> digests,
        int vocabularySize,
        Map<String, Double> overlaps,
        List<String> notes) {
    public DataSummary {
        // in the order of the splits, which is the order in which people expect them
        examples = Collections.unmodifiableMap(new LinkedHashMap<>(examples));
        digests = Collections.unmodifiableMap(new LinkedHashMap<>(digests));
        overlaps = Collections.unmodifiableMap(new LinkedHashMap<>(overlaps));
        notes = List.copyOf(notes);
    }
}
