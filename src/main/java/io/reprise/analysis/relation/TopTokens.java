package io.reprise.analysis.relation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The likeliest tokens of logits, likeliest first; of equal ones the smaller id comes first. */
public record TopTokens(List<Integer> ids, List<Double> probabilities) {
    public TopTokens {
        ids = List.copyOf(ids);
        probabilities = List.copyOf(probabilities);
    }

    /** @throws IllegalArgumentException if a logit is not finite: no order can be told */
    public static TopTokens of(double[] logits, int k) {
        if (k < 1 || k > logits.length) {
            throw new IllegalArgumentException(
                    "k = " + k + "; expected 1 to " + logits.length + ", the size of the vocabulary");
        }
        double logTotal = logTotal(logits);
        Comparator<Integer> best =
                Comparator.<Integer>comparingDouble(id -> -logits[id]).thenComparing(Comparator.naturalOrder());
        PriorityQueue<Integer> kept = new PriorityQueue<>(best.reversed());
        for (int id = 0; id < logits.length; id++) {
            kept.add(id);
            if (kept.size() > k) {
                kept.poll();
            }
        }
        List<Integer> ids = kept.stream().sorted(best).toList();
        return new TopTokens(
                ids, ids.stream().map(id -> Math.exp(logits[id] - logTotal)).toList());
    }

    /** ln of a token's probability. */
    public static double logProbability(double[] logits, int token) {
        return logits[token] - logTotal(logits);
    }

    public int first() {
        return ids.get(0);
    }

    private static double logTotal(double[] logits) {
        double most = Arrays.stream(logits).max().orElseThrow();
        double total = 0;
        for (double logit : logits) {
            total += Math.exp(logit - most);
        }
        double log = most + Math.log(total);
        if (!Double.isFinite(log)) {
            throw new IllegalArgumentException("logits hold NaN or infinities; the model overflows here");
        }
        return log;
    }
}
