package io.reprise.data;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Says what a request can't have, with the numbers and what to do. */
final class Refusals {
    private static final List<Split> ASKED = List.of(Split.TRAIN, Split.VALIDATION, Split.TEST);

    private final SplitSpec spec;
    private final Splitter splitter;
    private final List<Pool> pools;

    Refusals(SplitSpec spec, Splitter splitter, List<Pool> pools) {
        this.spec = spec;
        this.splitter = splitter;
        this.pools = pools;
    }

    /** For tasks that are listed whole. */
    void checkListed(List<Candidate> all, Map<Split, List<Candidate>> bySplit) {
        checkHoldOuts("none of its " + count(all.size(), "sequence"));
        for (Split split : ASKED) {
            Amount amount = spec.amount(split);
            int found = bySplit.get(split).size();
            if (!amount.share() && found < amount.size()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "split.%s = %s asks for more distinct examples than there are: %s has %,d in all, of which %,d fall to"
                                + " %s. Ask for fewer, widen start or length, or write shares (0.8, 0.1, 0.1)",
                        split.key(),
                        amount,
                        task(),
                        all.size(),
                        found,
                        split.key()));
            }
            if (amount.value() > 0 && found == 0) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "split.%s = %s gets no example: of the %s of %s, %s. Raise its share, widen the task, choose another"
                                + " split.seed (now %d), or write 0.0 to do without",
                        split.key(),
                        amount,
                        kinds(all),
                        task(),
                        distribution(bySplit),
                        spec.seed()));
            }
        }
    }

    private void checkHoldOuts(String among) {
        for (int p = 0; p < spec.holdOut().size(); p++) {
            if (splitter.matches(p) == 0) {
                Set<String> labels = new HashSet<>();
                List<String> each = new ArrayList<>();
                for (Pool pool : pools) {
                    if (labels.add(pool.source().label())) {
                        each.add(pool.source().label()
                                + pool.source()
                                        .spec()
                                        .start()
                                        .map(r -> " from " + r)
                                        .orElse("")
                                + pool.source()
                                        .spec()
                                        .length()
                                        .map(r -> " of length " + r)
                                        .orElse(""));
                    }
                }
                throw new IllegalArgumentException(
                        "split.hold_out." + p + " = " + spec.holdOut().get(p) + " matches nothing: " + among
                                + " fits. This task has " + String.join("; ", each));
            }
        }
    }

    /** Before drawing from a task too large to be listed. */
    void checkDrawable(TaskSpec task) {
        Pool large = pools.stream().filter(p -> !p.listed()).findFirst().orElseThrow();
        if (spec.train().share()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "split.train = %s is a share, but %s has %s sequences, too many to list; write numbers of examples,"
                            + " for example train: 20000, validation: 1000, test: 1000",
                    spec.train(),
                    large.source().label(),
                    large(large.source().size())));
        }
        double asked = ASKED.stream().mapToInt(s -> spec.amount(s).size()).sum();
        double most = pools.stream().mapToDouble(p -> p.source().size()).sum();
        if (asked > most) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "split.train = %s, validation = %s and test = %s ask for more distinct examples than there are: %s has %s"
                            + " in all. Ask for fewer, or widen values or length",
                    spec.train(),
                    spec.validation(),
                    spec.test(),
                    task(),
                    large(most)));
        }
        if (task.tokenKind() == TokenKind.DIGIT) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "task.tokens = digit needs components of at most %,d sequences, so that they can be listed; %s has %s."
                            + " Narrow values or length, or write tokens: value",
                    Pool.LIMIT,
                    large.source().label(),
                    large(large.source().size())));
        }
    }

    /** After drawing. */
    void checkDrawn(Map<Split, List<Candidate>> drawn) {
        checkHoldOuts("none of the sequences drawn");
        for (Split split : ASKED) {
            int found = drawn.get(split).size();
            if (found < spec.amount(split).size()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "split.%s = %s asks for more distinct examples than could be drawn: %,d of them, from %s. Ask for"
                                + " fewer, or widen values or length",
                        split.key(),
                        spec.amount(split),
                        found,
                        task()));
            }
        }
    }

    private String task() {
        if (pools.size() == 1) {
            Source source = pools.get(0).source();
            return source.label() + " (" + members(source) + ")";
        }
        return "this mixture of " + pools.size() + " components";
    }

    private static String members(Source source) {
        IntRange positions = source.spec().values().orElse(source.series().positions());
        return positions.to() == Integer.MAX_VALUE
                ? "starts " + source.spec().start().map(IntRange::toString).orElse("")
                : count(positions.size(), "member");
    }

    /** What the split tells apart, counted: "12 units". */
    private String kinds(List<Candidate> all) {
        Set<String> kinds = new HashSet<>();
        switch (spec.by()) {
            case EXAMPLE -> all.forEach(c -> kinds.add(c.content()));
            case UNIT -> all.forEach(c -> kinds.addAll(c.units()));
            case TRANSITION -> all.forEach(c -> kinds.addAll(c.steps(true)));
        }
        return count(kinds.size(), spec.by().name().toLowerCase(Locale.ROOT));
    }

    private static String distribution(Map<Split, List<Candidate>> all) {
        List<String> words = new ArrayList<>();
        for (Split split : EnumSet.allOf(Split.class)) {
            if (split != Split.HELD_OUT || !all.get(split).isEmpty()) {
                words.add(String.format(
                        Locale.ROOT, "%s %,d", split.key(), all.get(split).size()));
            }
        }
        return "the examples are " + String.join(", ", words);
    }

    private static String large(double count) {
        return count < 1e15 ? String.format(Locale.ROOT, "%,.0f", count) : String.format(Locale.ROOT, "%.1e", count);
    }

    private static String count(long n, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", n, what, n == 1 ? "" : "s");
    }
}
