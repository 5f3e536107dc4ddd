package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model at a task, units replaced where they act. Noising edits the clean run outside the circuit; denoising edits the corrupt run
 * inside it. Holds no tensors: there is nothing to close, and it is as good as its model is. For one thread.
 */
public abstract sealed class AblatedModel implements TaskModel permits NodeModel, NeuronModel, ChannelModel {
    private final Transformer model;
    private final PairSet pairs;
    private final Metric metric;
    private final Ablation ablation;
    private final Universe universe;
    private final List<Part> parts;
    private Optional<double[][]> full = Optional.empty();

    AblatedModel(
            Transformer model, PairSet pairs, Metric metric, Ablation ablation, Universe universe, Set<Slot> slots) {
        this.model = model;
        this.pairs = pairs;
        this.metric = metric;
        this.ablation = ablation;
        this.universe = universe;
        List<String> unknown = ablation.positions().stream()
                .filter(role -> !pairs.roles().contains(role))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("ablation at positions " + unknown + ", but the roles of task "
                    + pairs.name() + " are " + pairs.roles() + ". Choose among these, or give none for all positions");
        }
        this.parts = new PartsOf(model, pairs, ablation, slots).make();
    }

    /** Where {@code unit} acts. */
    abstract Spot spot(Unit unit);

    /** Indices in the task's roles: {@code role}, or all if empty, as far as the ablation is to happen there. */
    final BitSet roles(Optional<String> role) {
        List<String> all = pairs.roles();
        BitSet roles = new BitSet();
        for (int i = 0; i < all.size(); i++) {
            boolean wanted = role.isEmpty() || role.get().equals(all.get(i));
            boolean ablated =
                    ablation.positions().isEmpty() || ablation.positions().contains(all.get(i));
            roles.set(i, wanted && ablated);
        }
        return roles;
    }

    @Override
    public final Universe universe() {
        return universe;
    }

    @Override
    public final PairSet pairs() {
        return pairs;
    }

    @Override
    public final Metric metric() {
        return metric;
    }

    @Override
    public final Ablation ablation() {
        return ablation;
    }

    @Override
    public final double[] values(Set<Unit> kept) {
        Edits edits = edits(kept);
        return eachPart((index, part) -> part.upward(0, part.embed(), edits));
    }

    @Override
    public final double[][] logits(Set<Unit> kept) {
        return logits(edits(kept));
    }

    /** Restarts each trial at the layer that changes. */
    @Override
    public final Pruning pruning(Set<Unit> kept) {
        return new LayeredPruning(this, kept);
    }

    /** What is replaced when {@code kept} are kept. */
    final Edits edits(Set<Unit> kept) {
        universe.require(kept);
        boolean keptAreReplaced = keptAreReplaced();
        return Edits.none(model.config())
                .flipped(universe.units().stream()
                        .filter(unit -> kept.contains(unit) == keptAreReplaced)
                        .map(this::spot)
                        .toList());
    }

    /** Denoising restores the circuit's units in a corrupt run. */
    final boolean keptAreReplaced() {
        return ablation.direction() == Ablation.Direction.DENOISING;
    }

    final List<Part> parts() {
        return parts;
    }

    /** Gives the stream after the last block, in the current scope. */
    interface Ending {
        Tensor of(int index, Part part);
    }

    /** The metric of every prompt. */
    final double[] eachPart(Ending ending) {
        double[] values = new double[pairs.size()];
        int at = 0;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            int index = i;
            int first = at;
            double[] some = part.scoped(() -> read(part, ending.of(index, part), first));
            System.arraycopy(some, 0, values, at, some.length);
            at += some.length;
        }
        return values;
    }

    private double[] read(Part part, Tensor last, int first) {
        if (metric == Metric.LOGIT_DIFFERENCE) {
            return part.logitDifferences(last);
        }
        double[][] logits = part.logits(last);
        double[] values = new double[logits.length];
        for (int i = 0; i < values.length; i++) {
            PromptPair pair = part.pairs().get(i);
            double[] clean = metric == Metric.KL ? clean()[first + i] : new double[0];
            values[i] = Readout.value(metric, pair, logits[i], clean);
        }
        return values;
    }

    /** Logits of the model on the clean prompts. */
    private double[][] clean() {
        if (full.isEmpty()) {
            full = Optional.of(
                    keptAreReplaced()
                            ? new PartsOf(model, pairs, Ablation.of(Ablation.Kind.ZERO), Set.of())
                                    .make().stream()
                                            .flatMap(part -> Arrays.stream(logits(part, Edits.none(model.config()))))
                                            .toArray(double[][]::new)
                            : logits(Edits.none(model.config())));
        }
        return full.get();
    }

    private double[][] logits(Edits edits) {
        List<double[]> rows = new ArrayList<>();
        parts.forEach(part -> rows.addAll(Arrays.asList(logits(part, edits))));
        return rows.toArray(double[][]::new);
    }

    private static double[][] logits(Part part, Edits edits) {
        return part.scoped(() -> part.logits(part.upward(0, part.embed(), edits)));
    }
}
