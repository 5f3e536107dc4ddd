package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** {@code a + b = c}. A unit is the unordered pair: who has seen 3 + 4 knows 4 + 3. */
final class SumSource implements Source {
    private final Series series;
    private final ComponentSpec spec;
    private final IntRange domain;
    private final IntRange starts;
    private final IntRange seconds;

    SumSource(Series series, ComponentSpec spec, IntRange domain, IntRange starts, IntRange seconds) {
        this.series = series;
        this.spec = spec;
        this.domain = domain;
        this.starts = starts;
        this.seconds = seconds;
        if (!domain.contains(seconds)) {
            throw new IllegalArgumentException(
                    "second = " + seconds + " goes beyond " + series.name() + ", here " + domain);
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
        return (double) starts.size() * seconds.size();
    }

    @Override
    public void forEach(Consumer<Draft> consumer) {
        List<int[]> pairs = new ArrayList<>();
        for (int a = starts.from(); a <= starts.to(); a++) {
            for (int b = seconds.from(); b <= seconds.to(); b++) {
                if (domain.contains((long) a + b)) {
                    pairs.add(new int[] {a, b});
                }
            }
        }
        double mass = 1.0 / pairs.size();
        for (int[] pair : pairs) {
            int a = pair[0];
            int b = pair[1];
            Origin origin = new Origin(series.name(), "sum", OptionalInt.of(a), OptionalInt.of(b), 3);
            String unit = series.name() + " · sum · " + Math.min(a, b) + " " + Math.max(a, b);
            int[] cells = {a, Draft.PLUS, b, Draft.EQUALS, a + b};
            consumer.accept(new Draft(cells, 4, 4, true, origin, unit, mass));
        }
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
        long[] kept = {0};
        forEach(draft -> kept[0]++);
        long lost = (long) size() - kept[0];
        return lost == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        "%s: %,d of %,d sums would leave %s and are left out", label(), lost, (long) size(), domain));
    }
}
