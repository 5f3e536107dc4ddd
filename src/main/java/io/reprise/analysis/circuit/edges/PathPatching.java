package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Port;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Sender;
import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Backend;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The effect of a sender on the metric by way of some receivers alone (Wang et al. 2022, Interpretability in the Wild, section 3;
 * Goldowsky-Dill et al. 2023, Localizing Model Behavior with Path Patching). First the sender writes what it writes in the other run,
 * while all other heads write what they do in the edited run; what the receivers then would read is kept. Then they read that in a run
 * that is otherwise the edited one.
 *
 * <p>MLPs in between follow the change, as published, or are frozen like heads; then a sender and one receiver are exactly their edge.
 * Which run is edited and which is the other, the ablation says: noising spoils the clean run, and an effect below 0 means that the
 * path helps.
 */
public final class PathPatching {
    private final EdgeModel task;
    private final Backend backend;
    private final Wiring wiring;
    private final boolean freezeMlps;
    private final List<double[]> unpatched = new ArrayList<>();

    /** @param freezeMlps whether MLPs between sender and receivers write what they do in the edited run */
    public PathPatching(EdgeModel task, boolean freezeMlps) {
        this.task = task;
        this.backend = task.backend();
        this.wiring = task.wiring();
        this.freezeMlps = freezeMlps;
    }

    /**
     * @return the change of every prompt's metric, in the order of {@link io.reprise.data.PairSet#pairs()}
     * @throws IllegalArgumentException if they are not of this model, or none of the receivers reads the sender
     */
    public double[] effects(Sender sender, Set<Receiver> receivers) {
        check(sender, receivers);
        boolean[] reads = new boolean[wiring.receivers()];
        receivers.forEach(receiver -> reads[wiring.number(receiver)] = true);
        List<double[]> before = edited();
        List<double[]> after = new ArrayList<>();
        for (Batch batch : task.batches()) {
            int from = after.size();
            after.addAll(
                    batch.isEdited()
                            ? patched(batch, wiring.number(sender), reads)
                            : before.subList(from, from + batch.pairs().size()));
        }
        double[] effects = task.values(after.toArray(double[][]::new));
        double[] values = task.values(before.toArray(double[][]::new));
        Arrays.setAll(effects, i -> effects[i] - values[i]);
        return effects;
    }

    /** The logits of the run that is edited, before that; the same for all paths. */
    private List<double[]> edited() {
        if (unpatched.isEmpty()) {
            task.batches().forEach(batch -> unpatched.addAll(task.logits(batch.tokens(), new Wires() {})));
        }
        return unpatched;
    }

    private void check(Sender sender, Set<Receiver> receivers) {
        ModelShape shape = wiring.shape();
        for (Receiver receiver : receivers) {
            if (!wiring.universe().contains(new Unit.Edge(sender, receiver))
                    && !wiring.universe().contains(new Unit.Edge(new Sender.Embedding(), receiver))) {
                throw new IllegalArgumentException(
                        receiver.name() + " is no receiver of a model with " + shape.nLayers() + " layers of "
                                + shape.nHeads() + " heads" + (shape.hasMlps() ? " and MLPs" : ""));
            }
        }
        if (receivers.stream().noneMatch(to -> wiring.universe().contains(new Unit.Edge(sender, to)))) {
            throw new IllegalArgumentException(
                    "none of " + receivers.stream().map(Receiver::name).sorted().toList() + " reads " + sender.name()
                            + "; name receivers above it");
        }
    }

    private List<double[]> patched(Batch batch, int sender, boolean[] reads) {
        try (Held held = new Held(backend)) {
            Map<Integer, Tensor> own = new HashMap<>();
            new WiredPass(task.transformer()).run(batch.tokens(), new Recording((slot, tensor) -> {
                if (Slots.isWritten(slot)) {
                    own.put(slot, held.copy(tensor));
                }
            }));
            Map<Integer, Tensor> inputs = new HashMap<>();
            new WiredPass(task.transformer()).run(batch.tokens(), new Sent(batch, sender, own, held, inputs));
            return task.logits(batch.tokens(), new Received(reads, inputs));
        }
    }

