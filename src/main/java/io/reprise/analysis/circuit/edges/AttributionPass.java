package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Port;
import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Gradients;
import io.reprise.backend.Scope;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.StreamParts;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** (other − own)·slope of every edge, summed over the prompts of a batch. */
final class AttributionPass {
    private final EdgeModel task;
    private final Transformer model;
    private final Backend backend;
    private final ModelConfig config;
    private final Wiring wiring;
    private final Batch batch;
    private final Tokens tokens;
    /** The whole model's logits of the batch's prompts; used by KL only. */
    private final double[][] full;

    private final double[][] sums;
    /** In the order of the senders; own less other, [k·rows, d_model]. */
    private final List<Tensor> stacks = new ArrayList<>();

    /** @param sums [receiver][sender], added to */
    AttributionPass(EdgeModel task, Batch batch, double[][] full, double[][] sums) {
        this.task = task;
        this.model = task.transformer();
        this.backend = task.backend();
        this.config = model.config();
        this.wiring = task.wiring();
        this.batch = batch;
        this.tokens = batch.tokens();
        this.full = full;
        this.sums = sums;
    }

    /** @param steps points between the other embeddings and the batch's own at which slopes are taken; 1 is the own point alone */
    void run(int steps) {
        try (Scope scope = backend.scope()) {
            Tensor embedded = new StreamParts(model).embed(tokens);
            stacks.add(batch.difference(Slots.EMBED, embedded));
            for (int step = steps; step > 0; step--) {
                slopes(between(embedded, (double) step / steps), step == steps);
            }
        }
    }

    private Tensor between(Tensor embedded, double share) {
        Tensor x = backend.add(backend.zeros(embedded.shape()), embedded);
        if (share < 1) {
            backend.addMixed(x, Batch.scalar(backend, share - 1), stacks.get(0));
        }
        return x;
    }

    private void slopes(Tensor embedded, boolean own) {
        try (Scope scope = backend.scope()) {
            List<AppliedLayer> layers = new ArrayList<>();
            Tensor x = embedded;
            for (int layer = 0; layer < config.nLayers(); layer++) {
                AppliedLayer applied = new AppliedLayer(model, layer, x, tokens.batch(), tokens.length());
                layers.add(applied);
                x = applied.value();
                if (own) {
                    hold(scope, layer, applied);
                }
            }
            Tensor slope = ofStream(x);
            score(new int[] {wiring.logits()}, List.of(slope));
            for (int layer = config.nLayers() - 1; layer >= 0; layer--) {
                slope = down(layer, layers.get(layer), slope);
            }
        }
    }

    /** What the layer's senders write less what takes its place. */
    private void hold(Scope scope, int layer, AppliedLayer applied) {
        Tensor z = batch.difference(Slots.z(layer), applied.z());
        stacks.add(scope.keep(applied.parts().headOutputs(z)));
        applied.mlpOut().ifPresent(out -> stacks.add(scope.keep(batch.difference(Slots.mlpOut(layer), out))));
    }

    /** Scores a layer's receivers; returns the derivative by the stream before it. */
    private Tensor down(int layer, AppliedLayer applied, Tensor u) {
        try (Scope scope = backend.scope()) {
            AppliedLayer.Slopes slopes = applied.pullback(u);
            int heads = config.nHeads();
            IntStream inputs =
                    IntStream.range(0, 3 * heads).map(i -> wiring.input(layer, i % heads, Port.values()[i / heads]));
            if (slopes.mlpInput().isPresent()) {
                int[] receivers = IntStream.concat(inputs, IntStream.of(wiring.mlpInput(layer)))
                        .toArray();
                score(receivers, List.of(slopes.headInputs(), slopes.mlpInput().get()));
            } else {
                score(inputs.toArray(), List.of(slopes.headInputs()));
            }
            return scope.keep(slopes.stream());
        }
    }

    /**
     * @param receivers of one layer, or the logits; those with most senders last
     * @param slopes of the receivers in their order, [k·rows, d_model]
     */
    private void score(int[] receivers, List<Tensor> slopes) {
        int senders = wiring.sendersBefore(receivers[receivers.length - 1]);
        List<Tensor> before = new ArrayList<>();
        int rows = 0;
        for (int i = 0; rows < senders * tokens.rows(); i++) {
            before.add(stacks.get(i));
            rows += stacks.get(i).shape().rows();
        }
        double[] products = backend.downloadDoubles(backend.dots(before, slopes, tokens.rows()));
        for (int i = 0; i < products.length; i++) {
            double[] sum = sums[receivers[i % receivers.length]];
            int sender = i / receivers.length;
            if (sender < sum.length) {
                sum[sender] -= products[i];
            }
        }
    }

    /** The metric's derivative by the last stream, [rows, d_model]; it is 0 but at the last positions. */
    private Tensor ofStream(Tensor x) {
        int[] last = WiredPass.lastRows(tokens);
        Tensor ends = backend.rows(x, last);
        Optional<Applied> norm = new StreamParts(model).finalNorm(ends);
        Tensor normed = norm.map(Applied::value).orElse(ends);
        Tensor u = task.metric() == Metric.LOGIT_DIFFERENCE ? ofDifference() : ofLogits(normed);
        Tensor slope = norm.map(own -> own.pullback(u, Gradients.NONE)).orElse(u);
        Tensor all = backend.zeros(x.shape());
        backend.embedPullback(last, slope, all);
        return all;
    }

    /** Two rows of the unembedding. */
    private Tensor ofDifference() {
        int[] answers = batch.pairs().stream().mapToInt(PromptPair::answer).toArray();
        int[] wrong = batch.pairs().stream().mapToInt(PromptPair::wrong).toArray();
        Tensor difference = backend.zeros(Shape.of(answers.length, config.dModel()));
        backend.addMixed(difference, Batch.scalar(backend, 1), model.weights().unembedRows(answers));
        backend.addMixed(difference, Batch.scalar(backend, -1), model.weights().unembedRows(wrong));
        return difference;
    }

    private Tensor ofLogits(Tensor normed) {
        Applied unembedded = model.weights().unembed(normed);
        int vocabulary = config.dVocab();
        double[] logits = backend.downloadDoubles(unembedded.value());
        double[] slopes = new double[logits.length];
        for (int i = 0; i < batch.pairs().size(); i++) {
            double[] own = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
            double[] slope = MetricSlope.of(task.metric(), batch.pairs().get(i), own, full[i]);
            System.arraycopy(slope, 0, slopes, i * vocabulary, vocabulary);
        }
        return unembedded.pullback(backend.upload(unembedded.value().shape(), slopes), Gradients.NONE);
    }
}
