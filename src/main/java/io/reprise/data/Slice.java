package io.reprise.data;

import java.util.Arrays;

/** A part of a token array as a set element, without copying; the array must not change. */
final class Slice {
    private final int[] tokens;
    private final int from;
    private final int to;
    private final int hash;

    private Slice(int[] tokens, int from, int to, int hash) {
        this.tokens = tokens;
        this.from = from;
        this.to = to;
        this.hash = hash;
    }

    static Slice of(int[] tokens, int from, int to) {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = extend(hash, tokens[i]);
        }
        return new Slice(tokens, from, to, hash);
    }

    static Slice of(int[] tokens) {
        return of(tokens, 0, tokens.length);
    }

    /** All prefixes of {@code tokens}, of lengths 1 to all, in linear time. */
    static Slice[] prefixes(int[] tokens) {
        Slice[] prefixes = new Slice[tokens.length];
        int hash = 1;
        for (int i = 0; i < tokens.length; i++) {
            hash = extend(hash, tokens[i]);
            prefixes[i] = new Slice(tokens, 0, i + 1, hash);
        }
        return prefixes;
    }

    private static int extend(int hash, int token) {
        return (hash ^ token) * 0x9E3779B1 + (hash >>> 15);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slice that
                && hash == that.hash
                && Arrays.equals(tokens, from, to, that.tokens, that.from, that.to);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
