package io.reprise.data;

import io.reprise.text.Vocabulary;
import java.util.HashMap;
import java.util.Map;

/** {@link RepeatSource} in closed form, for value tokens: the block is free, what follows repeats it. */
final class RepeatPredictive implements Predictive {
    private final RepeatSource source;
    private final int[] tokenOf; // [value]
    private final Map<Integer, Integer> valueOf = new HashMap<>();
    private final int start; // -1 if sequences have no start token
    private final int end; // -1 if sequences have no end token

    RepeatPredictive(RepeatSource source, Lexicon lexicon, boolean startToken, boolean endToken) {
        this.source = source;
        this.tokenOf = lexicon.singleTokens(source, source.drawnFrom().orElseThrow());
        for (int v = 0; v < tokenOf.length; v++) {
            valueOf.put(tokenOf[v], v);
        }
        this.start = startToken ? lexicon.special(Vocabulary.START) : -1;
        this.end = endToken ? lexicon.special(Vocabulary.END) : -1;
    }

    @Override
    public double predict(int[] tokens, int length, double[] next) {
        int offset = start >= 0 ? 1 : 0;
        if (length < offset) {
            next[start] = 1;
            return 0;
        }
        if (offset == 1 && tokens[0] != start) {
            return Double.NEGATIVE_INFINITY;
        }
        int said = length - offset;
        int[] values = new int[said];
        for (int i = 0; i < said; i++) {
            values[i] = valueOf.getOrDefault(tokens[i + offset], -1);
            if (values[i] < 0) {
                return Double.NEGATIVE_INFINITY;
            }
        }
        double sum = 0; // of the block lengths' probabilities, relative to the longest free part's
        double reference = Tuples.logProbability(
                tokenOf.length, Math.min(said, source.lengths().to()), repeats());
        for (int block : source.lengths().stream().toArray()) {
            if (possible(values, block)) {
                double log = Tuples.logProbability(tokenOf.length, Math.min(said, block), repeats());
                double p = Math.exp(log - reference) / source.lengths().size();
                sum += p;
                addNext(values, block, p, next);
            }
        }
        for (int t = 0; t < next.length; t++) {
            next[t] = sum > 0 ? next[t] / sum : 0;
        }
        return Math.log(sum) + reference;
    }

    private boolean repeats() {
        return source.rule().repeats();
    }

    /** Whether {@code values} begin a sequence with that block length which then goes on. */
    private boolean possible(int[] values, int block) {
        int total = block * source.rule().times();
        if (values.length > total || (values.length == total && end < 0)) {
            return false;
        }
        boolean[] used = new boolean[tokenOf.length];
        for (int i = 0; i < values.length; i++) {
            if (i < block) {
                if (used[values[i]] && !repeats()) {
                    return false;
                }
                used[values[i]] = true;
            } else if (values[i] != values[i - block]) {
                return false;
            }
        }
        return true;
    }

    private void addNext(int[] values, int block, double p, double[] next) {
        if (values.length == block * source.rule().times()) {
            next[end] += p;
        } else if (values.length >= block) {
            next[tokenOf[values[values.length - block]]] += p;
        } else {
            boolean[] used = new boolean[tokenOf.length];
            for (int value : values) {
                used[value] = !repeats();
            }
            int free = tokenOf.length - (repeats() ? 0 : values.length);
            for (int v = 0; v < tokenOf.length; v++) {
                next[tokenOf[v]] += used[v] ? 0 : p / free;
            }
        }
    }

    @Override
    public void addPairs(double share, PairTable table) {
        int n = tokenOf.length;
        int again = source.rule().times() - 1;
        for (int block : source.lengths().stream().toArray()) {
            double p = share / source.lengths().size() * again * block;
            for (int v = 0; v < n; v++) {
                for (int u = 0; u < n; u++) {
                    // Two members of a block, whichever: equal only if it is one member long, or by chance.
                    double pair = block == 1
                            ? (u == v ? 1.0 / n : 0)
                            : repeats() ? 1.0 / n / n : u == v ? 0 : 1.0 / n / (n - 1);
                    table.add(tokenOf[v], tokenOf[u], p * pair);
                }
            }
        }
    }
}
