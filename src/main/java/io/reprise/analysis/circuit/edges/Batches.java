package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Makes the batches of a set of prompts under an ablation. */
final class Batches {
    private final Transformer model;
    private final Backend backend;
    private final ModelConfig config;
    private final Ablation ablation;
    private final Wiring wiring;
    private final long bytes;
    private final Held held;

    /**
     * @param bytes what the differences of all senders may take in one batch, about
     * @param held gets the values that edges carry instead
     */
    Batches(Transformer model, Ablation ablation, Wiring wiring, long bytes, Held held) {
        this.model = model;
        this.backend = model.backend();
        this.config = model.config();
        this.ablation = ablation;
        this.wiring = wiring;
        this.bytes = bytes;
        this.held = held;
    }

    List<Batch> of(PairSet pairs) {
        List<Batch> batches = new ArrayList<>();
        pairs.groups().forEach(group -> batches.addAll(of(group)));
        return batches;
    }

    private List<Batch> of(PairSet.Group group) {
        boolean denoising = ablation.direction() == Ablation.Direction.DENOISING;
        Function<PromptPair, List<Integer>> base = denoising ? PromptPair::corrupt : PromptPair::clean;
        Function<PromptPair, List<Integer>> source = denoising ? PromptPair::clean : PromptPair::corrupt;
        List<List<PromptPair>> pieces = pieces(group);
        Optional<Tensor[]> shared =
                switch (ablation.kind()) {
                    case ZERO -> Optional.of(zeros());
                    case MEAN -> Optional.of(means(pieces, source, group.length()));
                    case RESAMPLE -> Optional.empty();
                };
        List<Batch> batches = new ArrayList<>();
        for (List<PromptPair> piece : pieces) {
            Tensor[] other = shared.orElseGet(() -> values(tokens(piece, source)));
            batches.add(new Batch(backend, piece, tokens(piece, base), rows(group, piece.size()), other));
        }
        return batches;
    }

    private List<List<PromptPair>> pieces(PairSet.Group group) {
        long prompt = 4L * wiring.senders() * group.length() * config.dModel();
        int most = (int) Math.max(1, Math.min(group.pairs().size(), bytes / prompt));
        List<List<PromptPair>> pieces = new ArrayList<>();
        for (int from = 0; from < group.pairs().size(); from += most) {
            pieces.add(group.pairs().subList(from, Math.min(group.pairs().size(), from + most)));
        }
        return pieces;
    }

    private Optional<int[]> rows(PairSet.Group group, int sequences) {
        if (ablation.positions().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(IntStream.range(0, sequences * group.length())
                .filter(row -> ablation.positions().contains(group.roles().get(row % group.length())))
                .toArray());
    }

    /** Each prompt's own. */
    private Tensor[] values(Tokens tokens) {
        Tensor[] values = new Tensor[Slots.count(config.nLayers())];
        new WiredPass(model)
                .run(
                        tokens,
                        new Recording((slot, tensor) -> values[slot] =
                                Slots.isWritten(slot) ? held.keep(() -> times(-1, tensor)) : held.copy(tensor)));
        return values;
    }

    /** Mean over the prompts, position by position. */
    private Tensor[] means(List<List<PromptPair>> pieces, Function<PromptPair, List<Integer>> side, int length) {
        Tensor[] means = new Tensor[Slots.count(config.nLayers())];
        int prompts = pieces.stream().mapToInt(List::size).sum();
        try (Held sums = new Held(backend)) {
            Tensor[] sum = new Tensor[means.length];
            for (List<PromptPair> piece : pieces) {
                new WiredPass(model).run(tokens(piece, side), new Recording((slot, tensor) -> {
                    if (sum[slot] == null) {
                        sum[slot] = sums.keep(() ->
                                backend.zeros(Shape.of(length, tensor.shape().columns())));
                    }
                    backend.addFolded(sum[slot], tensor);
                }));
            }
            for (int slot = 0; slot < sum.length; slot++) {
                if (sum[slot] != null) { // attention-only models have no MLP
                    Tensor total = sum[slot];
                    double share = (Slots.isWritten(slot) ? -1.0 : 1.0) / prompts;
                    means[slot] = held.keep(() -> times(share, total));
                }
            }
        }
        return means;
    }

    /** Nothing but the biases b_O, which belong to no head. */
    private Tensor[] zeros() {
        Tensor[] zeros = new Tensor[Slots.count(config.nLayers())];
        Shape row = Shape.of(1, config.dModel());
        zeros[Slots.EMBED] = held.keep(() -> backend.zeros(row));
        Tensor stream = zeros[Slots.EMBED];
        for (int layer = 0; layer < config.nLayers(); layer++) {
            Tensor before = stream;
            Optional<Tensor> bias = bias(layer);
            Tensor after =
                    bias.map(own -> held.keep(() -> backend.add(before, own))).orElse(before);
            zeros[Slots.pre(layer)] = before;
            zeros[Slots.z(layer)] = held.keep(() -> backend.zeros(Shape.of(1, config.nHeads() * config.dHead())));
            zeros[Slots.mlpIn(layer)] = config.parallelAttnMlp() ? before : after;
            zeros[Slots.mlpOut(layer)] = zeros[Slots.EMBED];
            stream = after;
        }
        zeros[Slots.LAST] = stream;
        return zeros;
    }

    private Optional<Tensor> bias(int layer) {
        try (Scope scope = backend.scope()) {
            BlockWeights block = model.weights().block(layer);
            return block.outBias()
                    .map(own -> held.keep(
                            () -> backend.upload(Shape.of(1, config.dModel()), backend.downloadDoubles(own))));
        }
    }

    private Tensor times(double factor, Tensor x) {
        Tensor product = backend.zeros(x.shape());
        backend.addMixed(product, Batch.scalar(backend, factor), x);
        return product;
    }

    static Tokens tokens(List<PromptPair> pairs, Function<PromptPair, List<Integer>> side) {
        int[] ids = pairs.stream()
                .flatMap(pair -> side.apply(pair).stream())
                .mapToInt(Integer::intValue)
                .toArray();
        return new Tokens(ids, pairs.size(), pairs.get(0).clean().size());
    }
}
