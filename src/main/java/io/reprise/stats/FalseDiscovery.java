package io.reprise.stats;

import java.util.Arrays;
import java.util.Comparator;

/** Many tests at once: Benjamini and Hochberg (1995), valid for independent and positively dependent p-values. */
public final class FalseDiscovery {
    private FalseDiscovery() {}

    /**
     * Adjusted p-values, in the order given: rejecting those of at most q keeps the expected share of false rejections at q.
     *
     * @throws IllegalArgumentException if a p-value is not from 0 to 1
     */
    public static double[] adjust(double[] p) {
        for (double value : p) {
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException("p = " + value + "; expected p-values from 0 to 1");
            }
        }
        Integer[] order = new Integer[p.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> p[i]));
        double[] adjusted = new double[p.length];
        double least = 1;
        for (int rank = p.length; rank >= 1; rank--) {
            int i = order[rank - 1];
            least = Math.min(least, p[i] * p.length / rank);
            adjusted[i] = least;
        }
        return adjusted;
    }
}
