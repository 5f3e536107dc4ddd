package io.reprise.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table that predicts the token most often seen after the last {@code order - 1} tokens, counted at the scored positions
 * of the training set only. An unseen context backs off to a shorter one; ties go to the smallest id.
 */
public final class KGram {
    private final int order;
    private final List<Map<Long, Integer>> best; // [context length] context → most frequent next token

    private KGram(int order, List<Map<Long, Integer>> best) {
        this.order = order;
        this.best = best;
    }

    /** Order 1 (most frequent token), 2 (bigram) or 3 (trigram). */
    public static KGram count(List<Example> training, int order) {
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("k-gram order " + order + " is not supported; choose 1, 2 or 3");
        }
        List<Map<Long, Integer>> best = new ArrayList<>();
        for (int context = 0; context < order; context++) {
            Map<Long, SortedMap<Integer, Integer>> counts = new HashMap<>();
            for (Example example : training) {
                for (int i = Math.max(1, context); i < example.length(); i++) {
                    if (example.scored(i)) {
                        counts.computeIfAbsent(key(example.raw(), i, context), k -> new TreeMap<>())
                                .merge(example.token(i), 1, Integer::sum);
                    }
                }
            }
            Map<Long, Integer> winners = new HashMap<>();
            counts.forEach((key, byToken) -> winners.put(key, mostFrequent(byToken)));
            best.add(winners);
        }
        return new KGram(order, best);
    }

    /** The guess for the token at {@code position}, from the tokens before it; 0 if training is empty. */
    public int predict(int[] tokens, int position) {
        for (int context = Math.min(order - 1, position); context >= 0; context--) {
            Integer guess = best.get(context).get(key(tokens, position, context));
            if (guess != null) {
                return guess;
            }
        }
        return 0;
    }

    public int predict(Example example, int position) {
        return predict(example.raw(), position);
    }

    private static int mostFrequent(SortedMap<Integer, Integer> byToken) {
        int token = -1;
        int most = 0;
        for (Map.Entry<Integer, Integer> entry : byToken.entrySet()) {
            if (entry.getValue() > most) { // ascending ids: the first of equals stays
                token = entry.getKey();
                most = entry.getValue();
            }
        }
        return token;
    }

    private static long key(int[] tokens, int position, int context) {
        long key = 0;
        for (int back = 1; back <= context; back++) {
            key = (key << 32) | (tokens[position - back] & 0xffffffffL);
        }
        return key;
    }
}
