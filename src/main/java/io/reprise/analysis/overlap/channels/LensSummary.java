package io.reprise.analysis.overlap.channels;

import io.reprise.data.PairSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A model's way to the answers, for pages.
 *
 * @param byRole what the answer's probability is at positions of each role, by relative depth
 * @param decision where the answer becomes and stays the most probable token
 * @param preference where it becomes and stays more probable than the wrong answer
 */
public record LensSummary(Map<String, List<Point>> byRole, Depth decision, Depth preference) {
    /**
     * @param depth relative, 0 to 1
     * @param probability of the answer, mean
     * @param rank of the answer, geometric mean; 1 is best
     * @param kl KL(model's own output ‖ this depth) in nats, mean
     */
    public record Point(double depth, double probability, double rank, double kl) {}

    /**
     * @param share of the prompts where there is such a depth
     * @param mean of theirs; empty if there is none
     */
    public record Depth(double share, Optional<Double> mean) {}

    public LensSummary {
        byRole = Collections.unmodifiableMap(new LinkedHashMap<>(byRole));
    }

    /** @param pairs those that the profile is of */
    public static LensSummary of(LensProfile profile, PairSet pairs) {
        Map<String, List<Point>> byRole = new LinkedHashMap<>();
        for (String role : pairs.roles()) {
            byRole.put(
                    role,
                    DoubleStream.of(profile.depths())
                            .mapToObj(depth -> profile.mean(role, depth))
                            .toList());
        }
        return new LensSummary(
                byRole, depth(profile.size(), profile::decision), depth(profile.size(), profile::preference));
    }

    private static Depth depth(int prompts, IntFunction<OptionalDouble> of) {
        double[] found = IntStream.range(0, prompts)
                .mapToObj(of)
                .flatMapToDouble(OptionalDouble::stream)
                .toArray();
        OptionalDouble mean = DoubleStream.of(found).average();
        return new Depth(
                (double) found.length / prompts, mean.isPresent() ? Optional.of(mean.getAsDouble()) : Optional.empty());
    }
}
