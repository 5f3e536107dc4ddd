package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Takes units out one by one as long as enough of the model's performance is left (Lan, Torr and Barez 2024, Towards interpretable
 * sequence continuation, their node pruning): a sweep backward (last layer first; in a layer the MLP, then heads from 0 on), then one
 * forward (first layer first; heads, then the MLP), until two in a row change nothing. What is out is not tried again. Greedy and
 * dependent on the order: see {@link PruningEnsemble}.
 *
 * <p>Performance is 100·metric(circuit)/metric(model), as published. For {@link Metric#KL}, which is 0 for the model, it is the
 * faithfulness 100·(1 − KL(circuit)/KL(everything ablated)). A unit stays out if more than the given percentage is left.
 */
public final class GreedyPruning {
    /** Decides about a trial. */
    @FunctionalInterface
    interface Decision {
        /**
         * @param trial counted from 0
         * @param percent performance without the unit
         * @return whether it stays out
         */
        boolean staysOut(int trial, double percent);
    }

    private final TaskModel model;
    private final PruningOptions options;
    private final Decision decision;
    private final List<Pruned.Trial> trials = new ArrayList<>();
    private double whole;
    private double nothing;
    private double left = 100;
    private boolean stable;

    GreedyPruning(TaskModel model, PruningOptions options, Decision decision) {
        this.model = model;
        this.options = options;
        this.decision = decision;
    }

    /**
     * Prunes {@code model}.
     *
     * @throws IllegalArgumentException if the model itself has nothing to lose: its metric is not positive
     */
    public static Pruned of(TaskModel model, PruningOptions options) {
        return new GreedyPruning(model, options, (trial, percent) -> percent > options.keepPercent()).run();
    }

    Pruned run() {
        Set<Unit> all = model.universe().all();
        whole = model.score(all);
        nothing = model.metric() == Metric.KL ? model.score(Set.of()) : 0;
        requirePerformance();
        Pruning pruning = model.pruning(all);
        boolean changed = true;
        for (int sweep = 0; changed; sweep += 2) {
            changed = sweep(sweep, pruning);
            changed |= sweep(sweep + 1, pruning);
            stable = !changed;
            if (options.oneIteration()) {
                break;
            }
        }
        return new Pruned(model.universe(), pruning.kept(), trials, left, stable);
    }

    private void requirePerformance() {
        boolean kl = model.metric() == Metric.KL;
        double value = kl ? nothing : whole;
        if (!(value > 0)) {
            String what = kl ? "the model with everything ablated has " : "the model has ";
            throw new IllegalArgumentException(what + model.metric().key() + " = " + value + " on "
                    + model.pairs().name() + "; expected more than 0, since a circuit is measured in % of it. "
                    + (kl
                            ? "The ablation changes nothing here: choose another"
                            : "Choose prompts that the model gets right"));
        }
    }

    private boolean sweep(int sweep, Pruning pruning) {
        boolean changed = false;
        Set<Unit> candidates = pruning.kept();
        for (Unit unit : order(sweep)) {
            if (!candidates.contains(unit)) {
                continue;
            }
            double percent = percent(pruning.without(unit));
            boolean out = decision.staysOut(trials.size(), percent);
            trials.add(new Pruned.Trial(sweep, unit, percent, out));
            if (out) {
                pruning.drop(unit);
                left = percent;
                changed = true;
            }
        }
        return changed;
    }

    private double percent(double[] values) {
        double score = Arrays.stream(values).average().orElseThrow();
        return model.metric() == Metric.KL ? 100 * (1 - score / nothing) : 100 * score / whole;
    }

    private List<Unit> order(int sweep) {
        List<Unit> units = new ArrayList<>(model.universe().units());
        if (options.orderSeed().isPresent()) {
            int[] order =
                    Rng.of(options.orderSeed().get()).split("sweep " + sweep).permutation(units.size());
            return Arrays.stream(order).mapToObj(units::get).toList();
        }
        if (sweep % 2 == 0) {
            units.sort(Comparator.comparingInt(Unit::layer)
                    .reversed()
                    .thenComparing(GreedyPruning::afterAttention, Collections.reverseOrder()));
        } else {
            units.sort(Comparator.comparingInt(Unit::layer).thenComparing(GreedyPruning::afterAttention));
        }
        return units;
    }

    /** Whether the unit belongs to its layer's MLP; ties keep the universe's order. */
    private static boolean afterAttention(Unit unit) {
        return unit instanceof Unit.Mlp
                || unit instanceof Unit.Neuron
                || (unit instanceof Unit.Edge edge && edge.to() instanceof Receiver.MlpInput);
    }
}
