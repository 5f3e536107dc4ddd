package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Readout;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import java.util.List;

/**
 * How a model does at a task.
 *
 * @param accuracy share of prompts that it continues with the answer
 * @param wanted share that it continues with the chosen wrong answer ({@link PromptPair#wrong})
 * @param logitDifference mean logit of the answer minus that of the chosen wrong one
 */
public record Outcome(double accuracy, double wanted, double logitDifference) {

    static Outcome of(PairSet task, double[][] logits) {
        List<PromptPair> prompts = task.pairs();
        double right = 0;
        double wrong = 0;
        double difference = 0;
        for (int i = 0; i < logits.length; i++) {
            int first = Readout.largest(logits[i]);
            right += first == prompts.get(i).answer() ? 1 : 0;
            wrong += first == prompts.get(i).wrong() ? 1 : 0;
            difference += Readout.value(Metric.LOGIT_DIFFERENCE, prompts.get(i), logits[i], logits[i]);
        }
        return new Outcome(right / logits.length, wrong / logits.length, difference / logits.length);
    }
}
