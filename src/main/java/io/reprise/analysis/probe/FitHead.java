package io.reprise.analysis.probe;

import io.reprise.tensor.Rng;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fits a head with DL4J: Adam on mini-batches in an order drawn from the seed, until the validation loss stops falling. The head
 * with the lowest validation loss is kept. The same seed and the same features give the same bits.
 */
final class FitHead {
    private final HeadSpec spec;

    /**
     * @param steps Adam steps done
     * @param bestStep the step whose weights are kept
     * @param validationLoss mean cross entropy there, L2 left out
     * @param curve the validation loss by step
     */
    record Fit(DenseHead head, int steps, int bestStep, double validationLoss, Map<Integer, Double> curve) {}

    FitHead(HeadSpec spec) {
        this.spec = spec;
    }

    /**
     * @param train standardised features
     * @param classes how many there are
     * @param rng draws the first weights and the order of examples
     */
    Fit fit(Matrix train, int[] trainLabels, Matrix validation, int[] validationLabels, int classes, Rng rng) {
        DenseHead start = DenseHead.initialise(train.columns(), spec.hidden(), classes, rng.split("head"));
        Rng order = rng.split("order");
        try (HeadNetwork network = new HeadNetwork(start, spec.lr(), spec.l2())) {
            Map<Integer, Double> curve = new TreeMap<>();
            Fit best = new Fit(start, 0, 0, start.loss(validation, validationLabels), curve);
            curve.put(0, best.validationLoss());
            int[] permutation = order.permutation(train.rows());
            int drawn = 0;
            int waited = 0;
            int step = 0;
            while (step < spec.steps() && waited < spec.patience()) {
                if (drawn == permutation.length) {
                    permutation = order.permutation(train.rows());
                    drawn = 0;
                }
                int to = Math.min(permutation.length, drawn + spec.batchSize());
                network.step(train.pick(permutation, drawn, to), pick(trainLabels, permutation, drawn, to));
                drawn = to;
                step++;
                if (step % spec.evalEvery() == 0 || step == spec.steps()) {
                    DenseHead head = network.head();
                    double loss = head.loss(validation, validationLabels);
                    if (!Double.isFinite(loss)) {
                        throw new IllegalArgumentException("the probe's validation loss became " + loss + " at step "
                                + step + "; lower its lr, or look for values in the activations that are not finite");
                    }
                    curve.put(step, loss);
                    boolean better = loss < best.validationLoss();
                    best = better ? new Fit(head, step, step, loss, curve) : best;
                    waited = better ? 0 : waited + 1;
                }
            }
            return new Fit(best.head(), step, best.bestStep(), best.validationLoss(), curve);
        }
    }

    private static int[] pick(int[] values, int[] wanted, int from, int to) {
        int[] picked = new int[to - from];
        for (int i = from; i < to; i++) {
            picked[i - from] = values[wanted[i]];
        }
        return picked;
    }
}
