package io.reprise.analysis.overlap.between;

import java.util.ArrayList;
import java.util.List;

/**
 * The distance between two models, with what is needed to say how sure it is.
 *
 * @param first name of one model, such as its seed; models of one name are resampled together
 * @param second name of the other
 * @param distance on all prompts
 * @param halves on random halves of the prompts, {@link io.reprise.analysis.overlap.between.PromptHalves}
 */
public record SeedPair(String first, String second, double distance, List<Double> halves) {
    public SeedPair {
        halves = List.copyOf(halves);
        List<Double> all = new ArrayList<>(halves);
        all.add(distance);
        if (all.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new IllegalArgumentException(
                    "the distance of " + first + " and " + second + " is not a finite number: " + all);
        }
    }

    /** Compares two models on all prompts and on halves of them. */
    public static SeedPair of(
            String first, Side a, String second, Side b, Between between, List<List<Integer>> halves) {
        List<Double> distances = halves.stream()
                .map(half -> half.stream().mapToInt(Integer::intValue).toArray())
                .map(half -> between.compare(a.on(half), b.on(half)).distance())
                .toList();
        return new SeedPair(first, second, between.compare(a, b).distance(), distances);
    }
}
