package io.reprise.data;

import io.reprise.text.Vocabulary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.math3.util.CombinatoricsUtils;

/** {@link SortSource} in closed form, for value tokens: list tokens are free, answer tokens follow from the list. */
final class SortPredictive implements Predictive {
    private final SortSource source;
    private final int[] tokenOf; // [value] value rank → token id
    private final Map<Integer, Integer> valueOf = new HashMap<>();
    private final int start;
    private final int mid;
    private final int end; // -1 if sequences have no end token

    SortPredictive(SortSource source, Lexicon lexicon, boolean endToken) {
        this.source = source;
        this.tokenOf = lexicon.singleTokens(source, source.drawnFrom().orElseThrow());
        for (int v = 0; v < tokenOf.length; v++) {
            valueOf.put(tokenOf[v], v);
        }
        this.start = lexicon.special(Vocabulary.START);
        this.mid = lexicon.special(Vocabulary.MID);
        this.end = endToken ? lexicon.special(Vocabulary.END) : -1;
    }

    @Override
    public double predict(int[] tokens, int length, double[] next) {
        if (length == 0) {
            next[start] = 1;
            return 0;
        }
        int[] list = new int[length];
        int n = 0;
        boolean[] used = new boolean[tokenOf.length];
        int at = 1;
        for (; at < length && tokens[at] != mid; at++) {
            int value = valueOf.getOrDefault(tokens[at], -1);
            if (value < 0 || (used[value] && !source.repeats())) {
                return Double.NEGATIVE_INFINITY;
            }
            used[value] = true;
            list[n++] = value;
        }
        if (tokens[0] != start || n > source.lengths().to()) {
            return Double.NEGATIVE_INFINITY;
        }
        return at == length ? insideList(n, used, next) : afterMid(tokens, length, at, Arrays.copyOf(list, n), next);
    }

    private double insideList(int n, boolean[] used, double[] next) {
        int longer = 0; // lengths for which the list goes on
        for (int length : source.lengths().stream().toArray()) {
            longer += length > n ? 1 : 0;
        }
        boolean mayClose = source.lengths().contains(n);
        double possible = longer + (mayClose ? 1 : 0);
        int free = 0;
        for (boolean taken : used) {
            free += taken && !source.repeats() ? 0 : 1;
        }
        for (int v = 0; v < used.length && longer > 0; v++) {
            if (!used[v] || source.repeats()) {
                next[tokenOf[v]] = longer / possible / free;
            }
        }
        if (mayClose) {
            next[mid] = 1 / possible;
        }
        return Math.log(possible / source.lengths().size())
                + Tuples.logProbability(tokenOf.length, n, source.repeats());
    }

    private double afterMid(int[] tokens, int length, int mid, int[] list, double[] next) {
        int[] sorted = list.clone();
        Arrays.sort(sorted);
        int said = length - mid - 1;
        boolean goesOn = said < sorted.length || (said == sorted.length && end >= 0);
        if (!source.lengths().contains(sorted.length) || !goesOn) {
            return Double.NEGATIVE_INFINITY;
        }
        for (int i = 0; i < said; i++) {
            if (tokens[mid + 1 + i] != tokenOf[sorted[i]]) {
                return Double.NEGATIVE_INFINITY;
            }
        }
        next[said < sorted.length ? tokenOf[sorted[said]] : end] = 1;
        return -Math.log((double) source.lengths().size())
                + Tuples.logProbability(tokenOf.length, sorted.length, source.repeats());
    }

    @Override
    public void addPairs(double share, PairTable table) {
        for (int n : source.lengths().stream().toArray()) {
            double p = share / source.lengths().size();
            for (int gap = 0; gap < tokenOf.length; gap++) {
                table.add(mid, tokenOf[gap], p * smallest(gap, n));
                double together = p * neighbours(gap, n);
                for (int v = 0; v + gap < tokenOf.length; v++) {
                    table.add(tokenOf[v], tokenOf[v + gap], together);
                }
            }
        }
    }

    /** P(the smallest of n values is v). */
    private double smallest(int v, int n) {
        int values = tokenOf.length;
        if (source.repeats()) {
            return Math.pow((double) (values - v) / values, n) - Math.pow((double) (values - v - 1) / values, n);
        }
        return ways(values - v - 1, n - 1, values, n);
    }

    /**
     * Expected number of times that v + gap follows v in the sorted list, the same for each v. With repetitions: for gap 0 the
     * expected number of v beyond the first; otherwise both occur and nothing between (inclusion and exclusion over the two).
     */
    private double neighbours(int gap, int n) {
        int values = tokenOf.length;
        if (!source.repeats()) {
            return gap == 0 ? 0 : ways(values - gap - 1, n - 2, values, n);
        }
        if (gap == 0) {
            return (double) n / values - (1 - Math.pow((values - 1.0) / values, n));
        }
        double allowed = values - (gap - 1.0);
        return Math.pow(allowed / values, n)
                - 2 * Math.pow((allowed - 1) / values, n)
                + Math.pow((allowed - 2) / values, n);
    }

    /** C(pool, chosen) / C(values, n). */
    private static double ways(int pool, int chosen, int values, int n) {
        if (chosen < 0 || chosen > pool) {
            return 0;
        }
        return Math.exp(CombinatoricsUtils.binomialCoefficientLog(pool, chosen)
                - CombinatoricsUtils.binomialCoefficientLog(values, n));
    }
}