    /** The sender changed, all else frozen; keeps what receivers would read. */
    private final class Sent implements Wires {
        private final Batch batch;
        private final int sender;
        private final Map<Integer, Tensor> own;
        private final Held held;
        private final Map<Integer, Tensor> inputs;

        Sent(Batch batch, int sender, Map<Integer, Tensor> own, Held held, Map<Integer, Tensor> inputs) {
            this.batch = batch;
            this.sender = sender;
            this.own = own;
            this.held = held;
            this.inputs = inputs;
        }

        @Override
        public Tensor embedded(Tensor embedded) {
            return sender == 0 ? other(Slots.EMBED, 0, embedded.shape().columns()) : embedded;
        }

        @Override
        public List<Tensor> headInputs(int layer, int count, Tensor stream) {
            inputs.put(Slots.pre(layer), held.copy(stream));
            return Wires.super.headInputs(layer, count, stream);
        }

        @Override
        public Tensor z(int layer, Tensor z, BlockParts parts) {
            int head = sender - wiring.head(layer, 0);
            int width = parts.spec().dHead();
            return head >= 0 && head < wiring.shape().nHeads()
                    ? other(Slots.z(layer), head * width, (head + 1) * width)
                    : own.get(Slots.z(layer));
        }

        @Override
        public Tensor mlpInput(int layer, Tensor stream) {
            inputs.put(Slots.mlpIn(layer), held.copy(stream));
            return stream;
        }

        @Override
        public Tensor mlpOut(int layer, Tensor out) {
            int slot = Slots.mlpOut(layer);
            if (sender == wiring.mlp(layer)) {
                return other(slot, 0, out.shape().columns());
            }
            return freezeMlps ? own.get(slot) : out;
        }

        @Override
        public Tensor logitsInput(Tensor stream) {
            inputs.put(Slots.LAST, held.copy(stream));
            return stream;
        }

        /** What the edited run writes, with columns from (inclusive) to to (exclusive) as in the other. */
        private Tensor other(int slot, int from, int to) {
            Tensor mine = own.get(slot);
            Tensor difference = batch.difference(slot, mine);
            int rows = mine.shape().rows();
            int columns = mine.shape().columns();
            List<Tensor> parts = List.of(
                    backend.zeros(Shape.of(rows, from)),
                    backend.columns(difference, from, to),
                    backend.zeros(Shape.of(rows, columns - to)));
            Tensor changed = backend.add(backend.zeros(mine.shape()), mine);
            backend.addMixed(changed, Batch.scalar(backend, -1), backend.joinColumns(parts));
            return changed;
        }
    }

    /** The edited run, but for what the receivers read. */
    private final class Received implements Wires {
        private final boolean[] reads;
        private final Map<Integer, Tensor> inputs;

        Received(boolean[] reads, Map<Integer, Tensor> inputs) {
            this.reads = reads;
            this.inputs = inputs;
        }

        @Override
        public List<Tensor> headInputs(int layer, int count, Tensor stream) {
            List<Tensor> all = new ArrayList<>();
            int first = wiring.input(layer, 0, Port.Q);
            for (int i = 0; i < count; i++) {
                all.add(reads[first + i] ? inputs.get(Slots.pre(layer)) : stream);
            }
            return all;
        }

        @Override
        public Tensor mlpInput(int layer, Tensor stream) {
            return reads[wiring.mlpInput(layer)] ? inputs.get(Slots.mlpIn(layer)) : stream;
        }

        @Override
        public Tensor logitsInput(Tensor stream) {
            return reads[wiring.logits()] ? inputs.get(Slots.LAST) : stream;
        }
    }
}
