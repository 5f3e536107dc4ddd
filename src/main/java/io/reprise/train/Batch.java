package io.reprise.train;

import io.reprise.model.Tokens;

/** Sequences with the target of each position, {@link Objective#NONE} where there is none. */
public final class Batch {
    private final Tokens tokens;
    private final int[] targets;

    Batch(Tokens tokens, int[] targets) {
        this.tokens = tokens;
        this.targets = targets;
    }

    public Tokens tokens() {
        return tokens;
    }

    /** [batch·pos]; not copied. */
    public int[] targets() {
        return targets;
    }

    /** Positions with a target. */
    int count() {
        int count = 0;
        for (int target : targets) {
            count += target == Objective.NONE ? 0 : 1;
        }
        return count;
    }

    Batch sequences(int from, int to) {
        return new Batch(
                tokens.sequences(from, to),
                java.util.Arrays.copyOfRange(targets, from * tokens.length(), to * tokens.length()));
    }
}
