package io.reprise.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What can be known of a next token, over everything that the mixture can generate (all components, starts and lengths,
 * whatever split they fall into) under the generating distribution: a component by its weight, then a start (and second
 * member) and a length, all equally likely. Exact: listed components by enumeration, sorting and repeating in closed form. A
 * sequence that ends has no next token, so every probability is given that it goes on. Safe for concurrent use.
 */
public final class Determinacy {
    private final List<Weighted> parts;
    private final int vocabularySize;
    private PairTable pairs; // made when first asked for; guarded by this

    /** What a predictor sees. */
    public enum Context {
        /** All tokens before. */
        PREFIX,
        /** The token before and nothing else: a model without attention. */
        PREVIOUS_TOKEN
    }

    record Weighted(Predictive predictive, double share) {}

    Determinacy(List<Weighted> parts, int vocabularySize) {
        this.parts = List.copyOf(parts);
        this.vocabularySize = vocabularySize;
    }

    private synchronized PairTable pairs() {
        if (pairs == null) {
            pairs = new PairTable();
            for (Weighted part : parts) {
                part.predictive().addPairs(part.share(), pairs);
            }
        }
        return pairs;
    }

    /** Whether exactly one token is possible at {@code position}, given all before it. */
    public boolean determined(Example example, int position) {
        return distribution(example.raw(), position).possible == 1;
    }

    /** P(the likeliest token at {@code position} | all before it). */
    public double ceiling(Example example, int position) {
        return distribution(example.raw(), position).most();
    }

    public double ceiling(Context context, Example example, int position) {
        if (context == Context.PREVIOUS_TOKEN) {
            return pairs().ceiling(example.token(position - 1));
        }
        return ceiling(example, position);
    }

    /** Mean of the ceiling over the scored positions of {@code examples}; NaN if there are none. */
    public double bayesCeiling(Context context, List<Example> examples) {
        double sum = 0;
        long count = 0;
        for (Example example : examples) {
            for (int i = 1; i < example.length(); i++) {
                if (example.scored(i)) {
                    sum += ceiling(context, example, i);
                    count++;
                }
            }
        }
        return sum / count;
    }

    /**
     * The best accuracy at scored positions that a model can have which sees the token before and nothing else, exactly, over
     * the generating distribution.
     */
    public double previousTokenCeiling() {
        return pairs().ceiling();
    }

    /** P(next token | {@code prefix}, and it goes on) for all possible next tokens, by id. */
    public Map<Integer, Double> next(int... prefix) {
        double[] probabilities = distribution(prefix, prefix.length).probabilities;
        Map<Integer, Double> map = new TreeMap<>();
        for (int token = 0; token < probabilities.length; token++) {
            if (probabilities[token] > 0) {
                map.put(token, probabilities[token]);
            }
        }
        return map;
    }

    private Distribution distribution(int[] tokens, int length) {
        double[][] each = new double[parts.size()][vocabularySize];
        double[] logs = new double[parts.size()];
        double most = Double.NEGATIVE_INFINITY;
        for (int p = 0; p < logs.length; p++) {
            logs[p] = parts.get(p).predictive().predict(tokens, length, each[p])
                    + Math.log(parts.get(p).share());
            most = Math.max(most, logs[p]);
        }
        if (most == Double.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException("nothing in this task begins with the " + length
                    + " tokens given and goes on; the question is about another task's sequence");
        }
        double[] mixed = new double[vocabularySize];
        boolean[] possible = new boolean[vocabularySize]; // told apart from mixed > 0, which may underflow
        double sum = 0;
        for (int p = 0; p < logs.length; p++) {
            double posterior = Math.exp(logs[p] - most);
            sum += posterior;
            for (int t = 0; t < vocabularySize && logs[p] > Double.NEGATIVE_INFINITY; t++) {
                mixed[t] += posterior * each[p][t];
                possible[t] |= each[p][t] > 0;
            }
        }
        int count = 0;
        for (int t = 0; t < vocabularySize; t++) {
            mixed[t] /= sum;
            count += possible[t] ? 1 : 0;
        }
        return new Distribution(mixed, count);
    }

    private static final class Distribution {
        private final double[] probabilities;
        private final int possible;

        Distribution(double[] probabilities, int possible) {
            this.probabilities = probabilities;
            this.possible = possible;
        }

        /** A determined token has exactly 1, whatever the sums' rounding. */
        double most() {
            double most = 0;
            for (double p : probabilities) {
                most = Math.max(most, p);
            }
            return possible == 1 ? 1 : most;
        }
    }
}
