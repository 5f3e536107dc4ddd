package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.function.Consumer;

/** Lists of {@code length} numbers out of 0..n-1, with or without repetitions, in any order. */
final class Tuples {
    private Tuples() {}

    /** How many there are; infinite if more than a double holds. */
    static double count(int n, int length, boolean repeats) {
        double count = 1;
        for (int i = 0; i < length; i++) {
            count *= repeats ? n : n - i;
        }
        return count;
    }

    /** Log of how likely the first {@code length} members are as they are, when all lists are equally likely. */
    static double logProbability(int n, int length, boolean repeats) {
        double log = 0;
        for (int i = 0; i < length; i++) {
            log -= Math.log(repeats ? n : n - i);
        }
        return log;
    }

    /** All of them in lexicographic order; the array is reused. */
    static void forEach(int n, int length, boolean repeats, Consumer<int[]> consumer) {
        fill(new int[length], 0, new boolean[n], repeats, consumer);
    }

    private static void fill(int[] tuple, int at, boolean[] used, boolean repeats, Consumer<int[]> consumer) {
        if (at == tuple.length) {
            consumer.accept(tuple);
            return;
        }
        for (int value = 0; value < used.length; value++) {
            if (repeats || !used[value]) {
                used[value] = true;
                tuple[at] = value;
                fill(tuple, at + 1, used, repeats, consumer);
                used[value] = false;
            }
        }
    }

    /** One of them, all equally likely. */
    static int[] sample(Rng rng, int n, int length, boolean repeats) {
        int[] tuple = new int[length];
        if (repeats) {
            for (int i = 0; i < length; i++) {
                tuple[i] = rng.nextInt(n);
            }
            return tuple;
        }
        int[] pool = new int[n];
        for (int i = 0; i < n; i++) {
            pool[i] = i;
        }
        for (int i = 0; i < length; i++) { // the first steps of a Fisher-Yates shuffle
            int j = i + rng.nextInt(n - i);
            tuple[i] = pool[j];
            pool[j] = pool[i];
        }
        return tuple;
    }
}
