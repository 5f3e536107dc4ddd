package io.reprise.train;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.model.Transformer;
import java.util.List;
import java.util.function.Supplier;

/** The validation set's loss under the objective, and its accuracy at the positions that count. */
public final class Validation implements Supplier<Evaluation> {
    private static final int EXAMPLES_PER_CHUNK = 32;

    private final Transformer model;
    private final List<Example> examples;
    private final Objective objective;
    private final Counted counted;
    private final int padId;

    /** Which positions an accuracy counts. */
    @FunctionalInterface
    public interface Counted {
        boolean test(Example example, int position);
    }

    public Validation(Transformer model, List<Example> examples, Objective objective, Counted counted, int padId) {
        this.model = model;
        this.examples = List.copyOf(examples);
        this.objective = objective;
        this.counted = counted;
        this.padId = padId;
    }

    /** NaN where there is nothing to count. */
    @Override
    public Evaluation get() {
        return new Evaluation(loss(), accuracy());
    }

    private double loss() {
        Backend backend = model.backend();
        int chunks = (examples.size() + EXAMPLES_PER_CHUNK - 1) / EXAMPLES_PER_CHUNK;
        double[] sums = new double[chunks];
        int[] counts = new int[chunks];
        backend.parallel(chunks, chunk -> {
            int from = chunk * EXAMPLES_PER_CHUNK;
            int to = Math.min(examples.size(), from + EXAMPLES_PER_CHUNK);
            LabeledBatch batch = LabeledBatch.of(Batch.of(examples.subList(from, to), padId), objective);
            try (Scope scope = backend.scope()) {
                sums[chunk] = backend.crossEntropy(model.logits(batch.tokens()), batch.targets())
                        .sum();
            }
            counts[chunk] = batch.count();
        });
        double sum = 0;
        long count = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            sum += sums[chunk];
            count += counts[chunk];
        }
        return sum / count;
    }

    private double accuracy() {
        List<Forecast> forecasts;
        try {
            forecasts = new Forecaster(model, padId).forecast(examples);
        } catch (ArithmeticException e) {
            return Double.NaN; // the trainer stops at the next step, whose loss is not finite either
        }
        long right = 0;
        long total = 0;
        for (int n = 0; n < examples.size(); n++) {
            Example example = examples.get(n);
            for (int i = 1; i < example.length(); i++) {
                if (counted.test(example, i)) {
                    total++;
                    right += forecasts.get(n).guess(i) == example.token(i) ? 1 : 0;
                }
            }
        }
        return (double) right / total;
    }
}
