package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The mean metric of every set of a small universe's units, from {@link Exhaustive}.
 *
 * <p>Performance is that of {@link GreedyPruning}: 100·metric/metric(model), and for KL 100·(1 − KL/KL(everything ablated)). A set
 * is a circuit if its performance is more than a given percentage.
 */
public final class SubsetTable {
    private final Universe universe;
    private final Metric metric;
    private final Ablation ablation;
    private final String task;
    private final String data;
    private final double[] scores; // bit i of the index is the universe's unit i
    private final ShapleyValues shapley;

    SubsetTable(
            Universe universe,
            Metric metric,
            Ablation ablation,
            String task,
            String data,
            double[] scores,
            ShapleyValues shapley) {
        this.universe = universe;
        this.metric = metric;
        this.ablation = ablation;
        this.task = task;
        this.data = data;
        this.scores = scores;
        this.shapley = shapley;
    }

    public Universe universe() {
        return universe;
    }

    public Metric metric() {
        return metric;
    }

    /** How many sets: 2 to the power of the number of units. */
    public int sets() {
        return scores.length;
    }

    /** The mean metric if these units are kept. */
    public double score(Set<Unit> kept) {
        return scores[index(kept)];
    }

    /** In % of the model's. */
    public double percent(Set<Unit> kept) {
        return percent(index(kept));
    }

    public ShapleyValues shapley() {
        return shapley;
    }

    /**
     * All circuits of the smallest size there is, the best first. Their scores are Shapley values, their figures {@code score},
     * {@code percent}, {@code kept} and {@code keep_percent}.
     *
     * @param keepPercent a circuit has more than this much of the model's performance
     */
    public List<Circuit> smallest(double keepPercent) {
        boolean[] passes = passes(keepPercent);
        int size = IntStream.range(0, scores.length)
                .filter(set -> passes[set])
                .map(Integer::bitCount)
                .min()
                .orElseThrow();
        return circuits("smallest", keepPercent, set -> passes[set] && Integer.bitCount(set) == size);
    }

    /** All circuits of which no proper subset is one, whatever their sizes: the smallest first, and of one size the best. */
    public List<Circuit> irreducible(double keepPercent) {
        boolean[] passes = passes(keepPercent);
        boolean[] holdsOne = new boolean[scores.length]; // a proper subset is a circuit
        for (int set = 0; set < scores.length; set++) {
            for (int i = 0; i < universe.size() && !holdsOne[set]; i++) {
                int smaller = set & ~(1 << i);
                holdsOne[set] = smaller != set && (passes[smaller] || holdsOne[smaller]);
            }
        }
        return circuits("irreducible", keepPercent, set -> passes[set] && !holdsOne[set]);
    }

    private boolean[] passes(double keepPercent) {
        if (!(keepPercent > 0 && keepPercent < 100)) {
            throw new IllegalArgumentException(
                    "keep_percent = " + keepPercent + "; expected more than 0 and less than 100, such as 80");
        }
        requirePerformance();
        boolean[] passes = new boolean[scores.length];
        for (int set = 0; set < scores.length; set++) {
            passes[set] = percent(set) > keepPercent;
        }
        return passes;
    }

    private void requirePerformance() {
        double value = scores[metric == Metric.KL ? 0 : scores.length - 1];
        if (!(value > 0)) {
            throw new IllegalArgumentException("the model " + (metric == Metric.KL ? "with everything ablated " : "")
                    + "has " + metric.key() + " = " + value + " on " + task
                    + "; expected more than 0, since a circuit is measured in % of it");
        }
    }

    private double percent(int set) {
        return metric == Metric.KL
                ? 100 * (1 - scores[set] / scores[0])
                : 100 * scores[set] / scores[scores.length - 1];
    }

    private interface Rule {
        boolean holds(int set);
    }

    private List<Circuit> circuits(String rule, double keepPercent, Rule chosen) {
        Circuit.Origin origin = new Circuit.Origin(
                Optional.empty(),
                Optional.empty(),
                Optional.of(task),
                Optional.of(data),
                Optional.of("exhaustive, " + rule),
                Optional.of(ablation),
                Optional.of(metric),
                List.of());
        List<Integer> sets = new ArrayList<>(
                IntStream.range(0, scores.length).filter(chosen::holds).boxed().toList());
        sets.sort((a, b) -> Integer.bitCount(a) != Integer.bitCount(b)
                ? Integer.compare(Integer.bitCount(a), Integer.bitCount(b))
                : Double.compare(percent(b), percent(a)));
        List<Circuit> circuits = new ArrayList<>();
        for (int set : sets) {
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("score", scores[set]);
            figures.put("percent", percent(set));
            figures.put("kept", (double) Integer.bitCount(set));
            figures.put("keep_percent", keepPercent);
            String name = task + ", exhaustive, " + rule + " " + (circuits.size() + 1) + " of " + sets.size();
            circuits.add(new Circuit(name, origin, universe, units(set), shapley.means(), figures));
        }
        return Collections.unmodifiableList(circuits);
    }

    private int index(Set<Unit> kept) {
        universe.require(kept);
        int set = 0;
        for (int i = 0; i < universe.size(); i++) {
            set |= kept.contains(universe.units().get(i)) ? 1 << i : 0;
        }
        return set;
    }

    private Set<Unit> units(int set) {
        return units(universe, set);
    }

    static Set<Unit> units(Universe universe, int set) {
        Set<Unit> units = new LinkedHashSet<>();
        for (int i = 0; i < universe.size(); i++) {
            if ((set >> i & 1) == 1) {
                units.add(universe.units().get(i));
            }
        }
        return units;
    }
}
