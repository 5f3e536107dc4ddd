package io.reprise.data;

import java.util.Optional;

/**
 * One task of a mixture: {@code {series: numerals, rule: {add: 2}, start: 1..60, length: 4..7}}.
 *
 * @param series name of a file in datasets/series, {@code numerals}, or the path of a file of one's own; numerals if missing
 * @param rule how sequences are made
 * @param values positions that sequences may use; for sorting and repeating, what is drawn from. If missing: the whole series,
 *     for numerals as far as the rule gets
 * @param start first members; the whole of {@code values} or of the series if missing
 * @param length members in a sequence (sort: in the list; repeat: in the block; sum and triples: not given)
 * @param permuted seed of a random order of the members, for a control that only memorising can learn
 * @param weight how often this component is drawn, relative to the others; 1 if missing
 */
public record ComponentSpec(
        Optional<String> series,
        Rule rule,
        Optional<IntRange> values,
        Optional<IntRange> start,
        Optional<IntRange> length,
        Optional<Long> permuted,
        Optional<Double> weight) {
    public static final String NUMERALS = "numerals";

    public ComponentSpec {
        if (weight.isPresent() && !(weight.get() > 0 && weight.get() < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("weight = " + weight.get() + ", expected a positive number");
        }
        if (rule instanceof Rule.Triples) {
            requireNone("series", series);
            requireNone("values", values);
            requireNone("start", start);
            requireNone("length", length);
            requireNone("permuted", permuted);
        } else if (rule instanceof Rule.Sum) {
            if (length.isPresent()) {
                throw new IllegalArgumentException(
                        "length = " + length.get() + " has no meaning for sum: a + b = c is one length; leave it out");
            }
        } else if (length.isEmpty()) {
            throw new IllegalArgumentException("length is missing: how many members? Write length: 4..7");
        } else {
            int least = rule instanceof Rule.Fibonacci ? 3 : rule instanceof Rule.Repeat ? 1 : 2;
            if (length.get().from() < least) {
                throw new IllegalArgumentException(
                        "length = " + length.get() + " is too short for " + rule.label() + "; at least " + least);
            }
        }
        if ((rule instanceof Rule.Sort || rule instanceof Rule.Repeat) && start.isPresent()) {
            throw new IllegalArgumentException("start = " + start.get() + " has no meaning for " + rule.label()
                    + ", whose members are drawn at random; write values: " + start.get());
        }
    }

    private static void requireNone(String key, Optional<?> given) {
        if (given.isPresent()) {
            throw new IllegalArgumentException(
                    key + " = " + given.get() + " has no meaning for triples, whose facts follow"
                            + " from rule.triples alone (subjects, relations, objects, draw); leave it out");
        }
    }

    /** A continuation of {@code series} by {@code rule}, for tests and code. */
    public static ComponentSpec of(String series, Rule rule, IntRange start, IntRange length) {
        return new ComponentSpec(
                Optional.of(series),
                rule,
                Optional.empty(),
                Optional.of(start),
                Optional.of(length),
                Optional.empty(),
                Optional.empty());
    }

    public ComponentSpec withValues(IntRange range) {
        return new ComponentSpec(series, rule, Optional.of(range), start, length, permuted, weight);
    }

    public ComponentSpec withPermuted(long seed) {
        return new ComponentSpec(series, rule, values, start, length, Optional.of(seed), weight);
    }

    public ComponentSpec withWeight(double relative) {
        return new ComponentSpec(series, rule, values, start, length, permuted, Optional.of(relative));
    }

    public String seriesOrNumerals() {
        return series.orElse(NUMERALS);
    }

    public double weightOrOne() {
        return weight.orElse(1.0);
    }
}
