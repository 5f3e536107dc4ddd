package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;

/**
 * The effect of every edge as it is: each one patched alone, one forward pass per edge. What {@link EdgeAttribution} estimates.
 */
public final class ExactEdgePatching {
    private final TaskModel task;

    /** @param task over edges */
    public ExactEdgePatching(TaskModel task) {
        if (task.universe().kind() != Universe.Kind.EDGES) {
            throw new IllegalArgumentException("edges are to be patched; given were " + task.universe());
        }
        this.task = task;
    }

    /** @param progress told the share that is done */
    public EdgeScores run(DoubleConsumer progress) {
        boolean denoising = task.ablation().direction() == Ablation.Direction.DENOISING;
        Set<Unit> before = denoising ? Set.of() : task.universe().all();
        double own = task.score(before);
        List<Unit> units = task.universe().units();
        Map<Unit, Double> effects = new LinkedHashMap<>();
        for (Unit unit : units) {
            Set<Unit> after = new HashSet<>(before);
            if (denoising) {
                after.add(unit);
            } else {
                after.remove(unit);
            }
            effects.put(unit, task.score(after) - own);
            progress.accept((double) effects.size() / units.size());
        }
        return new EdgeScores(
                "exact",
                task.universe(),
                task.metric(),
                task.ablation(),
                task.pairs().name(),
                task.pairs().digest(),
                effects);
    }
}
