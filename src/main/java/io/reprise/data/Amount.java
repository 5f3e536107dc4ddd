package io.reprise.data;

import java.util.Locale;

/**
 * How much a split gets: a share, written with a decimal point ({@code 0.8}, {@code 1.0}), or a number of distinct examples,
 * written without one ({@code 512}).
 *
 * @param value share in 0..1, or a whole number of examples
 * @param share which of the two
 */
public record Amount(double value, boolean share) {
    public Amount {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                    value + " is no amount; expected a share such as 0.8 or a number such as 512");
        }
        if (share && value > 1) {
            throw new IllegalArgumentException(
                    value + " is more than the whole; write a share of at most 1.0, or a number of"
                            + " examples without a decimal point");
        }
        if (!share && (value != Math.rint(value) || value > Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(value + " is no number of examples; expected a whole number");
        }
    }

    public static Amount share(double share) {
        return new Amount(share, true);
    }

    public static Amount size(int size) {
        return new Amount(size, false);
    }

    /** Reads {@code 0.8} as a share and {@code 512} as a number of examples. */
    public static Amount parse(String text) {
        String trimmed = text.trim();
        double value;
        try {
            value = Double.parseDouble(trimmed);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no amount; write a share (0.8) or a number of examples (512)", e);
        }
        boolean whole = trimmed.chars().allMatch(Character::isDigit);
        return new Amount(value, !whole);
    }

    /** The number of examples; only for amounts that are not shares. */
    public int size() {
        if (share) {
            throw new IllegalStateException(this + " is a share, not a number of examples");
        }
        return (int) value;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return share ? Double.toString(value) : String.format(Locale.ROOT, "%.0f", value);
    }
}
