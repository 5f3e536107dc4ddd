package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import io.reprise.data.PairSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Puts an edit beside the model as it was and beside controls, on every task. */
public final class MeasureEdit {
    private final Variant before;
    private final List<PairSet> tasks;

    public MeasureEdit(Variant before, List<PairSet> tasks) {
        this.before = before;
        this.tasks = List.copyOf(tasks);
    }

    /**
     * @param name of the edit, for people
     * @param units that are edited
     * @param controls by name, in order; each the same edit of matched random units, or in random directions
     */
    public EditingResult run(
            String name, Set<? extends Unit> units, Variant after, Map<String, List<Variant>> controls) {
        List<EditingResult.Effect> effects = new ArrayList<>();
        for (PairSet task : tasks) {
            Outcome edited = Outcome.of(task, after.logits(task));
            List<EditingResult.Control> beside = new ArrayList<>();
            controls.forEach((control, variants) -> {
                List<Outcome> draws = variants.stream()
                        .map(variant -> Outcome.of(task, variant.logits(task)))
                        .toList();
                beside.add(new EditingResult.Control(
                        control,
                        draws,
                        p(draws, edited, Outcome::logitDifference),
                        p(draws, edited, Outcome::accuracy)));
            });
            effects.add(new EditingResult.Effect(task.name(), Outcome.of(task, before.logits(task)), edited, beside));
        }
        return new EditingResult(name, EditingResult.names(units), effects);
    }

    private static double p(List<Outcome> draws, Outcome edited, ToDoubleFunction<Outcome> figure) {
        double own = figure.applyAsDouble(edited);
        long reached =
                draws.stream().filter(draw -> figure.applyAsDouble(draw) <= own).count();
        return (1.0 + reached) / (1 + draws.size());
    }
}
