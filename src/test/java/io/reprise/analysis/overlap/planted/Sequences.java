package io.reprise.analysis.overlap.planted;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Sequences of constant step; the corrupt prompt ends alike and has another step. */
final class Sequences {
    static final int VOCABULARY = 16;
    static final int LARGEST_STEP = 3;

    private Sequences() {}

    /** Every one of {@code length} members that fits, with every other step that fits, too: 27 of three members. */
    static PairSet all(int length) {
        List<PromptPair> pairs = new ArrayList<>();
        for (int last = 0; last < VOCABULARY; last++) {
            for (int step = 1; step <= LARGEST_STEP; step++) {
                for (int turn = 1; turn < LARGEST_STEP; turn++) {
                    int other = 1 + (step - 1 + turn) % LARGEST_STEP;
                    if (fits(last, step, length) && fits(last, other, length)) {
                        pairs.add(new PromptPair(
                                members(last, step, length), members(last, other, length), last + step, last + other));
                        break;
                    }
                }
            }
        }
        List<String> roles =
                IntStream.rangeClosed(1, length).mapToObj(i -> "x" + i).toList();
        return new PairSet("constant step", List.of(new PairSet.Group(roles, pairs)));
    }

    private static boolean fits(int last, int step, int length) {
        return last - step * (length - 1) >= 0 && last + step < VOCABULARY;
    }

    private static List<Integer> members(int last, int step, int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> last - step * (length - 1 - i))
                .toList();
    }
}
