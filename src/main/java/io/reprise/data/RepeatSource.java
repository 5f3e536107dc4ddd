package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A random block said several times. Block lengths are equally likely, and so are the blocks of a length. */
final class RepeatSource implements Source {
    private final Series series;
    private final ComponentSpec spec;
    private final IntRange values;
    private final IntRange lengths;
    private final Rule.Repeat rule;

    RepeatSource(Series series, ComponentSpec spec, IntRange values, Rule.Repeat rule) {
        this.series = series;
        this.spec = spec;
        this.values = values;
        this.lengths = spec.length().orElseThrow();
        this.rule = rule;
        if (!rule.repeats() && lengths.to() > values.size()) {
            throw new IllegalArgumentException("length = " + lengths + " is more than the " + values.size()
                    + " values of " + values + "; shorten it, widen values, or allow repeats");
        }
    }

    IntRange lengths() {
        return lengths;
    }

    Rule.Repeat rule() {
        return rule;
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
                .mapToDouble(n -> Tuples.count((int) values.size(), n, rule.repeats()))
                .sum();
    }

    @Override
    public void forEach(Consumer<Draft> consumer) {
        int n = (int) values.size();
        for (int length = lengths.from(); length <= lengths.to(); length++) {
            double mass = 1.0 / lengths.size() / Tuples.count(n, length, rule.repeats());
            Tuples.forEach(n, length, rule.repeats(), block -> consumer.accept(draft(block, mass)));
        }
    }

    @Override
    public Draft sample(Rng rng) {
        int length = lengths.from() + rng.nextInt((int) lengths.size());
        return draft(Tuples.sample(rng, (int) values.size(), length, rule.repeats()), 1.0);
    }

    private Draft draft(int[] block, double mass) {
        int n = block.length;
        int[] cells = new int[n * rule.times()];
        Arrays.setAll(cells, i -> values.from() + block[i % n]);
        String unit = series.name() + " · " + rule.label() + " · "
                + Arrays.stream(cells, 0, n).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        Origin origin = new Origin(series.name(), rule.label(), OptionalInt.empty(), OptionalInt.empty(), n);
        return new Draft(cells, n, n, true, origin, unit, mass);
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
