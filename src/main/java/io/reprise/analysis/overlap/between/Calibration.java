package io.reprise.analysis.overlap.between;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Similarities as percentiles of a null of pairs that share nothing but the kind of component, the prompts and the shape of the
 * models: a component against one of the other model's random-weights twin, and against one of the other model whose prompts were
 * exchanged. Channels differ in how alike unlike things look in them; percentiles don't.
 */
final class Calibration {
    /** A percentile of fewer pairs is coarser than 5%. */
    private static final int FEWEST = 20;

    private final Map<SignatureChannel, Map<String, double[]>> nulls = new EnumMap<>(SignatureChannel.class);

    private Calibration() {}

    /** The same, up to the order of the sides, for (a, b) and (b, a). */
    static Calibration of(Side a, Side b, Rng rng) {
        Calibration calibration = new Calibration();
        Map<SignatureChannel, Map<String, List<Double>>> draws = new EnumMap<>(SignatureChannel.class);
        b.twins().forEach(twin -> collect(a.signatures().components(), twin.components(), draws));
        a.twins().forEach(twin -> collect(twin.components(), b.signatures().components(), draws));
        int prompts = b.signatures().components().get(0).prompts();
        for (int i = 0; i < Math.max(a.twins().size(), b.twins().size()); i++) {
            int[] order = exchange(prompts, rng.split("exchange " + i));
            List<Signature> exchanged = b.signatures().components().stream()
                    .map(signature -> signature.permuted(order))
                    .toList();
            collect(a.signatures().components(), exchanged, draws);
        }
        draws.forEach((channel, byType) -> byType.forEach((type, values) -> {
            if (values.size() >= FEWEST) {
                double[] sorted = values.stream()
                        .mapToDouble(Double::doubleValue)
                        .sorted()
                        .toArray();
                calibration
                        .nulls
                        .computeIfAbsent(channel, key -> new HashMap<>())
                        .put(type, sorted);
            }
        }));
        if (calibration.nulls.isEmpty()) {
            throw new IllegalArgumentException("the null has fewer than " + FEWEST
                    + " pairs in every channel; give more twins with random weights (8 are enough for most models)");
        }
        return calibration;
    }

    /** From 0 to 1; empty if the two are of different kinds, or one has no such channel, or the null is too small. */
    OptionalDouble percentile(SignatureChannel channel, Signature u, Signature v) {
        double[] sorted = nulls.getOrDefault(channel, Map.of()).get(u.unit().type());
        OptionalDouble similarity = u.sameKind(v) ? u.similarity(channel, v) : OptionalDouble.empty();
        return sorted == null || similarity.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(place(sorted, similarity.getAsDouble()));
    }

    /** How many null pairs a channel has, over all kinds of components. */
    int size(SignatureChannel channel) {
        return nulls.getOrDefault(channel, Map.of()).values().stream()
                .mapToInt(values -> values.length)
                .sum();
    }

    /**
     * The null's distribution function, linear between its values (each at the middle of its step), from (−1, 0) to (1, 1): so that
     * rounding of a similarity can't move a percentile by a whole rank, and the same thing twice is at 1.
     */
    static double place(double[] sorted, double similarity) {
        int n = sorted.length;
        int above = 0;
        while (above < n && sorted[above] < similarity) {
            above++;
        }
        double left = above == 0 ? -1 : sorted[above - 1];
        double right = above == n ? 1 : sorted[above];
        double low = above == 0 ? 0 : (above - 0.5) / n;
        double high = above == n ? 1 : (above + 0.5) / n;
        return right > left ? low + (high - low) * (similarity - left) / (right - left) : high;
    }

    private static void collect(
            List<Signature> some, List<Signature> others, Map<SignatureChannel, Map<String, List<Double>>> draws) {
        for (Signature u : some) {
            for (Signature v : others) {
                if (!u.sameKind(v)) {
                    continue;
                }
                for (SignatureChannel channel : SignatureChannel.values()) {
                    u.similarity(channel, v)
                            .ifPresent(similarity -> draws.computeIfAbsent(channel, key -> new HashMap<>())
                                    .computeIfAbsent(u.unit().type(), key -> new ArrayList<>())
                                    .add(similarity));
                }
            }
        }
    }

    /** Prompts exchanged two by two: its own inverse, so that it does not matter which model's prompts are exchanged. */
    private static int[] exchange(int prompts, Rng rng) {
        int[] random = rng.permutation(prompts);
        int[] order = IntStream.range(0, prompts).toArray();
        for (int i = 0; i + 1 < prompts; i += 2) {
            order[random[i]] = random[i + 1];
            order[random[i + 1]] = random[i];
        }
        return order;
    }

    /** Percentiles of all pairs, [component of a][component of b]; NaN where there is none. */
    double[][] table(SignatureChannel channel, List<Signature> a, List<Signature> b) {
        return a.stream()
                .map(u -> b.stream()
                        .mapToDouble(v -> percentile(channel, u, v).orElse(Double.NaN))
                        .toArray())
                .toArray(double[][]::new);
    }

    /** The mean of the channels that a pair has; 0 for pairs without any, such as a head and an MLP. */
    static double[][] mean(List<double[][]> tables) {
        double[][] mean = new double[tables.get(0).length][tables.get(0)[0].length];
        for (int u = 0; u < mean.length; u++) {
            for (int v = 0; v < mean[u].length; v++) {
                int row = u;
                int column = v;
                mean[u][v] = tables.stream()
                        .mapToDouble(table -> table[row][column])
                        .filter(value -> !Double.isNaN(value))
                        .average()
                        .orElse(0);
            }
        }
        return mean;
    }

    /** The channels that have a null. */
    List<SignatureChannel> channels() {
        return Arrays.stream(SignatureChannel.values())
                .filter(nulls::containsKey)
                .toList();
    }
}
