package io.reprise.analysis.circuit.search;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import java.util.Set;
import java.util.function.Consumer;

/** A task model that tells how many sets of units it has measured. */
public final class CountedModel implements TaskModel {
    private final TaskModel model;
    private final Consumer<String> progress;
    private long measured;

    /** @param progress hears of every set, in words */
    public CountedModel(TaskModel model, Consumer<String> progress) {
        this.model = model;
        this.progress = progress;
    }

    @Override
    public Universe universe() {
        return model.universe();
    }

    @Override
    public PairSet pairs() {
        return model.pairs();
    }

    @Override
    public Metric metric() {
        return model.metric();
    }

    @Override
    public Ablation ablation() {
        return model.ablation();
    }

    @Override
    public double[] values(Set<Unit> kept) {
        count("");
        return model.values(kept);
    }

    @Override
    public double[][] logits(Set<Unit> kept) {
        count("");
        return model.logits(kept);
    }

    @Override
    public Pruning pruning(Set<Unit> kept) {
        Pruning pruning = model.pruning(kept);
        return new Pruning() {
            private int left = kept.size();

            @Override
            public Set<Unit> kept() {
                return pruning.kept();
            }

            @Override
            public double[] without(Unit unit) {
                count(", " + left + " units left");
                return pruning.without(unit);
            }

            @Override
            public void drop(Unit unit) {
                left--;
                pruning.drop(unit);
            }
        };
    }

    private void count(String also) {
        progress.accept(++measured + " sets of units measured" + also);
    }
}
