package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * {@code <start> list <mid> sorted list}. Lengths are equally likely, and so are the lists of a length. A unit is the list's
 * multiset, so that no split sees another order of the same values.
 */
final class SortSource implements Source {
    private final Series series;
    private final ComponentSpec spec;
    private final IntRange values;
    private final IntRange lengths;
    private final boolean repeats;

    SortSource(Series series, ComponentSpec spec, IntRange values, boolean repeats) {
        this.series = series;
        this.spec = spec;
        this.values = values;
        this.lengths = spec.length().orElseThrow();
        this.repeats = repeats;
        if (!repeats && lengths.to() > values.size()) {
            throw new IllegalArgumentException("length = " + lengths + " is more than the " + values.size()
                    + " values of " + values + "; shorten it, widen values, or allow repeats");
        }
    }

    IntRange lengths() {
        return lengths;
    }

    boolean repeats() {
        return repeats;
    }

    @Override
    public Series series() {
        return series;
    }

    @Override
    public ComponentSpec spec() {
        return spec;
    }

    @Override
    public double size() {
        return lengths.stream()
                .mapToDouble(n -> Tuples.count((int) values.size(), n, repeats))
                .sum();
    }

    @Override
    public void forEach(Consumer<Draft> consumer) {
        int n = (int) values.size();
        for (int length = lengths.from(); length <= lengths.to(); length++) {
            double mass = 1.0 / lengths.size() / Tuples.count(n, length, repeats);
            Tuples.forEach(n, length, repeats, list -> consumer.accept(draft(list, mass)));
        }
    }

    @Override
    public Draft sample(Rng rng) {
        int length = lengths.from() + rng.nextInt((int) lengths.size());
        return draft(Tuples.sample(rng, (int) values.size(), length, repeats), 1.0);
    }

    private Draft draft(int[] list, double mass) {
        int n = list.length;
        int[] cells = new int[2 * n + 2];
        int[] sorted = list.clone();
        Arrays.sort(sorted);
        cells[0] = Draft.START;
        cells[n + 1] = Draft.MID;
        for (int i = 0; i < n; i++) {
            cells[i + 1] = values.from() + list[i];
            cells[n + 2 + i] = values.from() + sorted[i];
        }
        String unit = series.name() + " · " + spec.rule().label() + " · "
                + Arrays.stream(sorted)
                        .mapToObj(v -> Integer.toString(values.from() + v))
                        .collect(Collectors.joining(" "));
        Origin origin = new Origin(series.name(), spec.rule().label(), OptionalInt.empty(), OptionalInt.empty(), n);
        return new Draft(cells, n + 2, n + 2, true, origin, unit, mass);
    }

    @Override
    public Optional<String> leftOut() {
        return Optional.empty();
    }

    @Override
    public Optional<IntRange> drawnFrom() {
        return Optional.of(values);
    }
}
