package io.reprise.analysis.probe;

import io.reprise.train.TrainSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * How the blocks below a probe are trained together with its head.
 *
 * @param blocks which blocks are trained; all below the highest site if missing
 * @param embeddings whether the token and position embeddings are trained, too
 * @param steps at most this many Adam steps
 * @param batchSize examples a step
 * @param lr Adam's learning rate, of head and blocks
 * @param evalEvery steps between looks at the validation loss
 * @param patience looks without a lower validation loss that end it
 * @param checkpointEvery steps between checkpoints that resuming uses
 */
public record FineTuneSpec(
        Optional<List<Integer>> blocks,
        boolean embeddings,
        long steps,
        int batchSize,
        double lr,
        long evalEvery,
        int patience,
        long checkpointEvery) {
    public FineTuneSpec {
        blocks = blocks.map(List::copyOf);
        settings(steps, batchSize, lr, evalEvery, patience, checkpointEvery); // its problems are this record's
    }

    public static FineTuneSpec defaults() {
        return new FineTuneSpec(Optional.empty(), false, 200, 32, 1e-4, 10, 5, 50);
    }

    /**
     * The blocks to be trained, in order.
     *
     * @param below how many blocks stand below the highest site
     * @throws IllegalArgumentException if a block is not among those, or there is nothing to train
     */
    List<Integer> chosen(int below) {
        TreeSet<Integer> chosen = new TreeSet<>(
                blocks.orElseGet(() -> IntStream.range(0, below).boxed().toList()));
        for (int block : chosen) {
            if (block < 0 || block >= below) {
                throw new IllegalArgumentException("block " + block + " is not below the probe: its highest site has "
                        + (below == 0 ? "no blocks" : "blocks 0.." + (below - 1)) + " below it");
            }
        }
        if (chosen.isEmpty() && !embeddings) {
            throw new IllegalArgumentException("fine-tuning has nothing to train: no block is below the probe's sites,"
                    + " and embeddings is false. Choose a higher site, or train the embeddings");
        }
        return List.copyOf(chosen);
    }

    TrainSpec train() {
        return settings(steps, batchSize, lr, evalEvery, patience, checkpointEvery);
    }

    private static TrainSpec settings(
            long steps, int batchSize, double lr, long evalEvery, int patience, long checkpointEvery) {
        TrainSpec usual = TrainSpec.defaults();
        return new TrainSpec(
                steps,
                batchSize,
                usual.loss(),
                TrainSpec.Optimizer.ADAM,
                lr,
                usual.beta1(),
                usual.beta2(),
                usual.epsilon(),
                0,
                usual.schedule(),
                Optional.empty(),
                evalEvery,
                checkpointEvery,
                false,
                Optional.empty(),
                Optional.of(patience));
    }
}
