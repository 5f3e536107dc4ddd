package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Continuations: each member follows from the one or two before it. Those that leave the domain are left out. */
final class WalkSource implements Source {
    private final Series series;
    private final ComponentSpec spec;
    private final IntRange domain;
    private final IntRange starts;
    private final Optional<IntRange> seconds;
    private final IntRange lengths;
    private final boolean wrap;

    WalkSource(Series series, ComponentSpec spec, IntRange domain, IntRange starts) {
        this.series = series;
        this.spec = spec;
        this.domain = domain;
        this.starts = starts;
        this.lengths = spec.length().orElseThrow();
        this.seconds =
                spec.rule() instanceof Rule.Fibonacci f ? Optional.of(f.second().orElse(starts)) : Optional.empty();
        this.wrap = (spec.rule() instanceof Rule.Successor s && s.wrap())
                || (spec.rule() instanceof Rule.Predecessor p && p.wrap());
        if (wrap && domain.to() == Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "wrap = true needs a last member, and numerals have none; write values: 0..9");
        }
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
        return (double) starts.size() * seconds.map(IntRange::size).orElse(1L) * lengths.size();
    }

    @Override
    public void forEach(Consumer<Draft> consumer) {
        List<int[]> walks = new ArrayList<>();
        for (int start = starts.from(); start <= starts.to(); start++) {
            for (int second : secondsOf(start)) {
                for (int length = lengths.from(); length <= lengths.to(); length++) {
                    walk(start, second, length).ifPresent(walks::add);
                }
            }
        }
        double mass = 1.0 / walks.size();
        for (int[] walk : walks) {
            consumer.accept(draft(walk, mass));
        }
    }

    /** For rules without a free second member, one pass with any value. */
    private int[] secondsOf(int start) {
        return seconds.map(range -> range.stream().toArray()).orElse(new int[] {start});
    }

    private Draft draft(int[] walk, double mass) {
        OptionalInt second = seconds.isPresent() ? OptionalInt.of(walk[1]) : OptionalInt.empty();
        String rule = spec.rule().label();
        Origin origin = new Origin(series.name(), rule, OptionalInt.of(walk[0]), second, walk.length);
        String unit = series.name() + " · " + rule + " · " + walk[0] + (second.isPresent() ? " " + walk[1] : "");
        // The second member of a Fibonacci sequence is as free as the first: nothing before the third is an answer.
        int firstScored = seconds.isPresent() ? 2 : 1;
        return new Draft(walk, firstScored, walk.length - 1, false, origin, unit, mass);
    }

    private Optional<int[]> walk(int start, int second, int length) {
        int[] walk = new int[length];
        walk[0] = start;
        for (int i = 1; i < length; i++) {
            long next = next(walk, i, second);
            if (wrap) {
                next = domain.from() + Math.floorMod(next - domain.from(), domain.size());
            }
            if (!domain.contains(next)) {
                return Optional.empty();
            }
            walk[i] = (int) next;
        }
        return Optional.of(walk);
    }

    private long next(int[] walk, int i, int second) {
        long previous = walk[i - 1];
        if (spec.rule() instanceof Rule.Successor rule) {
            return previous + rule.step();
        } else if (spec.rule() instanceof Rule.Predecessor rule) {
            return previous - rule.step();
        } else if (spec.rule() instanceof Rule.Add rule) {
            return previous + rule.k();
        } else if (spec.rule() instanceof Rule.Multiply rule) {
            return previous * rule.k();
        } else if (spec.rule() instanceof Rule.Fibonacci) {
            return i == 1 ? second : previous + walk[i - 2];
        }
        throw new IllegalStateException(spec.rule() + " is no continuation");
    }

    @Override
    public Draft sample(Rng rng) {
        throw new IllegalStateException(label() + " is enumerated, not sampled");
    }

    @Override
    public Optional<IntRange> drawnFrom() {
        return Optional.empty();
    }

    @Override
    public Optional<String> leftOut() {
        boolean[] room = new boolean[(int) Math.min(starts.size(), Integer.MAX_VALUE - 8)];
        long[] kept = {0};
        forEach(draft -> {
            room[draft.cells()[0] - starts.from()] = true;
            kept[0]++;
        });
        long lost = (long) size() - kept[0];
        if (lost == 0) {
            return Optional.empty();
        }
        int[] without = starts.stream().filter(s -> !room[s - starts.from()]).toArray();
        String which = without.length == 0
                ? ""
                : "; nothing starts at "
                        + (without.length > 12 ? without.length + " of the starts" : Arrays.toString(without));
        return Optional.of(String.format(
                "%s: %,d of %,d sequences would leave %s and are left out%s",
                label(), lost, (long) size(), domain.to() == Integer.MAX_VALUE ? "the whole numbers" : domain, which));
    }
}
