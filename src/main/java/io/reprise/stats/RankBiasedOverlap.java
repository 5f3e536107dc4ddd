package io.reprise.stats;

import java.util.Arrays;

/**
 * Rank-biased overlap, extrapolated (Webber, Moffat and Zobel 2010, equation 32), of two rankings of the same items. Tied items
 * stand at the first of their ranks, and agreement at a depth is 2X/(S + L), as there (section 4.4).
 */
public final class RankBiasedOverlap {
    private RankBiasedOverlap() {}

    /**
     * @param one scores of the items; the highest is first
     * @param other scores of the same items
     * @param persistence in (0, 1): weight of depth d falls with its d-th power
     */
    public static double of(double[] one, double[] other, double persistence) {
        if (one.length != other.length || one.length == 0) {
            throw new IllegalArgumentException("rankings of " + one.length + " and " + other.length
                    + " items; expected the same items, at least one");
        }
        if (!(persistence > 0 && persistence < 1)) {
            throw new IllegalArgumentException(
                    "persistence = " + persistence + "; expected more than 0 and less than 1");
        }
        int n = one.length;
        int[] first = ranks(one);
        int[] second = ranks(other);
        int[] entersBoth = new int[n + 1];
        int[] entersAny = new int[n + 1];
        for (int i = 0; i < n; i++) {
            entersBoth[Math.max(first[i], second[i])]++;
            entersAny[first[i]]++;
            entersAny[second[i]]++;
        }
        double sum = 0;
        double weight = 1;
        double agreement = 0;
        int both = 0;
        int any = 0;
        for (int depth = 1; depth <= n; depth++) {
            both += entersBoth[depth];
            any += entersAny[depth];
            agreement = 2.0 * both / any;
            weight *= persistence;
            sum += agreement * weight;
        }
        return agreement * weight + (1 - persistence) / persistence * sum;
    }

    /** 1 for the highest; of equal ones the first that they share. */
    private static int[] ranks(double[] scores) {
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int[] ranks = new int[scores.length];
        for (int i = 0; i < scores.length; i++) {
            int high = Arrays.binarySearch(sorted, scores[i]);
            if (high < 0) {
                throw new IllegalArgumentException("a score is not a number");
            }
            while (high + 1 < sorted.length && sorted[high + 1] == scores[i]) {
                high++;
            }
            ranks[i] = sorted.length - high;
        }
        return ranks;
    }
}
