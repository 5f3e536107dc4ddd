package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.overlap.between.Between;
import io.reprise.analysis.overlap.between.CrossCsi;
import io.reprise.analysis.overlap.between.PromptHalves;
import io.reprise.analysis.overlap.between.SeedPair;
import io.reprise.analysis.overlap.between.Side;
import io.reprise.analysis.overlap.channels.Pairings.Pair;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Distances between circuits of models, and X-CSI of them. */
final class CircuitDistances {
    private final Between between;
    private final List<List<Integer>> halves;
    private final CrossCsi csi;
    private final Map<List<String>, SeedPair> known = new HashMap<>();

    CircuitDistances(CompareSpec spec, ComparePrompts prompts, Between between, Rng rng) {
        this.between = between;
        this.halves = PromptHalves.of(prompts.evaluation().size(), spec.halves(), rng.split("halves"));
        this.csi = new CrossCsi(spec.resamples(), rng);
    }

    /**
     * X-CSI, against nulls of all kinds together.
     *
     * @param nulls by kind
     */
    CrossCsi.Result of(List<SeedPair> pairs, Map<String, List<SeedPair>> nulls, List<SeedPair> ceilings) {
        return csi.ofKinds(pairs, List.copyOf(nulls.values()), ceilings);
    }

    /** Every pair's, of the circuits. */
    List<SeedPair> circuits(List<Pair<ModelReading>> pairs) {
        return pairs.stream()
                .map(pair -> distance(
                        pair.one().name(),
                        pair.one().part(),
                        pair.other().name(),
                        pair.other().part()))
                .toList();
    }

    /** Of each model's circuit and untrained models of the other's shape. */
    List<SeedPair> untrained(List<Pair<ModelReading>> pairs, ReadModels models) {
        List<SeedPair> nulls = new ArrayList<>();
        for (Pair<ModelReading> pair : pairs) {
            against(
                    pair.one(),
                    "untrained",
                    pair.other(),
                    models.untrained(pair.other()).sides(),
                    nulls);
            against(
                    pair.other(),
                    "untrained",
                    pair.one(),
                    models.untrained(pair.one()).sides(),
                    nulls);
        }
        return nulls;
    }

    /** Of each model's circuit and random circuits of the other model; empty if there can be none. */
    List<SeedPair> random(List<Pair<ModelReading>> pairs) {
        List<SeedPair> nulls = new ArrayList<>();
        for (Pair<ModelReading> pair : pairs) {
            against(
                    pair.one(),
                    "random " + pair.other().name(),
                    pair.other(),
                    pair.other().random(),
                    nulls);
            against(
                    pair.other(),
                    "random " + pair.one().name(),
                    pair.one(),
                    pair.one().random(),
                    nulls);
        }
        return nulls;
    }

    private void against(
            ModelReading one, String kind, ModelReading other, List<Side> sides, List<SeedPair> distances) {
        String shape = other.model().config().nLayers() + "·"
                + other.model().config().nHeads() + "·" + other.model().config().dModel();
        for (int i = 0; i < sides.size(); i++) {
            distances.add(distance(one.name(), one.part(), kind + " " + shape + " " + i, sides.get(i)));
        }
    }

    private SeedPair distance(String first, Side a, String second, Side b) {
        return known.computeIfAbsent(List.of(first, second), key -> SeedPair.of(first, a, second, b, between, halves));
    }

    static double mean(List<SeedPair> pairs) {
        return pairs.stream().mapToDouble(SeedPair::distance).average().orElseThrow();
    }
}
