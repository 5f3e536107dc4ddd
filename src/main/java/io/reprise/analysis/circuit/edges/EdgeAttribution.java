package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Unit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

/**
 * Estimates the effect of every edge from slopes: (other − own)·∂metric/∂input, in two forward passes and one backward pass.
 *
 * <ul>
 *   <li>EAP (Syed, Rager and Conmy 2023, Attribution Patching Outperforms Automated Circuit Discovery; Nanda 2023): slopes at the run
 *       that is edited.
 *   <li>EAP-IG (Hanna, Pezzelle and Belinkov 2024, Have Faith in Faithfulness): slopes averaged over k/steps of the way from the other
 *       run's embeddings to the edited run's, k = 1 … steps. One step is EAP.
 * </ul>
 *
 * <p>The slopes of a head's queries, keys and values are taken by what each of them reads, through the norm. Effects and their signs:
 * {@link EdgeScores}. The weights must stay in memory while it runs.
 *
 * <p>KL of the whole model with itself is at its minimum, where the slope is 0: EAP of KL is refused when noising. With more
 * steps, or when denoising, slopes are taken elsewhere, too.
 */
public final class EdgeAttribution {
    private final EdgeModel task;
    private final int steps;

    /** EAP. */
    public EdgeAttribution(EdgeModel task) {
        this(task, 1);
    }

    /**
     * EAP-IG.
     *
     * @param steps 1 or more
     * @throws IllegalArgumentException if the metric has no slope to attribute
     */
    public EdgeAttribution(EdgeModel task, int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps = " + steps + "; expected 1 (EAP) or more (EAP-IG)");
        }
        if (task.metric() == Metric.ACCURACY) {
            throw MetricSlope.refusal();
        }
        if (task.metric() == Metric.KL && steps == 1 && task.ablation().direction() == Ablation.Direction.NOISING) {
            throw new IllegalArgumentException(
                    "kl of the whole model with itself is at its minimum, so that its slope there is 0;"
                            + " take EAP-IG (steps of 2 or more), denoising, or logit_difference");
        }
        this.task = task;
        this.steps = steps;
    }

    /** @param progress told the share that is done */
    public EdgeScores run(DoubleConsumer progress) {
        Wiring wiring = task.wiring();
        double[][] sums = new double[wiring.receivers()][];
        for (int receiver = 0; receiver < sums.length; receiver++) {
            sums[receiver] = new double[wiring.sendersBefore(receiver)];
        }
        int prompts = task.pairs().size();
        int done = 0;
        for (Batch batch : task.batches()) {
            int size = batch.pairs().size();
            double[][] full = task.metric() == Metric.KL
                    ? Arrays.copyOfRange(task.full(), done, done + size)
                    : new double[size][0];
            if (batch.isEdited()) {
                new AttributionPass(task, batch, full, sums).run(steps);
            }
            done += size;
            progress.accept((double) done / prompts);
        }
        Map<Unit, Double> effects = new LinkedHashMap<>();
        List<Unit> units = wiring.universe().units();
        int edge = 0;
        for (double[] into : sums) {
            for (double sum : into) {
                effects.put(units.get(edge++), sum / steps / prompts);
            }
        }
        return new EdgeScores(
                steps == 1 ? "EAP" : "EAP-IG " + steps,
                wiring.universe(),
                task.metric(),
                task.ablation(),
                task.pairs().name(),
                task.pairs().digest(),
                effects);
    }
}
