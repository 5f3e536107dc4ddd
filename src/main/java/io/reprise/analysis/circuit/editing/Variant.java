package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model, edited or not, as a task sees it. */
@FunctionalInterface
public interface Variant {
    /** The logits after the last token of each clean prompt, [prompt, d_vocab]. */
    double[][] logits(PairSet pairs);

    /** The model as it is, or one whose weights were edited. */
    static Variant of(Transformer model) {
        return pairs -> LastLogits.of(model, pairs, group -> List.of());
    }

    /**
     * A model without some of its units, each task by its own ablation.
     *
     * @param tasks all that will be asked for
     * @throws IllegalArgumentException when asked for another task
     */
    static Variant without(List<TaskModel> tasks, Set<Unit> removed) {
        Map<PairSet, TaskModel> byPairs = new LinkedHashMap<>();
        tasks.forEach(task -> byPairs.put(task.pairs(), task));
        return pairs -> {
            TaskModel task = byPairs.get(pairs);
            if (task == null) {
                throw new IllegalArgumentException("no model at the task " + pairs.name() + " was given; there are "
                        + byPairs.keySet().stream().map(PairSet::name).toList());
            }
            task.universe().require(removed);
            Set<Unit> kept = new LinkedHashSet<>(task.universe().units());
            kept.removeAll(removed);
            return task.logits(kept);
        };
    }
}
