package io.reprise.data;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says which split a sequence belongs to, from its content and the split's seed alone. */
final class Splitter {
    private static final List<Split> BY_HASH = List.of(Split.TEST, Split.VALIDATION, Split.TRAIN);

    private final SplitSpec spec;
    private final Membership membership;
    private final long[] held;
    private final Map<String, Split> steps = new HashMap<>();

    Splitter(SplitSpec spec) {
        this.spec = spec;
        this.membership = new Membership(spec.seed(), spec.by().name());
        this.held = new long[spec.holdOut().size()];
    }

    /** The split, or none if the shares leave its place unused or its steps are of several splits. */
    Optional<Split> of(Candidate candidate) {
        if (heldOut(candidate)) {
            return Optional.of(Split.HELD_OUT);
        }
        return switch (spec.by()) {
            case EXAMPLE -> byHash(candidate.content());
            case UNIT -> byUnit(candidate);
            case TRANSITION -> byTransition(candidate);
        };
    }

    private boolean heldOut(Candidate candidate) {
        boolean any = false;
        for (int p = 0; p < held.length; p++) {
            HoldOut pattern = spec.holdOut().get(p);
            if (candidate.origins().stream().anyMatch(pattern::matches)) {
                held[p]++;
                any = true;
            }
        }
        return any;
    }

    /** How many sequences the hold-out pattern has matched so far. */
    long matches(int pattern) {
        return held[pattern];
    }

    /** A sequence of several units belongs to training if one of them does: the test must not have it. */
    private Optional<Split> byUnit(Candidate candidate) {
        Set<Split> splits = EnumSet.noneOf(Split.class);
        for (String unit : candidate.units()) {
            byHash(unit).ifPresent(splits::add);
        }
        return splits.stream().findFirst(); // in the order of the enum: train, validation, test
    }

    /** Training has no step of the others; validation has no step of the test's. */
    private Optional<Split> byTransition(Candidate candidate) {
        Set<Split> all = EnumSet.noneOf(Split.class);
        candidate.steps(false).forEach(step -> all.add(ofStep(step)));
        Set<Split> scored = EnumSet.noneOf(Split.class);
        candidate.steps(true).forEach(step -> scored.add(ofStep(step)));
        if (scored.contains(Split.TEST)) {
            return Optional.of(Split.TEST);
        }
        if (scored.contains(Split.VALIDATION) && !all.contains(Split.TEST)) {
            return Optional.of(Split.VALIDATION);
        }
        return all.equals(EnumSet.of(Split.TRAIN)) ? Optional.of(Split.TRAIN) : Optional.empty();
    }

    /** Steps that no share claims can be trained on: leaving them out would cut most sequences. */
    private Split ofStep(String step) {
        return steps.computeIfAbsent(step, s -> byHash(s).orElse(Split.TRAIN));
    }

    private Optional<Split> byHash(String content) {
        double place = membership.of(content);
        for (Split split : BY_HASH) {
            place -= spec.share(split);
            if (place < 0) {
                return Optional.of(split);
            }
        }
        // Shares that add up to the whole may fall short of 1 by rounding.
        double sum = BY_HASH.stream().mapToDouble(spec::share).sum();
        return sum > 1 - 1e-9 ? Optional.of(Split.TRAIN) : Optional.empty();
    }

    /** The positions of {@code candidate} that are scored in {@code split}. */
    BitSet scored(Candidate candidate, Split split) {
        Example example = candidate.example();
        boolean someSteps = spec.by() == SplitBy.TRANSITION && (split == Split.TEST || split == Split.VALIDATION);
        BitSet scored = new BitSet(example.length());
        for (int i = 0; i < example.length(); i++) {
            int member = example.memberOf(i);
            if (example.scored(i) && (!someSteps || ofStep(candidate.step(member)) == split)) {
                scored.set(i);
            }
        }
        return scored;
    }
}
