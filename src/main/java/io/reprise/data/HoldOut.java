package io.reprise.data;

import java.util.Optional;

/**
 * Sequences kept out of train, validation and test: all that agree with every key given, such as
 * {@code {series: numerals, rule: {add: 2}, start: 10..20}} or {@code {series: number_words, length: 3..7}}.
 *
 * @param second second members (Fibonacci) or summands
 */
public record HoldOut(
        Optional<String> series,
        Optional<Rule> rule,
        Optional<IntRange> start,
        Optional<IntRange> second,
        Optional<IntRange> length) {
    public HoldOut {
        if (series.isEmpty() && rule.isEmpty() && start.isEmpty() && second.isEmpty() && length.isEmpty()) {
            throw new IllegalArgumentException("hold_out has an empty pattern, which would hold out everything;"
                    + " give at least one of series, rule, start, second, length");
        }
    }

    boolean matches(Origin origin) {
        return series.map(s -> SeriesCatalogue.canonical(s).equals(origin.series()))
                        .orElse(true)
                && rule.map(r -> r.label().equals(origin.rule())).orElse(true)
                && start.map(r -> origin.start().isPresent()
                                && r.contains(origin.start().getAsInt()))
                        .orElse(true)
                && second.map(r -> origin.second().isPresent()
                                && r.contains(origin.second().getAsInt()))
                        .orElse(true)
                && length.map(r -> r.contains(origin.length())).orElse(true);
    }

    /** As YAML would write it, without the keys that are not given. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        series.ifPresent(s -> text.append(", series: ").append(s));
        rule.ifPresent(r -> text.append(", rule: ").append(r.label()));
        start.ifPresent(r -> text.append(", start: ").append(r));
        second.ifPresent(r -> text.append(", second: ").append(r));
        length.ifPresent(r -> text.append(", length: ").append(r));
        return "{" + text.substring(2) + "}";
    }
}
