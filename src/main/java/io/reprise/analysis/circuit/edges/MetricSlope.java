package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Metric;
import io.reprise.data.PromptPair;

/** The derivative of a metric with respect to a prompt's logits at the position before the answer. */
final class MetricSlope {
    private MetricSlope() {}

    /**
     * @param logits [d_vocab]
     * @param full of the whole model on the clean prompt; needed for KL only
     */
    static double[] of(Metric metric, PromptPair pair, double[] logits, double[] full) {
        double[] slope = new double[logits.length];
        switch (metric) {
            case LOGIT_DIFFERENCE -> {
                slope[pair.answer()] = 1;
                slope[pair.wrong()] = -1;
            }
            case PROBABILITY -> {
                double[] p = softmax(logits);
                double answer = p[pair.answer()];
                for (int i = 0; i < slope.length; i++) {
                    slope[i] = -answer * p[i];
                }
                slope[pair.answer()] += answer;
            }
            case KL -> { // Σ p (log p - log q): q - p
                double[] p = softmax(full);
                double[] q = softmax(logits);
                for (int i = 0; i < slope.length; i++) {
                    slope[i] = q[i] - p[i];
                }
            }
            case ACCURACY -> throw refusal();
        }
        return slope;
    }

    static IllegalArgumentException refusal() {
        return new IllegalArgumentException(
                "accuracy is flat wherever it has a derivative, so edges cannot be attributed to it;"
                        + " choose logit_difference, probability or kl, or patch edges exactly");
    }

    private static double[] softmax(double[] logits) {
        double top = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            top = Math.max(top, logit);
        }
        double[] p = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(logits[i] - top);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }
}
