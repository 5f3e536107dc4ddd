package io.reprise.backend;

/**
 * Causal attention over packed rows.
 *
 * @param batch sequences
 * @param length positions of each (rows = batch·length, position fastest)
 * @param heads heads
 * @param dHead width of a head
 * @param scale factor on q·k before the softmax (1/√d_head, or 1 for GPT-Neo)
 * @param window each query sees itself and the window-1 positions before it; 0 means all earlier positions
 */
public record AttentionSpec(int batch, int length, int heads, int dHead, double scale, int window) {
    public AttentionSpec {
        if (batch < 0 || length < 0 || heads <= 0 || dHead <= 0 || window < 0) {
            throw new IllegalArgumentException("attention of batch " + batch + ", length " + length + ", heads " + heads
                    + ", d_head " + dHead + ", window " + window + " is not possible");
        }
    }

    public int rows() {
        return batch * length;
    }

    /** Width of q (and of k, v, z): heads·dHead. A packed row is [q | k | v], each head by head. */
    public int width() {
        return heads * dHead;
    }

    /** All positions. */
    public Span all() {
        return new Span(0, length);
    }

    /**
     * Checks that a sequence has these positions.
     *
     * @throws IllegalArgumentException if it hasn't
     */
    public void requireSpan(Span span) {
        if (span.to() > length) {
            throw new IllegalArgumentException("positions " + span.from() + ".." + (span.to() - 1)
                    + " are not all in sequences of length " + length);
        }
    }

    /** First key position that query {@code q} sees. */
    public int firstKey(int q) {
        return window == 0 ? 0 : Math.max(0, q - window + 1);
    }
}
