package io.reprise.data.pairs;

import io.reprise.data.IntRange;
import io.reprise.data.Split;
import java.util.Optional;

/**
 * Which prompts of a toy's data set a circuit is found and judged on.
 *
 * @param discovery how many prompts a circuit is found on
 * @param evaluation how many others it is judged on
 * @param given members shown before the answer; of a sorted list or a repeated block, how much of the answer is shown. All that
 *     there are if missing
 * @param series only this component's prompts; all if missing
 * @param rule only this rule's prompts, by its label ({@code add 2}); all if missing
 * @param corrupt how corrupt prompts are made; if missing, {@code swap_rule} where a series has several rules, else what fits
 * @param split where clean prompts come from; if missing, test, else held_out; for facts, which can't be known unseen, train
 * @param seed of the choice of prompts
 */
public record PairSpec(
        int discovery,
        int evaluation,
        Optional<IntRange> given,
        Optional<String> series,
        Optional<String> rule,
        Optional<CorruptRule> corrupt,
        Optional<Split> split,
        long seed) {
    public PairSpec {
        if (discovery < 1) {
            throw new IllegalArgumentException("discovery = " + discovery + ", expected 1 or more prompts");
        }
        if (evaluation < 1) {
            throw new IllegalArgumentException("evaluation = " + evaluation + ", expected 1 or more prompts");
        }
        if (given.isPresent() && given.get().from() < 0) {
            throw new IllegalArgumentException("given = " + given.get() + ", expected 0 or more members");
        }
    }

    public static PairSpec defaults() {
        return of(64, 64);
    }

    /** All components, as many members as there are, everything else default. */
    public static PairSpec of(int discovery, int evaluation) {
        return new PairSpec(
                discovery,
                evaluation,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    public PairSpec withGiven(int from, int to) {
        return new PairSpec(
                discovery, evaluation, Optional.of(IntRange.of(from, to)), series, rule, corrupt, split, seed);
    }

    public PairSpec withSeries(String name) {
        return new PairSpec(discovery, evaluation, given, Optional.of(name), rule, corrupt, split, seed);
    }

    public PairSpec withRule(String label) {
        return new PairSpec(discovery, evaluation, given, series, Optional.of(label), corrupt, split, seed);
    }

    public PairSpec withCorrupt(CorruptRule how) {
        return new PairSpec(discovery, evaluation, given, series, rule, Optional.of(how), split, seed);
    }

    public PairSpec withSplit(Split from) {
        return new PairSpec(discovery, evaluation, given, series, rule, corrupt, Optional.of(from), seed);
    }

    public PairSpec withSeed(long newSeed) {
        return new PairSpec(discovery, evaluation, given, series, rule, corrupt, split, newSeed);
    }
}
