package io.reprise.data;

import java.util.List;
import java.util.Optional;

/**
 * What is to be learnt: either one task, its keys given directly, or a {@code mixture} of several that share one vocabulary.
 *
 * @param mixture components; empty if the keys of one component are given instead
 * @param series see {@link ComponentSpec}, as are {@code rule}, {@code values}, {@code start}, {@code length}, {@code permuted}
 * @param tokens what a token is; the whole member if missing
 * @param vocabulary numerals that have a token each ({@code tokens: value}); those that the task uses if missing
 * @param prependStart whether {@code <start>} opens each sequence (sorting always has it); false if missing
 * @param appendEnd whether {@code <end>} closes each sequence; it is a target of the loss but never scored; false if missing
 * @param seed data seed: which examples are drawn where not all are taken; independent of the model's seed; 0 if missing
 */
public record TaskSpec(
        List<ComponentSpec> mixture,
        Optional<String> series,
        Optional<Rule> rule,
        Optional<IntRange> values,
        Optional<IntRange> start,
        Optional<IntRange> length,
        Optional<Long> permuted,
        Optional<TokenKind> tokens,
        Optional<IntRange> vocabulary,
        Optional<Boolean> prependStart,
        Optional<Boolean> appendEnd,
        Optional<Long> seed) {
    public TaskSpec {
        mixture = List.copyOf(mixture);
        boolean single = series.isPresent()
                || rule.isPresent()
                || values.isPresent()
                || start.isPresent()
                || length.isPresent()
                || permuted.isPresent();
        if (!mixture.isEmpty() && single) {
            throw new IllegalArgumentException(
                    "mixture stands beside keys of a single task (series, rule, values, start,"
                            + " length, permuted); move them into the mixture's components");
        }
        if (mixture.isEmpty() && rule.isEmpty()) {
            throw new IllegalArgumentException("rule is missing: give rule: {add: 1}, or a mixture of components");
        }
        if (mixture.isEmpty()) {
            component(series, rule, values, start, length, permuted); // its problems are this record's problems
        }
        if (vocabulary.isPresent() && tokens.filter(t -> t == TokenKind.DIGIT).isPresent()) {
            throw new IllegalArgumentException("vocabulary = " + vocabulary.get()
                    + " has no meaning with tokens: digit, whose vocabulary is the ten digits; leave it out");
        }
    }

    /** A mixture with value tokens and all else default, for tests and code. */
    public static TaskSpec of(ComponentSpec... components) {
        return new TaskSpec(
                List.of(components),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public TaskSpec withTokens(TokenKind kind) {
        return new TaskSpec(
                mixture,
                series,
                rule,
                values,
                start,
                length,
                permuted,
                Optional.of(kind),
                vocabulary,
                prependStart,
                appendEnd,
                seed);
    }

    public TaskSpec withVocabulary(IntRange numerals) {
        return new TaskSpec(
                mixture,
                series,
                rule,
                values,
                start,
                length,
                permuted,
                tokens,
                Optional.of(numerals),
                prependStart,
                appendEnd,
                seed);
    }

    public TaskSpec withSeed(long dataSeed) {
        return new TaskSpec(
                mixture,
                series,
                rule,
                values,
                start,
                length,
                permuted,
                tokens,
                vocabulary,
                prependStart,
                appendEnd,
                Optional.of(dataSeed));
    }

    public TaskSpec withDelimiters(boolean startToken, boolean endToken) {
        return new TaskSpec(
                mixture,
                series,
                rule,
                values,
                start,
                length,
                permuted,
                tokens,
                vocabulary,
                Optional.of(startToken),
                Optional.of(endToken),
                seed);
    }

    /** The mixture, or the single task as a mixture of one. */
    public List<ComponentSpec> components() {
        return mixture.isEmpty() ? List.of(component(series, rule, values, start, length, permuted)) : mixture;
    }

    public TokenKind tokenKind() {
        return tokens.orElse(TokenKind.VALUE);
    }

    public boolean startToken() {
        return prependStart.orElse(false);
    }

    public boolean endToken() {
        return appendEnd.orElse(false);
    }

    public long dataSeed() {
        return seed.orElse(0L);
    }

    private static ComponentSpec component(
            Optional<String> series,
            Optional<Rule> rule,
            Optional<IntRange> values,
            Optional<IntRange> start,
            Optional<IntRange> length,
            Optional<Long> permuted) {
        return new ComponentSpec(series, rule.orElseThrow(), values, start, length, permuted, Optional.empty());
    }
}
