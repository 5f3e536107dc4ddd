package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * {@code subject relation object}, each relation a random function of the subject. A unit is (subject, relation): the fact itself,
 * since nothing else tells the object. All facts are equally likely.
 */
final class TripleSource implements Source {
    static final String SERIES = "facts";

    private final ComponentSpec spec;
    private final Rule.Triples rule;
    private final Series series;

    TripleSource(ComponentSpec spec, Rule.Triples rule) {
        this.spec = spec;
        this.rule = rule;
        List<String> members = new ArrayList<>();
        addNumbered(members, "s", rule.subjects());
        addNumbered(members, "r", rule.relations());
        addNumbered(members, "o", rule.objects() * (rule.shared() ? 1 : rule.relations()));
        // named by its shape: a mixture may hold facts of another
        this.series = new Series.Listed(
                rule.label(), 0, Series.Parts.WHOLE, members, "drawn from rule.triples.draw", "CC0-1.0");
    }

    private static void addNumbered(List<String> members, String letter, int count) {
        IntStream.rangeClosed(1, count).forEach(i -> members.add(letter + i));
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
    public String label() {
        return rule.label();
    }

    @Override
    public double size() {
        return (double) rule.subjects() * rule.relations();
    }

    @Override
    public void forEach(Consumer<Draft> consumer) {
        Rng rng = Rng.of(rule.draw()).split(SERIES);
        int firstObject = rule.subjects() + rule.relations();
        for (int r = 0; r < rule.relations(); r++) {
            int range = firstObject + (rule.shared() ? 0 : r * rule.objects());
            int[] places = rng.split("relation " + r).permutation(rule.subjects());
            for (int s = 0; s < rule.subjects(); s++) {
                Origin origin = new Origin(SERIES, rule.label(), OptionalInt.of(s + 1), OptionalInt.of(r + 1), 3);
                String unit = SERIES + " · s" + (s + 1) + " r" + (r + 1);
                int[] cells = {s, rule.subjects() + r, range + places[s] % rule.objects()};
                consumer.accept(new Draft(cells, 2, 2, true, origin, unit, 1 / size()));
            }
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
        return Optional.empty();
    }
}
