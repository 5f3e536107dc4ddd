package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Greedy pruning in several random orders: what survives in most of them is needed, what survives in few stands in for something
 * else.
 */
public final class PruningEnsemble {
    private final List<Pruned> runs;

    private PruningEnsemble(List<Pruned> runs) {
        this.runs = List.copyOf(runs);
    }

    /**
     * Prunes {@code runs} times.
     *
     * @param options of each run; its order is replaced by random ones
     * @param seed of the orders
     */
    public static PruningEnsemble of(TaskModel model, PruningOptions options, int runs, long seed) {
        if (runs < 1) {
            throw new IllegalArgumentException("runs = " + runs + "; expected at least 1");
        }
        List<Pruned> results = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            long own = Rng.of(seed).split("run " + run).nextLong();
            results.add(GreedyPruning.of(model, options.withOrderSeed(own)));
        }
        return new PruningEnsemble(results);
    }

    /** One per order. */
    public List<Pruned> runs() {
        return runs;
    }

    /** The share of runs that kept each unit, in the universe's order. */
    public Map<Unit, Double> survival() {
        Map<Unit, Double> survival = new LinkedHashMap<>();
        for (Unit unit : runs.get(0).universe().units()) {
            long kept = runs.stream().filter(run -> run.kept().contains(unit)).count();
            survival.put(unit, (double) kept / runs.size());
        }
        return Collections.unmodifiableMap(survival);
    }
}
