package io.reprise.analysis.probe;

import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.backend.Scope;
import io.reprise.model.AppliedBlocks;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import io.reprise.train.LossGradient;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The probe's loss as a function of its head and of the blocks below it. DL4J gives the head's gradients, that of its input
 * included; pooling and standardisation hand it on to the residual stream, whose blocks pull it back to their weights.
 */
final class FineTuneGradient implements LossGradient {
    private final Transformer model;
    private final Probe probe;
    private final List<LabelledExample> examples;
    private final int[] labels;
    private final int batchSize;
    private final Rng order;
    private final int lowest;
    private final int highest;
    private final HeadTensors head;
    private final HeadNetwork network;
    private final Map<String, Tensor> trained = new LinkedHashMap<>();
    private final Map<String, Tensor> gradients = new HashMap<>();
    private final IdentityHashMap<Tensor, Tensor> byWeight = new IdentityHashMap<>();

    /**
     * @param weights the model's parameters that are trained, by name
     * @param lowest the lowest block that is trained, -1 for the embeddings
     * @param order seed of the order of examples
     */
    FineTuneGradient(
            Transformer model,
            Map<String, Tensor> weights,
            int lowest,
            Probe probe,
            HeadTensors head,
            ProbeData data,
            int batchSize,
            Rng order) {
        this.model = model;
        this.probe = probe;
        this.examples = data.examples(Part.TRAIN);
        this.labels = data.labels(Part.TRAIN);
        this.batchSize = batchSize;
        this.order = order;
        this.lowest = lowest;
        this.highest = probe.sites().stream()
                .mapToInt(FineTuneGradient::blocksBelow)
                .max()
                .orElseThrow();
        this.head = head;
        this.network = new HeadNetwork(probe.head(), 1, 0); // it never steps
        trained.putAll(head.byName());
        trained.putAll(weights);
        trained.forEach((name, weight) -> {
            Tensor gradient = model.backend().zeros(weight.shape());
            gradients.put(name, gradient);
            byWeight.put(weight, gradient);
        });
    }

    /**
     * How many blocks stand below a place of the residual stream.
     *
     * @throws IllegalArgumentException if the site is not on the stream
     */
    static int blocksBelow(Site site) {
        return switch (site.kind()) {
            case RESID_PRE -> site.layer();
            case RESID_POST -> site.layer() + 1;
            default ->
                throw new IllegalArgumentException("site " + site
                        + " is not on the residual stream between blocks; fine-tuning reads hook_resid_pre and"
                        + " hook_resid_post");
        };
    }

    @Override
    public Map<String, Tensor> trained() {
        return trained;
    }

    @Override
    public Tensor gradient(String name) {
        return gradients.get(name);
    }

    @Override
    public BatchLoss run(long cursor) {
        Backend backend = model.backend();
        int[] batch = batch(cursor);
        int[] own = Arrays.stream(batch).map(i -> labels[i]).toArray();
        Tokens tokens = Features.tokens(examples, batch, 0, batch.length);
        gradients.values().forEach(backend::clear);
        try (Scope scope = backend.scope()) {
            AppliedBlocks applied = model.applyBlocks(tokens, highest);
            Map<Integer, double[]> streams = new HashMap<>();
            probe.sites()
                    .forEach(site -> streams.computeIfAbsent(
                            blocksBelow(site), below -> backend.downloadDoubles(applied.stream(below))));
            Matrix features = probe.standardizer().apply(pooled(batch, tokens, streams));
            DenseHead now = head.head();
            network.set(now);
            HeadNetwork.Gradients back = network.gradients(features, own);
            int i = 0;
            for (String name : head.byName().keySet()) {
                backend.write(gradients.get(name), back.head().weight(i++));
            }
            probe.standardizer().pullback(back.input());
            Gradients wanted = weight -> Optional.ofNullable(byWeight.get(weight));
            applied.pullback(cotangents(batch, tokens, streams, back.input()), lowest, wanted);
            return new BatchLoss(now.loss(features, own), tokens.rows());
        }
    }

    /** Each epoch has an order of its own; the last batch of an epoch may be smaller. */
    private int[] batch(long cursor) {
        int perEpoch = (examples.size() + batchSize - 1) / batchSize;
        int[] permutation = order.split("epoch " + cursor / perEpoch).permutation(examples.size());
        int from = (int) (cursor % perEpoch) * batchSize;
        return Arrays.copyOfRange(permutation, from, Math.min(permutation.length, from + batchSize));
    }

    private Matrix pooled(int[] batch, Tokens tokens, Map<Integer, double[]> streams) {
        int width = model.config().dModel();
        Matrix features = Matrix.zeros(batch.length, probe.sites().size() * width);
        for (int n = 0; n < batch.length; n++) {
            for (int s = 0; s < probe.sites().size(); s++) {
                probe.pool()
                        .pool(
                                streams.get(blocksBelow(probe.sites().get(s))),
                                n * tokens.length() * width,
                                examples.get(batch[n]).tokens().length,
                                width,
                                features.data(),
                                n * features.columns() + s * width);
            }
        }
        return features;
    }

    private Map<Integer, Tensor> cotangents(
            int[] batch, Tokens tokens, Map<Integer, double[]> streams, Matrix cotangent) {
        int width = model.config().dModel();
        Map<Integer, double[]> sums = new HashMap<>();
        for (int n = 0; n < batch.length; n++) {
            for (int s = 0; s < probe.sites().size(); s++) {
                int below = blocksBelow(probe.sites().get(s));
                probe.pool()
                        .pullback(
                                streams.get(below),
                                n * tokens.length() * width,
                                examples.get(batch[n]).tokens().length,
                                width,
                                cotangent.data(),
                                n * cotangent.columns() + s * width,
                                sums.computeIfAbsent(below, none -> new double[tokens.rows() * width]));
            }
        }
        Map<Integer, Tensor> uploaded = new HashMap<>();
        sums.forEach(
                (below, values) -> uploaded.put(below, model.backend().upload(Shape.of(tokens.rows(), width), values)));
        return uploaded;
    }

    @Override
    public void close() {
        network.close();
        gradients.values().forEach(Tensor::close);
    }
}
