package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Port;
import io.reprise.backend.Backend;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Any set of edges edited in one pass: the outputs of all senders are kept, less what takes their place, and a receiver reads the
 * live stream minus those of its edited edges; or, where more of its edges are edited than not, the stream of what takes everyone's
 * place plus those of the others. So neither extreme has a rounding error.
 */
final class EditedWires implements Wires, AutoCloseable {
    private final Backend backend;
    private final Wiring wiring;
    private final Batch batch;
    private final boolean[][] edited;
    private final boolean mixes;
    private final Held held;
    /** In the order of the senders: one, or a layer's heads, [k·rows, d_model]. */
    private final List<Tensor> stacks = new ArrayList<>();

    private final List<Integer> sizes = new ArrayList<>();

    /** @param edited [receiver][sender] */
    EditedWires(Backend backend, Wiring wiring, Batch batch, boolean[][] edited) {
        this.backend = backend;
        this.wiring = wiring;
        this.batch = batch;
        this.edited = edited;
        this.mixes = Arrays.stream(edited).anyMatch(into -> edits(into) > 0 && edits(into) < into.length);
        this.held = new Held(backend);
    }

    @Override
    public Tensor embedded(Tensor embedded) {
        if (mixes) {
            hold(1, held.keep(() -> batch.difference(Slots.EMBED, embedded)));
        }
        return embedded;
    }

    @Override
    public List<Tensor> headInputs(int layer, int count, Tensor stream) {
        return inputs(wiring.input(layer, 0, Port.Q), count, Slots.pre(layer), stream);
    }

    @Override
    public Tensor z(int layer, Tensor z, BlockParts parts) {
        if (mixes) {
            hold(wiring.shape().nHeads(), held.keep(() -> parts.headOutputs(batch.difference(Slots.z(layer), z))));
        }
        return z;
    }

    @Override
    public Tensor mlpInput(int layer, Tensor stream) {
        return inputs(wiring.mlpInput(layer), 1, Slots.mlpIn(layer), stream).get(0);
    }

    @Override
    public Tensor mlpOut(int layer, Tensor out) {
        if (mixes) {
            hold(1, held.keep(() -> batch.difference(Slots.mlpOut(layer), out)));
        }
        return out;
    }

    @Override
    public Tensor logitsInput(Tensor stream) {
        return inputs(wiring.logits(), 1, Slots.LAST, stream).get(0);
    }

    private void hold(int senders, Tensor stack) {
        stacks.add(stack);
        sizes.add(senders);
    }

    /** What {@code count} receivers read; one tensor for those of which the same edges are edited. */
    private List<Tensor> inputs(int first, int count, int slot, Tensor stream) {
        Map<List<Boolean>, Tensor> inputs = new LinkedHashMap<>();
        List<boolean[]> mixtures = new ArrayList<>();
        List<List<Boolean>> keys = new ArrayList<>();
        Tensor ablated = null;
        for (int receiver = first; receiver < first + count; receiver++) {
            boolean[] into = edited[receiver];
            List<Boolean> key = key(into);
            keys.add(key);
            int edits = edits(into);
            if (edits > 0 && ablated == null) {
                ablated = batch.ablated(slot, stream);
            }
            if (!inputs.containsKey(key)) {
                inputs.put(key, edits == 0 ? stream : ablated);
                if (edits > 0 && edits < into.length) {
                    mixtures.add(into);
                }
            }
        }
        if (!mixtures.isEmpty()) {
            List<Tensor> mixed = mixed(mixtures, stream, ablated);
            for (int i = 0; i < mixtures.size(); i++) {
                inputs.put(key(mixtures.get(i)), mixed.get(i));
            }
        }
        return keys.stream().map(inputs::get).toList();
    }

    private List<Tensor> mixed(List<boolean[]> mixtures, Tensor stream, Tensor ablated) {
        int rows = stream.shape().rows();
        int count = mixtures.size();
        Tensor target = backend.zeros(Shape.of(count * rows, stream.shape().columns()));
        for (int i = 0; i < count; i++) {
            backend.embedPullback(rows(i, rows), startsLive(mixtures.get(i)) ? stream : ablated, target);
        }
        int sender = 0;
        for (int stack = 0; stack < stacks.size(); stack++) {
            int size = sizes.get(stack);
            double[] weights = weights(mixtures, sender, size);
            if (Arrays.stream(weights).anyMatch(weight -> weight != 0)) {
                backend.addMixed(target, backend.upload(Shape.of(count, size), weights), stacks.get(stack));
            }
            sender += size;
        }
        return IntStream.range(0, count)
                .mapToObj(i -> count == 1 ? target : backend.rows(target, rows(i, rows)))
                .toList();
    }

    private static int[] rows(int copy, int rows) {
        return IntStream.range(copy * rows, (copy + 1) * rows).toArray();
    }

    /** [mixture, sender]: what is taken from the live stream, or added to the ablated one. */
    private static double[] weights(List<boolean[]> mixtures, int from, int senders) {
        double[] weights = new double[mixtures.size() * senders];
        for (int i = 0; i < mixtures.size(); i++) {
            boolean[] into = mixtures.get(i);
            boolean live = startsLive(into);
            for (int j = 0; j < senders && from + j < into.length; j++) {
                weights[i * senders + j] = live == into[from + j] ? (live ? -1 : 1) : 0;
            }
        }
        return weights;
    }

    private static boolean startsLive(boolean[] into) {
        return 2 * edits(into) <= into.length;
    }

    private static int edits(boolean[] into) {
        int edits = 0;
        for (boolean edit : into) {
            edits += edit ? 1 : 0;
        }
        return edits;
    }

    private static List<Boolean> key(boolean[] into) {
        List<Boolean> key = new ArrayList<>();
        for (boolean edit : into) {
            key.add(edit);
        }
        return key;
    }

    @Override
    public void close() {
        held.close();
    }
}
