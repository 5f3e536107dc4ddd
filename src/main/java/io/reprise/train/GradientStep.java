package io.reprise.train;

import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Gradients;
import io.reprise.backend.Scope;
import io.reprise.model.AppliedTransformer;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * The mean loss of a batch and its gradient. Shards run side by side, each into gradients of its own; these are then added in
 * a fixed order, so the bits do not depend on the number of threads.
 */
public final class GradientStep implements AutoCloseable {
    private final Backend backend;
    private final Transformer model;
    private final List<String> names;
    private final List<Tensor> totals = new ArrayList<>();
    private final List<IdentityHashMap<Tensor, Tensor>> shardGradients = new ArrayList<>();
    private final Parameters parameters;

    public GradientStep(Transformer model, Parameters parameters) {
        this.backend = model.backend();
        this.model = model;
        this.parameters = parameters;
        this.names = List.copyOf(parameters.byName().keySet());
        for (String name : names) {
            totals.add(backend.zeros(parameters.get(name).shape()));
        }
    }

    /** Parameter names, in the order of {@link #gradient(int)}. */
    public List<String> names() {
        return names;
    }

    /** The last batch's gradient of parameter {@code i}; overwritten by the next. */
    public Tensor gradient(int i) {
        return totals.get(i);
    }

    /**
     * @return the mean over target positions of the negative log-likelihood, natural log
     */
    public double run(LabeledBatch batch) {
        int sequences = batch.tokens().batch();
        ShardPlan plan = ShardPlan.of(sequences, batch.tokens().length());
        while (shardGradients.size() < plan.shards()) {
            IdentityHashMap<Tensor, Tensor> own = new IdentityHashMap<>();
            parameters.byName().values().forEach(weight -> own.put(weight, backend.zeros(weight.shape())));
            shardGradients.add(own);
        }
        int count = batch.count();
        double[] losses = new double[plan.shards()];
        backend.parallel(plan.shards(), shard -> {
            IdentityHashMap<Tensor, Tensor> own = shardGradients.get(shard);
            own.values().forEach(backend::clear);
            Gradients gradients = weight -> Optional.ofNullable(own.get(weight));
            int end = plan.from(shard + 1, sequences);
            for (int from = plan.from(shard, sequences); from < end; from += plan.sequencesPerChunk()) {
                int to = Math.min(end, from + plan.sequencesPerChunk());
                losses[shard] += chunk(batch.sequences(from, to), count, gradients);
            }
        });
        backend.parallel(names.size(), i -> {
            Tensor weight = parameters.get(names.get(i));
            List<Tensor> parts = new ArrayList<>();
            for (int shard = 0; shard < plan.shards(); shard++) {
                parts.add(shardGradients.get(shard).get(weight));
            }
            backend.sum(totals.get(i), parts);
        });
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum / count;
    }

    private double chunk(LabeledBatch chunk, int count, Gradients gradients) {
        try (Scope scope = backend.scope()) {
            AppliedTransformer applied = model.apply(chunk.tokens());
            CrossEntropy loss = backend.crossEntropy(applied.logits(), chunk.targets());
            applied.pullback(loss.pullback(1.0 / count), gradients);
            return loss.sum();
        }
    }

    @Override
    public void close() {
        totals.forEach(Tensor::close);
        shardGradients.forEach(own -> own.values().forEach(Tensor::close));
    }
}
