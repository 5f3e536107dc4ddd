package io.reprise.data;

import java.util.List;

/**
 * How examples are told apart. Membership is a keyed hash of content, so it is the same for every generator and data seed.
 * Amounts are all shares or all sizes (distinct examples); shares are of units, of examples or of transitions, as {@code by}
 * says, and may leave a rest unused.
 *
 * @param by what no two splits share
 * @param train amount for training
 * @param validation amount for validation, 0.0 for none
 * @param test amount for the test, 0.0 for none
 * @param holdOut patterns that go to the split held_out and nowhere else
 * @param seed key of the hash
 */
public record SplitSpec(SplitBy by, Amount train, Amount validation, Amount test, List<HoldOut> holdOut, long seed) {
    public SplitSpec {
        holdOut = List.copyOf(holdOut);
        if (train.share() != validation.share() || train.share() != test.share()) {
            throw new IllegalArgumentException("train = " + train + ", validation = " + validation + ", test = " + test
                    + " mix shares and sizes; give three shares (0.8, 0.1, 0.1) or three sizes (4096, 512, 512)");
        }
        if (train.value() == 0) {
            throw new IllegalArgumentException("train = " + train + " leaves nothing to learn from");
        }
        double sum = train.value() + validation.value() + test.value();
        if (train.share() && sum > 1 + 1e-9) {
            throw new IllegalArgumentException("train + validation + test = " + (float) sum
                    + ", more than the whole; shares add" + " up to at most 1.0");
        }
    }

    public static SplitSpec defaults() {
        return new SplitSpec(SplitBy.UNIT, Amount.share(0.8), Amount.share(0.1), Amount.share(0.1), List.of(), 0);
    }

    public static SplitSpec of(SplitBy by, String train, String validation, String test) {
        return new SplitSpec(by, Amount.parse(train), Amount.parse(validation), Amount.parse(test), List.of(), 0);
    }

    public SplitSpec withHoldOut(HoldOut... patterns) {
        return new SplitSpec(by, train, validation, test, List.of(patterns), seed);
    }

    public SplitSpec withSeed(long key) {
        return new SplitSpec(by, train, validation, test, holdOut, key);
    }

    /** The amount of {@code split}; HELD_OUT has none. */
    Amount amount(Split split) {
        return switch (split) {
            case TRAIN -> train;
            case VALIDATION -> validation;
            case TEST -> test;
            case HELD_OUT ->
                throw new IllegalArgumentException("held_out has no amount: it gets all that hold_out matches");
        };
    }

    /** The share of the hash's range that {@code split} gets. */
    double share(Split split) {
        double value = amount(split).value();
        return train.share() ? value : value / (train.value() + validation.value() + test.value());
    }
}
