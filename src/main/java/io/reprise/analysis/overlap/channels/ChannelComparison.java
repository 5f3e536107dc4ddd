package io.reprise.analysis.overlap.channels;

import io.reprise.stats.Interval;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One figure of how alike two models are, between its null and its ceiling.
 *
 * @param name of the figure, for people
 * @param prompts that it was measured on
 * @param value as measured: a distance or a similarity
 * @param nulls the same between models that share nothing, by kind
 * @param nullValue the null that is most alike, which is the one that counts
 * @param ceiling the same between seeds of one architecture; empty if none were given
 * @param calibrated (null − value) / (null − ceiling): 0 is the null, 1 the ceiling; empty with a problem
 * @param interval 95% of {@code calibrated}, over prompts, nulls and pairs of seeds
 * @param problem why it cannot be calibrated, if it cannot
 */
public record ChannelComparison(
        String name,
        int prompts,
        double value,
        Map<String, Double> nulls,
        double nullValue,
        Optional<Double> ceiling,
        Optional<Double> calibrated,
        Optional<Interval> interval,
        Optional<String> problem) {
    public ChannelComparison {
        nulls = Collections.unmodifiableMap(new LinkedHashMap<>(nulls));
    }
}
