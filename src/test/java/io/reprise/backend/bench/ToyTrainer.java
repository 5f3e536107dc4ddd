package io.reprise.backend.bench;

import io.reprise.backend.Activation;
import io.reprise.backend.AdamSettings;
import io.reprise.backend.Applied;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Training steps of a one-layer transformer, written on the backend's blocks alone: learned positions, layer norm before
 * attention, MLP and unembedding, tanh GELU, next-token loss, Adam. The same work as the PyTorch script it is compared with.
 */
final class ToyTrainer {
    private static final int MOST_SHARDS = 4;
    private static final int ROWS_PER_CHUNK = 384;

    private final Backend backend;
    private final ToyShape shape;
    private final Map<String, Tensor> weights = new java.util.LinkedHashMap<>();
    private final List<Tensor> ordered;
    private final List<Tensor> totals = new ArrayList<>();
    private final List<Tensor> firstMoments = new ArrayList<>();
    private final List<Tensor> secondMoments = new ArrayList<>();
    private final List<IdentityHashMap<Tensor, Tensor>> shardGradients = new ArrayList<>();
    private final List<List<Tensor>> parts = new ArrayList<>();
    private final double[] losses;
    private final int shards;
    private final int[] positions;
    private long step;

    ToyTrainer(Backend backend, ToyShape shape, long seed) {
        this.backend = backend;
        this.shape = shape;
        this.positions = IntStream.range(0, shape.length()).toArray();
        this.shards = Math.min(MOST_SHARDS, shape.batch());
        this.losses = new double[shards];
        Rng rng = Rng.of(seed);
        int d = shape.dModel();
        weight("embed", rng, 0.02, shape.vocab(), d);
        weight("positions", rng, 0.02, shape.length(), d);
        norm("ln1");
        weight("qkv", rng, 1 / Math.sqrt(d), d, 3 * d);
        weight("qkv.bias", rng, 0, 3 * d);
        weight("out", rng, 1 / Math.sqrt(d), d, d);
        weight("out.bias", rng, 0, d);
        if (shape.dMlp() > 0) {
            norm("ln2");
            weight("up", rng, 1 / Math.sqrt(d), d, shape.dMlp());
            weight("up.bias", rng, 0, shape.dMlp());
            weight("down", rng, 1 / Math.sqrt(shape.dMlp()), shape.dMlp(), d);
            weight("down.bias", rng, 0, d);
        }
        norm("ln");
        weight("head", rng, 1 / Math.sqrt(d), shape.vocab(), d);
        ordered = List.copyOf(weights.values());
        for (Tensor weight : ordered) {
            totals.add(backend.zeros(weight.shape()));
            firstMoments.add(backend.zeros(weight.shape()));
            secondMoments.add(backend.zeros(weight.shape()));
        }
        for (int shard = 0; shard < shards; shard++) {
            IdentityHashMap<Tensor, Tensor> own = new IdentityHashMap<>();
            ordered.forEach(weight -> own.put(weight, backend.zeros(weight.shape())));
            shardGradients.add(own);
        }
        for (Tensor weight : ordered) {
            parts.add(shardGradients.stream().map(own -> own.get(weight)).toList());
        }
    }

