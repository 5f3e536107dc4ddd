package io.reprise.analysis.lens;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Logits of one row at one position → statistics, in double precision. */
final class Scorer {
    private final int topK;
    private final List<Integer> followed;

    Scorer(int topK, List<Integer> followed) {
        this.topK = topK;
        this.followed = followed;
    }

    /** A row's distribution; refuses logits that are not finite. */
    static final class Distribution {
        final double[] logits;
        final double[] logProbs;
        final double entropy;

        Distribution(double[] logits) {
            this.logits = logits;
            double max = Double.NEGATIVE_INFINITY;
            for (double logit : logits) {
                if (!Double.isFinite(logit)) {
                    throw new IllegalArgumentException(
                            "a logit is " + logit + ": this model's weights hold NaN, infinities or numbers too large");
                }
                max = Math.max(max, logit);
            }
            double sum = 0;
            double weighted = 0;
            for (double logit : logits) {
                double e = StrictMath.exp(logit - max);
                sum += e;
                weighted += e * (logit - max);
            }
            double logSum = StrictMath.log(sum);
            logProbs = new double[logits.length];
            for (int v = 0; v < logits.length; v++) {
                logProbs[v] = logits[v] - max - logSum;
            }
            // -Σ p ln p with p = e/sum and ln p = logit - max - ln sum
            entropy = Math.max(0, logSum - weighted / sum);
        }

        double[] probabilities() {
            double[] p = new double[logProbs.length];
            for (int v = 0; v < p.length; v++) {
                p[v] = StrictMath.exp(logProbs[v]);
            }
            return p;
        }
    }

    static int argmax(double[] logits) {
        int best = 0;
        for (int v = 1; v < logits.length; v++) {
            if (logits[v] > logits[best]) {
                best = v;
            }
        }
        return best;
    }

    /**
     * @param model the model's own distribution
     * @param probabilities of {@code model}
     * @param guess the model's own most probable token
     */
    Cell cell(Distribution row, Distribution model, double[] probabilities, int guess, Optional<Integer> next) {
        double kl = 0;
        for (int v = 0; v < probabilities.length; v++) {
            kl += probabilities[v] * (model.logProbs[v] - row.logProbs[v]);
        }
        List<TokenScore> top = new ArrayList<>();
        for (int token : best(row.logits)) {
            top.add(score(token, row));
        }
        return new Cell(
                top,
                score(guess, row),
                next.map(token -> score(token, row)),
                followed.stream().map(token -> score(token, row)).toList(),
                Math.max(0, kl), // below 0 by rounding only (Gibbs' inequality)
                row.entropy);
    }

    private static TokenScore score(int token, Distribution row) {
        int rank = 0;
        for (double logit : row.logits) {
            rank += logit >= row.logits[token] ? 1 : 0;
        }
        return new TokenScore(token, row.logits[token], row.logProbs[token], rank);
    }

    /** The highest, best first, of equals the smaller id: insertion into a short list. */
    private int[] best(double[] logits) {
        int k = Math.min(topK, logits.length);
        int[] best = new int[k];
        int found = 0;
        for (int v = 0; v < logits.length; v++) {
            if (found == k && !(logits[v] > logits[best[k - 1]])) {
                continue;
            }
            int place = found < k ? found++ : k - 1;
            while (place > 0 && logits[v] > logits[best[place - 1]]) {
                best[place] = best[place - 1];
                place--;
            }
            best[place] = v;
        }
        return IntStream.of(best).limit(found).toArray();
    }
}
