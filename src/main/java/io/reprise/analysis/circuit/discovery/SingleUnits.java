package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * How much each unit helps, taken alone: the simplest ranking there is.
 *
 * @param start where units were taken from or put to
 * @param support by how much the mean metric is better with the unit than without, in the order of the universe; positive where it
 *     helps, of KL too
 */
public record SingleUnits(Universe universe, Start start, Circuit.Origin origin, Map<Unit, Double> support) {
    /** Whether units go from the model or come to nothing. */
    public enum Start {
        /** One unit is knocked out of the whole model: is it needed? Backups hide a unit. */
        MODEL,
        /** One unit is left and all others are ablated: is it enough? Units that need each other are hidden. */
        NOTHING
    }

    public SingleUnits {
        universe.require(support.keySet());
        support = Collections.unmodifiableMap(new LinkedHashMap<>(support));
    }

    /** One measurement per unit, and one to compare with. */
    public static SingleUnits of(TaskModel model, Start start) {
        Universe universe = model.universe();
        double sign = model.metric() == Metric.KL ? -1 : 1;
        ToDoubleFunction<Unit> change;
        if (start == Start.MODEL) {
            double whole = model.score(universe.all());
            Pruning pruning = model.pruning(universe.all());
            change = unit -> whole - mean(pruning.without(unit));
        } else {
            double nothing = model.score(Set.of());
            change = unit -> model.score(Set.of(unit)) - nothing;
        }
        Map<Unit, Double> support = new LinkedHashMap<>();
        universe.units().forEach(unit -> support.put(unit, sign * change.applyAsDouble(unit)));
        Circuit.Origin origin = new Circuit.Origin(
                Optional.empty(),
                Optional.empty(),
                Optional.of(model.pairs().name()),
                Optional.of(model.pairs().digest()),
                Optional.of(start == Start.MODEL ? "single knock-out" : "single knock-in"),
                Optional.of(model.ablation()),
                Optional.of(model.metric()),
                List.of());
        return new SingleUnits(universe, start, origin, support);
    }

    /** The {@code count} units that help most; of equal ones the earlier in the forward pass. */
    public Circuit largest(int count) {
        if (count < 0) {
            throw new IllegalArgumentException(count + " units were asked for; expected 0 or more");
        }
        List<Unit> sorted = new ArrayList<>(universe.units());
        sorted.sort(Comparator.comparingDouble((Unit unit) -> support.get(unit)).reversed());
        Set<Unit> kept = universe.inOrder(Set.copyOf(sorted.subList(0, Math.min(count, sorted.size()))));
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("requested", (double) count);
        figures.put("kept", (double) kept.size());
        String name =
                origin.task().orElse("task") + ", " + origin.method().orElse("single units") + ", largest " + count;
        return new Circuit(name, origin, universe, kept, support, figures);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
