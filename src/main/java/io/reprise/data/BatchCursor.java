package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of training: batch {@code step} is a pure function of (examples, batch size, seed, step), so the step is all that a
 * checkpoint needs. Each epoch is a fresh permutation in which an example of weight w (1 on average) occurs ⌊w⌋ or ⌈w⌉ times,
 * w on average (systematic sampling); a batch may reach over the end of an epoch. Not thread-safe.
 */
public final class BatchCursor {
    private final List<Example> examples;
    private final int batchSize;
    private final int padId;
    private final long seed;
    private final int length;
    private final boolean weighted;
    private long cachedEpoch = -1;
    private int[] cachedOrder = {};

    public BatchCursor(List<Example> examples, int batchSize, int padId, long seed) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no examples to make batches of");
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch_size = " + batchSize + ", expected 1 or more");
        }
        this.examples = List.copyOf(examples);
        this.batchSize = batchSize;
        this.padId = padId;
        this.seed = seed;
        this.length = examples.stream().mapToInt(Example::length).max().orElse(0);
        this.weighted = examples.stream().anyMatch(e -> Math.abs(e.weight() - 1) > 1e-9);
    }

    /** Batch number {@code step}, from 0; all batches have the same shape. */
    public Batch batch(long step) {
        List<Example> rows = new ArrayList<>(batchSize);
        for (int b = 0; b < batchSize; b++) {
            long place = step * batchSize + b;
            rows.add(examples.get(order(place / examples.size())[(int) (place % examples.size())]));
        }
        return Batch.of(rows, padId, length);
    }

    /** Epochs begun before batch {@code step}, as a real number: 1.5 is in the middle of the second. */
    public double epochs(long step) {
        return (double) step * batchSize / examples.size();
    }

    private int[] order(long epoch) {
        if (epoch != cachedEpoch) {
            Rng rng = Rng.of(seed).split("epoch " + epoch);
            int[] places = weighted ? copies(rng.nextDouble()) : null;
            int[] order = rng.permutation(examples.size());
            for (int i = 0; i < order.length && places != null; i++) {
                order[i] = places[order[i]];
            }
            cachedOrder = order;
            cachedEpoch = epoch;
        }
        return cachedOrder;
    }

    /** As many places as examples, each example on as many as its weight covers of the points offset, offset + 1, … */
    private int[] copies(double offset) {
        int[] places = new int[examples.size()];
        double total = examples.stream().mapToDouble(Example::weight).sum();
        double covered = 0;
        int at = 0;
        for (int e = 0; e < places.length; e++) {
            covered += examples.get(e).weight() * places.length / total;
            while (at < places.length && (at + offset < covered || e == places.length - 1)) {
                places[at++] = e;
            }
        }
        return places;
    }
}
