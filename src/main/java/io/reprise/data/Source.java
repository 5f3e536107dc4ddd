package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A component's sequences: {@link WalkSource}, {@link SumSource} and {@link TripleSource} are enumerated, the others may be too
 * many for that.
 */
sealed interface Source permits WalkSource, SumSource, TripleSource, SortSource, RepeatSource {
    Series series();

    ComponentSpec spec();

    /** For example {@code numerals add 2}. */
    default String label() {
        return series().name() + " " + spec().rule().label();
    }

    /** How many sequences it has; an upper bound before some are left out. */
    double size();

    /** All sequences, each with its probability within the component. */
    void forEach(Consumer<Draft> consumer);

    /** One sequence by those probabilities; only for sources that may be too large to enumerate. */
    Draft sample(Rng rng);

    /** What is left out and why, for the reader. */
    Optional<String> leftOut();

    /** For sources that may be too large to enumerate: the positions drawn from. */
    Optional<IntRange> drawnFrom();

    static Source of(ComponentSpec spec, SeriesCatalogue catalogue) {
        if (spec.rule() instanceof Rule.Triples triples) {
            return new TripleSource(spec, triples);
        }
        Series series = catalogue.find(spec.seriesOrNumerals());
        spec.values().ifPresent(range -> requireInside("values", range, series.name(), series.positions()));
        IntRange domain = spec.values().orElse(series.positions());
        spec.start()
                .ifPresent(range ->
                        requireInside("start", range, spec.values().isPresent() ? "values" : series.name(), domain));
        if (spec.rule() instanceof Rule.Sort sort) {
            return new SortSource(series, spec, bounded(spec, series, domain), sort.repeats());
        }
        if (spec.rule() instanceof Rule.Repeat repeat) {
            return new RepeatSource(series, spec, bounded(spec, series, domain), repeat);
        }
        IntRange starts = spec.start().orElseGet(() -> bounded(spec, series, domain));
        if (spec.rule() instanceof Rule.Sum sum) {
            return new SumSource(series, spec, domain, starts, sum.second().orElse(starts));
        }
        return new WalkSource(series, spec, domain, starts);
    }

    private static void requireInside(String key, IntRange range, String what, IntRange outer) {
        if (!outer.contains(range)) {
            throw new IllegalArgumentException(key + " = " + range + " goes beyond " + what + ", which has " + outer);
        }
    }

    private static IntRange bounded(ComponentSpec spec, Series series, IntRange domain) {
        if (spec.values().isEmpty() && series instanceof Series.Numerals) {
            String key = spec.rule() instanceof Rule.Sort || spec.rule() instanceof Rule.Repeat ? "values" : "start";
            throw new IllegalArgumentException(
                    key + " is missing for " + spec.rule().label() + ": numerals never end; write " + key + ": 1..60");
        }
        return domain;
    }
}
