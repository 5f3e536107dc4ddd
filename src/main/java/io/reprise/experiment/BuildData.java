package io.reprise.experiment;

import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.data.DatasetBuilder;
import io.reprise.data.Example;
import io.reprise.data.SeriesCatalogue;
import io.reprise.data.Split;
import io.reprise.run.DataSummary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Step 2: the vocabulary and the disjoint splits. Refuses, with the numbers, what cannot be met. */
final class BuildData {
    private static final int DIGEST_LENGTH = 32;

    private BuildData() {}

    static Dataset build(ExperimentConfig config, Path datasets) {
        return new DatasetBuilder(new SeriesCatalogue(datasets, Path.of("")))
                .build(config.requireTask(), config.split());
    }

    /** For people: {@code numerals add 1 + numerals add 2}. */
    static String words(Dataset data) {
        return data.examples(Split.TRAIN).stream()
                .map(Example::component)
                .distinct()
                .sorted()
                .collect(Collectors.joining(" + "));
    }

    static DataSummary summary(Dataset data) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        Map<String, String> digests = new LinkedHashMap<>();
        for (Split split : data.splits()) {
            sizes.put(split.key(), data.examples(split).size());
            digests.put(split.key(), data.digest(split).substring(0, DIGEST_LENGTH));
        }
        Split unseen = data.splits().contains(Split.TEST) ? Split.TEST : Split.HELD_OUT;
        Map<String, Double> overlaps =
                data.splits().contains(unseen) ? data.overlaps(unseen).byName() : Map.of();
        return new DataSummary(sizes, digests, data.vocabulary().size(), overlaps, data.notes());
    }
}
