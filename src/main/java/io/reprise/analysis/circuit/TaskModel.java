package io.reprise.analysis.circuit;

import io.reprise.data.PairSet;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** A model at a task, with only some of its units left as they are. */
public interface TaskModel {
    Universe universe();

    /** The task's prompts. */
    PairSet pairs();

    Metric metric();

    Ablation ablation();

    /**
     * The metric of every prompt, in the order of {@link PairSet#pairs()}, with all units outside {@code kept} ablated. All units
     * kept is the model, bit for bit; none kept is the ablation of everything.
     *
     * @throws IllegalArgumentException if units are not of this universe
     */
    double[] values(Set<Unit> kept);

    /** The logits behind {@link #values}, [prompt, d_vocab]. */
    double[][] logits(Set<Unit> kept);

    /** The mean of {@link #values}. */
    default double score(Set<Unit> kept) {
        return Arrays.stream(values(kept)).average().orElseThrow();
    }

    /** A search that starts at {@code kept} and changes one unit at a time; may be much faster than {@link #values} each time. */
    default Pruning pruning(Set<Unit> kept) {
        Set<Unit> now = new LinkedHashSet<>(kept);
        return new Pruning() {
            @Override
            public Set<Unit> kept() {
                return Set.copyOf(now);
            }

            @Override
            public double[] without(Unit unit) {
                Set<Unit> rest = new LinkedHashSet<>(now);
                rest.remove(unit);
                return values(rest);
            }

            @Override
            public void drop(Unit unit) {
                now.remove(unit);
            }
        };
    }
}
