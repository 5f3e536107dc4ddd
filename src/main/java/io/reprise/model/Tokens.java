package io.reprise.model;

import java.util.Arrays;

/**
 * A batch of equally long token sequences; shorter ones are padded on the right, which causal attention never lets an earlier
 * position see.
 */
public final class Tokens {
    private final int[] ids;
    private final int batch;
    private final int length;

    /**
     * @param ids [batch·length], position fastest; not copied
     */
    public Tokens(int[] ids, int batch, int length) {
        if (batch <= 0 || length <= 0 || ids.length != batch * length) {
            throw new IllegalArgumentException(
                    ids.length + " token ids given for " + batch + " sequences of " + length + " positions");
        }
        this.ids = ids;
        this.batch = batch;
        this.length = length;
    }

    public static Tokens of(int... sequence) {
        return new Tokens(sequence.clone(), 1, sequence.length);
    }

    public int[] ids() {
        return ids;
    }

    public int batch() {
        return batch;
    }

    public int length() {
        return length;
    }

    public int rows() {
        return batch * length;
    }

    /** Sequences from (inclusive) to to (exclusive). */
    public Tokens sequences(int from, int to) {
        return new Tokens(Arrays.copyOfRange(ids, from * length, to * length), to - from, length);
    }
}
