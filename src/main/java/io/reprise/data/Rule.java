package io.reprise.data;

import java.util.Locale;
import java.util.Optional;

/**
 * How a sequence is made from a series. Positions are the numbers themselves for numerals and number words, and count from 1
 * for months, letters and the like. Rules that make the same sequences have the same {@link #label()}.
 */
public sealed interface Rule {
    /** Canonical name: {@code add 2}, {@code multiply 3}, {@code sort}. Part of a unit's identity. */
    String label();

    /** Whether each member follows from those before it, so that {@code length} counts members and steps can be held out. */
    default boolean continues() {
        return true;
    }

    /**
     * The member {@code step} places on.
     *
     * @param wrap whether the first member follows the last (December, January)
     */
    record Successor(int step, boolean wrap) implements Rule {
        public Successor {
            requirePositive("step", step);
        }

        public static Successor defaults() {
            return new Successor(1, false);
        }

        @Override
        public String label() {
            return "add " + step + (wrap ? " wrapping" : "");
        }
    }

    /** The member {@code step} places back. */
    record Predecessor(int step, boolean wrap) implements Rule {
        public Predecessor {
            requirePositive("step", step);
        }

        public static Predecessor defaults() {
            return new Predecessor(1, false);
        }

        @Override
        public String label() {
            return "add -" + step + (wrap ? " wrapping" : "");
        }
    }

    /** Each member plus {@code k}, which may be negative. */
    record Add(int k) implements Rule {
        public Add {
            if (k == 0) {
                throw new IllegalArgumentException("k = 0 repeats one member; choose another step");
            }
        }

        @Override
        public String label() {
            return "add " + k;
        }
    }

    /** Each member times {@code k}. */
    record Multiply(int k) implements Rule {
        public Multiply {
            if (k < 2) {
                throw new IllegalArgumentException("k = " + k + " never grows; choose 2 or more");
            }
        }

        @Override
        public String label() {
            return "multiply " + k;
        }
    }

    /**
     * Each member is the sum of the two before it.
     *
     * @param second second members; those of {@code start} if missing
     */
    record Fibonacci(Optional<IntRange> second) implements Rule {
        public static Fibonacci defaults() {
            return new Fibonacci(Optional.empty());
        }

        @Override
        public String label() {
            return "fibonacci";
        }
    }

    /**
     * {@code a + b = c}, with a from {@code start}.
     *
     * @param second second summands; those of {@code start} if missing
     */
    record Sum(Optional<IntRange> second) implements Rule {
        public static Sum defaults() {
            return new Sum(Optional.empty());
        }

        @Override
        public String label() {
            return "sum";
        }

        @Override
        public boolean continues() {
            return false;
        }
    }

    /**
     * {@code <start> x_1 … x_n <mid> sorted_1 … sorted_n}, the one-head template; {@code length} is n, the list is drawn from
     * {@code values}.
     *
     * @param repeats whether a value may occur twice in a list
     */
    record Sort(boolean repeats) implements Rule {
        public static Sort defaults() {
            return new Sort(false);
        }

        @Override
        public String label() {
            return repeats ? "sort with repeats" : "sort";
        }

        @Override
        public boolean continues() {
            return false;
        }
    }

    /**
     * A random block, said {@code times} times over (induction); {@code length} is the block's.
     *
     * @param repeats whether a value may occur twice in the block
     */
    record Repeat(int times, boolean repeats) implements Rule {
        public Repeat {
            if (times < 2) {
                throw new IllegalArgumentException("times = " + times + " repeats nothing; choose 2 or more");
            }
        }

        public static Repeat defaults() {
            return new Repeat(2, false);
        }

        @Override
        public String label() {
            return "repeat " + times + " times" + (repeats ? " with repeats" : "");
        }

        @Override
        public boolean continues() {
            return false;
        }
    }

    /**
     * {@code subject relation → object}: facts drawn at random, so that nothing but having seen a fact tells its object. In each
     * relation the objects have equally many subjects, give or take one.
     *
     * @param subjects how many: tokens s1, s2, …, which every relation is about
     * @param relations how many: r1, r2, …
     * @param objects how many a relation chooses from: o1, o2, …
     * @param shared whether all relations choose from the same objects; else each has its own
     * @param draw seed of the facts: another one permutes which subject has which object
     */
    record Triples(int subjects, int relations, int objects, boolean shared, long draw) implements Rule {
        public Triples {
            requirePositive("relations", relations);
            if (objects < 2) {
                throw new IllegalArgumentException("objects = " + objects
                        + " leaves nothing to be known: with one object a relation says it alone;"
                        + " choose 2 or more");
            }
            if (subjects < objects) {
                throw new IllegalArgumentException("subjects = " + subjects + " are fewer than objects = " + objects
                        + ", of which some would then be no fact's; choose at least as many");
            }
            if ((long) subjects * relations > Pool.LIMIT || (long) objects * relations > Lexicon.MAX_TOKENS) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "subjects = %d in relations = %d are %,d facts, more than the %,d that can be listed; choose fewer",
                        subjects,
                        relations,
                        (long) subjects * relations,
                        Pool.LIMIT));
            }
        }

        public static Triples defaults() {
            return new Triples(64, 4, 8, false, 0);
        }

        @Override
        public String label() {
            return "triples of " + subjects + " in " + relations + " to " + objects + (shared ? " shared" : "")
                    + (draw == 0 ? "" : " draw " + draw);
        }

        @Override
        public boolean continues() {
            return false;
        }
    }

    private static void requirePositive(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + " = " + value + ", expected 1 or more");
        }
    }
}
