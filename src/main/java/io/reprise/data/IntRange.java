package io.reprise.data;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Whole numbers {@code from} to {@code to}, both included; written {@code 1..60}, or {@code 7} for a single one. */
public record IntRange(int from, int to) {
    private static final Pattern FORM = Pattern.compile("\\s*(-?\\d+)\\s*(?:\\.\\.\\s*(-?\\d+)\\s*)?");

    public IntRange {
        if (to < from) {
            throw new IllegalArgumentException(from + ".." + to + " is empty; write the smaller number first");
        }
    }

    public static IntRange of(int from, int to) {
        return new IntRange(from, to);
    }

    /** Reads {@code 1..60} or {@code 7}. */
    public static IntRange parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no range; write a number (7) or a range (1..60)");
        }
        try {
            int from = Integer.parseInt(matcher.group(1));
            return new IntRange(from, matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is out of range; numbers go to " + Integer.MAX_VALUE, e);
        }
    }

    public boolean contains(long value) {
        return from <= value && value <= to;
    }

    public boolean contains(IntRange other) {
        return from <= other.from && other.to <= to;
    }

    /** How many numbers it holds. */
    public long size() {
        return (long) to - from + 1;
    }

    public IntStream stream() {
        return IntStream.rangeClosed(from, to);
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + ".." + to;
    }
}
