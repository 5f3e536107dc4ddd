package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What greedy pruning found.
 *
 * @param universe what it chose from
 * @param kept what is left, in the universe's order
 * @param trials in the order in which they were made
 * @param percent performance of what is left, in % of the model's
 * @param stable whether the last two sweeps changed nothing
 */
public record Pruned(Universe universe, Set<Unit> kept, List<Trial> trials, double percent, boolean stable) {
    /**
     * One forward pass without a unit.
     *
     * @param sweep counted from 0; even ones go backward in the published order
     * @param percent performance without it and without what was out by then, in % of the model's
     * @param out whether it stays out
     */
    public record Trial(int sweep, Unit unit, double percent, boolean out) {}

    public Pruned {
        Set<Unit> ordered = new LinkedHashSet<>(universe.units());
        ordered.retainAll(kept);
        kept = Collections.unmodifiableSet(ordered);
        trials = List.copyOf(trials);
    }

    /** With figures {@code trials}, {@code sweeps}, {@code kept} and {@code percent}, and as a unit's score its last trial's loss in points of %. */
    public Circuit circuit(String name, Circuit.Origin origin) {
        Map<Unit, Double> scores = new LinkedHashMap<>();
        double before = 100;
        for (Trial trial : trials) {
            scores.put(trial.unit(), before - trial.percent());
            before = trial.out() ? trial.percent() : before;
        }
        int sweeps = trials.isEmpty() ? 0 : trials.get(trials.size() - 1).sweep() + 1;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("trials", (double) trials.size());
        figures.put("sweeps", (double) sweeps);
        figures.put("kept", (double) kept.size());
        figures.put("percent", percent);
        return new Circuit(name, origin, universe, kept, scores, figures);
    }
}
