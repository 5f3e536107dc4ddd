package io.reprise.analysis.overlap.planted;

import java.util.List;
import java.util.OptionalInt;

/**
 * A way of continuing a sequence of constant step that sets a circuit down completely. All of them give the same answers.
 *
 * @param lookups done side by side, each with its share of the answer's logit
 */
record Algorithm(String name, List<Lookup> lookups) {
    /** last + (last − previous). */
    static final Algorithm LAST_TWO = one("x2 x3 -> answer", 1, 2);
    /** second + 2 (second − first). */
    static final Algorithm FIRST_TWO = one("x1 x2 -> answer", 0, 1);
    /** last + (last − first) / 2. */
    static final Algorithm ENDS = one("x1 x3 -> answer", 0, 2);
    /** The step from the first two, then last + step. */
    static final Algorithm EARLY_STEP = two("x1 x2 -> step, step x3 -> answer", 0, 1, 2);
    /** The step from the last two, then first + 3 steps. */
    static final Algorithm LATE_STEP = two("x2 x3 -> step, step x1 -> answer", 1, 2, 0);
    /** The step from both ends, then second + 2 steps. */
    static final Algorithm WIDE_STEP = two("x1 x3 -> step, step x2 -> answer", 0, 2, 1);

    /**
     * Two members, read by a head each, and a table of their combinations.
     *
     * @param first position of a member
     * @param second position of another
     * @param start where the table gives the step only: position of the member that the step is then counted from
     */
    record Lookup(int first, int second, OptionalInt start) {
        /** The step between members of these values; 0 if there is none. */
        int step(int a, int b) {
            int distance = second - first;
            int step = (b - a) / distance;
            return (b - a) == step * distance && step >= 1 && step <= Sequences.LARGEST_STEP ? step : 0;
        }
    }

    static Algorithm one(String name, int first, int second) {
        return new Algorithm(name, List.of(new Lookup(first, second, OptionalInt.empty())));
    }

    static Algorithm two(String name, int first, int second, int start) {
        return new Algorithm(name, List.of(new Lookup(first, second, OptionalInt.of(start))));
    }

    /** Layers that it needs. */
    int layers() {
        return lookups.stream().anyMatch(lookup -> lookup.start().isPresent()) ? 2 : 1;
    }
}
