package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.Answers;
import io.reprise.analysis.relation.TopTokens;
import java.util.List;

/**
 * How well some logits answer: the share of right top tokens, and among equals the mean ln-probability of the objects' first tokens.
 * With few subjects many hyper-parameters have the same share; the second tells how far from the edge they are.
 */
record Score(Rate rate, double logProbability) implements Comparable<Score> {
    /** @param logits one row for each object */
    static Score of(double[][] logits, List<String> objects, Answers answers) {
        int correct = 0;
        double total = 0;
        for (int i = 0; i < logits.length; i++) {
            correct += answers.correct(TopTokens.of(logits[i], 1).first(), objects.get(i)) ? 1 : 0;
            total += TopTokens.logProbability(logits[i], answers.first(objects.get(i)));
        }
        return new Score(new Rate(correct, logits.length), total / logits.length);
    }

    @Override
    public int compareTo(Score other) {
        int byRate = Double.compare(rate.value(), other.rate.value());
        return byRate != 0 ? byRate : Double.compare(logProbability, other.logProbability);
    }

    /** The place of the best; of equal ones the first. */
    static int best(List<Score> scores) {
        int best = 0;
        for (int i = 1; i < scores.size(); i++) {
            if (scores.get(i).compareTo(scores.get(best)) > 0) {
                best = i;
            }
        }
        return best;
    }
}
