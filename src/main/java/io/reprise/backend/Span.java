package io.reprise.backend;

/** Positions from (inclusive) to to (exclusive) of every sequence; there may be none. */
public record Span(int from, int to) {
    public Span {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("positions " + from + ".." + to + " run backwards");
        }
    }

    public int length() {
        return to - from;
    }

    public boolean holds(int position) {
        return position >= from && position < to;
    }
}
