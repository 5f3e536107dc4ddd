package io.reprise.analysis.probe;

import io.reprise.analysis.probe.ProbeResult.Measure;
import io.reprise.stats.ClusteredProportion;
import io.reprise.stats.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts right answers on the test part, over seeds; a group's answers are one cluster. */
final class Tally {
    private final String kind;
    private final List<LabelledExample> examples;
    private final Map<String, long[]> byGroup = new LinkedHashMap<>();
    private final List<Double> perSeed = new ArrayList<>();

    Tally(String kind, List<LabelledExample> examples) {
        this.kind = kind;
        this.examples = examples;
    }

    /** One seed's answers, class numbers in the order of the examples. */
    void add(int[] predicted, int[] truth) {
        int right = 0;
        for (int i = 0; i < truth.length; i++) {
            long[] counts = byGroup.computeIfAbsent(examples.get(i).group(), none -> new long[2]);
            counts[1]++;
            if (predicted[i] == truth[i]) {
                counts[0]++;
                right++;
            }
        }
        perSeed.add((double) right / truth.length);
    }

    Measure measure() {
        ClusteredProportion right = new ClusteredProportion();
        byGroup.values().forEach(counts -> right.addCluster(counts[0], counts[1]));
        Interval interval = right.interval();
        return new Measure(kind, right.correct(), right.total(), interval.low(), interval.high(), perSeed);
    }
}
