package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.nodes.Numbers.Matrix;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.StreamParts;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model on some prompts of equal length, block by block, with edits. Every block gives the very bits that
 * {@link Transformer#run} gives with the same edits as interventions; what is replaced everywhere is not computed. Nothing but the
 * last position leaves the last block. Tensors are in the caller's scope.
 */
final class Part {
    private final Backend backend;
    private final ModelConfig config;
    private final StreamParts parts;
    private final Numbers numbers;
    private final List<PromptPair> pairs;
    private final Tokens tokens;
    private final View all;
    private final View last;
    private final Constants constants;
    private final Constants lastConstants;
    private final int[] everyHead;

    /**
     * @param tokens of the run that is edited, one sequence per pair
     * @param all every position
     */
    Part(
            Transformer model,
            Numbers numbers,
            List<PromptPair> pairs,
            Tokens tokens,
            View all,
            List<Map<Slot, Matrix>> constants) {
        this.backend = model.backend();
        this.config = model.config();
        this.parts = new StreamParts(model);
        this.numbers = numbers;
        this.pairs = pairs;
        this.tokens = tokens;
        this.all = all;
        this.last = all.last();
        this.constants = new Constants(numbers, all, constants);
        this.lastConstants = this.constants.last();
        this.everyHead = IntStream.range(0, config.nHeads()).toArray();
    }

    /** Some heads' outputs, side by side. */
    record LiveHeads(List<Integer> heads, Matrix z) {}

    List<PromptPair> pairs() {
        return pairs;
    }

    int layers() {
        return config.nLayers();
    }

    boolean parallel() {
        return config.parallelAttnMlp();
    }

    Numbers numbers() {
        return numbers;
    }

    /** What leaves a block. */
    View view(int layer) {
        return layer == config.nLayers() - 1 ? last : all;
    }

    private Constants constants(int layer) {
        return view(layer) == last ? lastConstants : constants;
    }

    /** The stream that block 0 reads; its last position only in a model without blocks. */
    Tensor embed() {
        Tensor x = parts.embed(tokens);
        return config.nLayers() == 0 ? backend.rows(x, all.lastRows()) : x;
    }

    /** From a block's input to the end: [batch, d_model] at the last position. */
    Tensor upward(int layer, Tensor input, Edits edits) {
        Tensor x = input;
        for (int l = layer; l < config.nLayers(); l++) {
            x = block(l, x, edits);
        }
        return x;
    }

    Tensor block(int layer, Tensor x, Edits edits) {
        try (Scope scope = backend.scope()) {
            int[] live = edits.liveHeads(layer, view(layer));
            Optional<LiveHeads> z = live.length == 0 ? Optional.empty() : Optional.of(z(layer, x, live, edits));
            return scope.keep(fromZ(layer, x, z, edits));
        }
    }

    /** Outputs of these heads, at the positions that leave the block. */
    LiveHeads z(int layer, Tensor x, int[] heads, Edits edits) {
        try (Scope scope = backend.scope()) {
            Tensor qkv = heads.length == config.nHeads() ? parts.qkv(layer, x) : parts.qkv(layer, x, heads);
            Tensor z = parts.z(layer, withInputs(layer, qkv, heads, edits), all.batch(), all.positions());
            Tensor leaving = view(layer) == last ? backend.rows(z, all.lastRows()) : z;
            return new LiveHeads(Arrays.stream(heads).boxed().toList(), numbers.download(leaving));
        }
    }

    /** Queries, keys and values with what is replaced among them. */
    private Tensor withInputs(int layer, Tensor qkv, int[] heads, Edits edits) {
        List<Slot> touched = Stream.of(Slot.Q, Slot.K, Slot.V)
                .filter(slot -> edits.mask(layer, slot).anywhere(all))
                .toList();
        if (touched.isEmpty()) {
            return qkv;
        }
        Matrix packed = numbers.download(qkv);
        for (Slot slot : touched) {
            int first = slot.ordinal() * heads.length;
            constants.put(layer, slot, edits.mask(layer, slot), packed, places(heads, first), config.dHead());
        }
        return numbers.upload(packed);
    }

    /** Where each head's block of columns stands: {@code heads} side by side from block {@code first} on; -1 for others. */
    private int[] places(int[] heads, int first) {
        int[] at = new int[config.nHeads()];
        Arrays.fill(at, -1);
        for (int i = 0; i < heads.length; i++) {
            at[heads[i]] = first + i;
        }
        return at;
    }

    /** The rest of a block whose heads' outputs are known. */
    Tensor fromZ(int layer, Tensor x, Optional<LiveHeads> z, Edits edits) {
        Tensor mid = mid(layer, x, z, edits);
        return fromMid(layer, mid, () -> post(layer, x, mid), edits);
    }

    /** The stream after attention, of what leaves the block. */
    Tensor mid(int layer, Tensor x, Optional<LiveHeads> z, Edits edits) {
        Tensor own = leaving(layer, x);
        if (z.isEmpty() || edits.mask(layer, Slot.Z).everywhere(view(layer))) {
            Matrix written = constants(layer)
                    .written(
                            layer,
                            Slot.Z,
                            () -> numbers.download(parts.attnOut(
                                    layer, numbers.upload(constants(layer).get(layer, Slot.Z)))));
            return backend.add(own, numbers.upload(written));
        }
        return backend.add(own, parts.attnOut(layer, numbers.upload(mixed(layer, z.get(), edits))));
    }

    private Tensor leaving(int layer, Tensor x) {
        return view(layer) == last ? backend.rows(x, all.lastRows()) : x;
    }

    /** The outputs of all heads: live ones, and constants over what is replaced. */
    private Matrix mixed(int layer, LiveHeads live, Edits edits) {
        Mask mask = edits.mask(layer, Slot.Z);
        View view = view(layer);
        boolean whole = live.heads().size() == config.nHeads();
        if (whole && !mask.anywhere(view)) {
            return live.z();
        }
        int width = config.dHead();
        Matrix z = whole ? live.z().copy() : numbers.zeros(view.rows(), config.nHeads() * width);
        if (!whole) {
            int from = 0;
            for (int row = 0; row < view.rows(); row++) {
                for (int head : live.heads()) {
                    live.z().copy(from, z, row * z.columns() + head * width, width);
                    from += width;
                }
            }
        }
        constants(layer).put(layer, Slot.Z, mask, z, everyHead, width);
        return z;
    }

    /**
     * The MLP's neurons at what leaves the block, none replaced.
     *
     * @param x the block's input
     * @param mid the stream after attention
     */
    Tensor post(int layer, Tensor x, Tensor mid) {
        return parts.mlpPost(layer, config.parallelAttnMlp() ? leaving(layer, x) : mid);
    }

    /** The rest of a block after attention. {@code post} is asked for only if a neuron is live. */
    Tensor fromMid(int layer, Tensor mid, Supplier<Tensor> post, Edits edits) {
        if (config.attnOnly()) {
            return mid;
        }
        View view = view(layer);
        Mask neurons = edits.mask(layer, Slot.POST);
        Mask whole = edits.mask(layer, Slot.OUT);
        if (whole.everywhere(view)) {
            return backend.add(mid, numbers.upload(constants(layer).get(layer, Slot.OUT)));
        }
        if (neurons.everywhere(view)) {
            Matrix written = constants(layer)
                    .written(
                            layer,
                            Slot.POST,
                            () -> numbers.download(parts.mlpOut(
                                    layer, numbers.upload(constants(layer).get(layer, Slot.POST)))));
            return backend.add(mid, numbers.upload(written));
        }
        Tensor out = parts.mlpOut(layer, replaced(layer, Slot.POST, post.get(), neurons));
        return backend.add(mid, replaced(layer, Slot.OUT, out, whole));
    }

    private Tensor replaced(int layer, Slot slot, Tensor x, Mask mask) {
        if (!mask.anywhere(view(layer))) {
            return x;
        }
        Matrix values = numbers.download(x);
        int[] at = IntStream.range(0, mask.blocks()).toArray();
        constants(layer).put(layer, slot, mask, values, at, slot.width(config));
        return numbers.upload(values);
    }

    /** Logits at the last position, [pair][d_vocab]. */
    double[][] logits(Tensor x) {
        return rows(parts.logits(x));
    }

    /** Logit of the answer minus that of the wrong answer. */
    double[] logitDifferences(Tensor x) {
        int[] ids = pairs.stream()
                .flatMapToInt(pair -> IntStream.of(pair.answer(), pair.wrong()))
                .distinct()
                .sorted()
                .toArray();
        double[][] logits = rows(parts.logits(x, ids));
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i][
                                Arrays.binarySearch(ids, pairs.get(i).answer())]
                        - logits[i][Arrays.binarySearch(ids, pairs.get(i).wrong())])
                .toArray();
    }

    private double[][] rows(Tensor logits) {
        double[] flat = backend.downloadDoubles(logits);
        int columns = logits.shape().columns();
        return IntStream.range(0, logits.shape().rows())
                .mapToObj(row -> Arrays.copyOfRange(flat, row * columns, (row + 1) * columns))
                .toArray(double[][]::new);
    }

    /** Runs {@code body} in a scope of its own: for results on the host. */
    <T> T scoped(Supplier<T> body) {
        try (Scope scope = backend.scope()) {
            return body.get();
        }
    }
}