    private void weight(String name, Rng rng, double deviation, int... dims) {
        Shape of = Shape.of(dims);
        float[] values = new float[of.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * rng.nextGaussian());
        }
        weights.put(name, backend.upload(of, values));
    }

    private void norm(String name) {
        float[] ones = new float[shape.dModel()];
        Arrays.fill(ones, 1f);
        weights.put(name + ".gain", backend.upload(Shape.of(shape.dModel()), ones));
        weights.put(name + ".bias", backend.zeros(Shape.of(shape.dModel())));
    }

    /** Random tokens [batch·pos]. */
    static int[] batch(ToyShape shape, Rng rng) {
        int[] ids = new int[shape.batch() * shape.length()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = rng.nextInt(shape.vocab());
        }
        return ids;
    }

    /** One step on {@code ids} [batch·pos]; returns the mean loss. */
    double step(int[] ids) {
        double scale = 1.0 / (shape.batch() * (shape.length() - 1));
        backend.parallel(shards, shard -> losses[shard] = shard(shard, ids, scale));
        step++;
        AdamSettings adam = new AdamSettings(1e-3, 0.9, 0.99, 1e-8, 0, false, 1, step);
        backend.parallel(ordered.size(), i -> {
            backend.sum(totals.get(i), parts.get(i));
            backend.adamStep(ordered.get(i), totals.get(i), firstMoments.get(i), secondMoments.get(i), adam);
        });
        double sum = 0;
        for (double loss : losses) {
            sum += loss;
        }
        return sum * scale;
    }

    private double shard(int shard, int[] ids, double scale) {
        IdentityHashMap<Tensor, Tensor> own = shardGradients.get(shard);
        own.values().forEach(backend::clear);
        Gradients gradients = weight -> Optional.ofNullable(own.get(weight));
        int chunk = Math.max(1, ROWS_PER_CHUNK / shape.length());
        int end = shape.batch() * (shard + 1) / shards;
        double loss = 0;
        for (int from = shape.batch() * shard / shards; from < end; from += chunk) {
            int to = Math.min(end, from + chunk);
            int[] tokens = Arrays.copyOfRange(ids, from * shape.length(), to * shape.length());
            try (Scope scope = backend.scope()) {
                loss += chunk(tokens, to - from, scale, gradients);
            }
        }
        return loss;
    }

    private double chunk(int[] tokens, int sequences, double scale, Gradients gradients) {
        Tensor embedded = backend.embed(w("embed"), tokens);
        Tensor x = backend.add(embedded, backend.embed(w("positions"), positions));
        Applied ln1 = norm("ln1", x);
        Applied qkv = linear("qkv", ln1.value(), Activation.NONE);
        int dHead = shape.dModel() / shape.heads();
        AttentionSpec spec =
                new AttentionSpec(sequences, shape.length(), shape.heads(), dHead, 1 / Math.sqrt(dHead), 0);
        Applied attention = backend.attention(qkv.value(), spec);
        Applied out = linear("out", attention.value(), Activation.NONE);
        Tensor mid = backend.add(x, out.value());
        Tensor post = mid;
        Applied ln2 = null;
        Applied up = null;
        Applied down = null;
        if (shape.dMlp() > 0) {
            ln2 = norm("ln2", mid);
            up = linear("up", ln2.value(), Activation.GELU_NEW);
            down = linear("down", up.value(), Activation.NONE);
            post = backend.add(mid, down.value());
        }
        Applied ln = norm("ln", post);
        Applied head = backend.linear(ln.value(), w("head"), Layout.OUT_IN, Optional.empty(), Activation.NONE);
        CrossEntropy loss = backend.crossEntropy(head.value(), next(tokens));

        Tensor u = ln.pullback(head.pullback(loss.pullback(scale), gradients), gradients);
        if (down != null) {
            Tensor inner = up.pullback(down.pullback(u, gradients), gradients);
            u = backend.add(u, ln2.pullback(inner, gradients));
        }
        Tensor z = attention.pullback(out.pullback(u, gradients), gradients);
        u = backend.add(u, ln1.pullback(qkv.pullback(z, gradients), gradients));
        backend.embedPullback(tokens, u, gradients.of(w("embed")).orElseThrow());
        backend.addFolded(gradients.of(w("positions")).orElseThrow(), u);
        return loss.sum();
    }

    private int[] next(int[] tokens) {
        int[] targets = new int[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            targets[i] = i % shape.length() == shape.length() - 1 ? -1 : tokens[i + 1];
        }
        return targets;
    }

    private Tensor w(String name) {
        return weights.get(name);
    }

    private Applied norm(String name, Tensor x) {
        return backend.layerNorm(x, Optional.of(w(name + ".gain")), Optional.of(w(name + ".bias")), 1e-5);
    }

    private Applied linear(String name, Tensor x, Activation activation) {
        return backend.linear(x, w(name), Layout.IN_OUT, Optional.of(w(name + ".bias")), activation);
    }
}
