package io.reprise.analysis.circuit;

import io.reprise.data.PromptPair;

/** A {@link Metric} from logits. */
public final class Readout {
    private Readout() {}

    /**
     * @param logits of the circuit at the position before the answer, [d_vocab]
     * @param full of the whole model there; needed for {@link Metric#KL} only
     */
    public static double value(Metric metric, PromptPair pair, double[] logits, double[] full) {
        return switch (metric) {
            case LOGIT_DIFFERENCE -> logits[pair.answer()] - logits[pair.wrong()];
            case PROBABILITY -> Math.exp(logits[pair.answer()] - logSum(logits));
            case KL -> divergence(full, logits);
            case ACCURACY -> largest(logits) == pair.answer() ? 1 : 0;
        };
    }

    /** KL(p ‖ q) in nats of two distributions given as logits. */
    public static double divergence(double[] p, double[] q) {
        double pSum = logSum(p);
        double qSum = logSum(q);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double logP = p[i] - pSum;
            sum += Math.exp(logP) * (logP - (q[i] - qSum));
        }
        return Math.max(0, sum);
    }

    /** The index of the largest; the first of several. */
    public static int largest(double[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static double logSum(double[] logits) {
        double top = logits[largest(logits)];
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - top);
        }
        return top + Math.log(sum);
    }
}
