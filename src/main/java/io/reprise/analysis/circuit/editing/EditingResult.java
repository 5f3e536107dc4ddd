package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import java.util.List;
import java.util.Set;

/**
 * What an edit does to tasks.
 *
 * @param edit what was done, for people
 * @param units names of what was edited
 * @param effects one per task
 */
public record EditingResult(String edit, List<String> units, List<Effect> effects) {
    public EditingResult {
        units = List.copyOf(units);
        effects = List.copyOf(effects);
    }

    /**
     * On one task.
     *
     * @param before the model as it was
     */
    public record Effect(String task, Outcome before, Outcome after, List<Control> controls) {
        public Effect {
            controls = List.copyOf(controls);
        }
    }

    /**
     * The same edit elsewhere.
     *
     * @param name such as {@code random_heads}, {@code random_direction}
     * @param pDifference (1 + draws whose logit difference is as low or lower) / (1 + draws)
     * @param pAccuracy the same of the accuracy, which also sees answers that give way to a third token
     */
    public record Control(String name, List<Outcome> draws, double pDifference, double pAccuracy) {
        public Control {
            draws = List.copyOf(draws);
        }
    }

    static List<String> names(Set<? extends Unit> units) {
        return units.stream().map(Unit::name).sorted().toList();
    }
}
