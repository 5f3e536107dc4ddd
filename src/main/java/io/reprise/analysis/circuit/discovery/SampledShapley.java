package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Shapley values from random orders (Castro, Gómez and Tejada 2009, Polynomial calculation of the Shapley value), each followed by
 * its reverse (antithetic: Mitchell et al. 2022, Sampling permutations for Shapley value estimation), which takes the variance of
 * pairwise interactions away. Every order's contributions telescope, so that the values add up exactly as they should.
 */
public final class SampledShapley {
    private SampledShapley() {}

    /**
     * Takes the units out in random orders, one after the other: 2·{@code orders}·(units − 1) + 2 measurements.
     *
     * @param orders pairs of an order and its reverse; at least 2, for a standard error
     */
    public static ShapleyValues of(TaskModel model, int orders, Rng rng) {
        if (orders < 2) {
            throw new IllegalArgumentException("orders = " + orders + "; expected at least 2, for a standard error");
        }
        Universe universe = model.universe();
        double[] whole = model.values(universe.all());
        double[] nothing = model.values(Set.of());
        double[][] sums = new double[universe.size()][whole.length];
        double[][] means = new double[universe.size()][orders]; // of each pair of orders
        for (int pair = 0; pair < orders; pair++) {
            int[] order = rng.permutation(universe.size());
            double[][] contributions = new double[universe.size()][whole.length];
            add(model, order, whole, nothing, contributions);
            add(model, reverse(order), whole, nothing, contributions);
            for (int unit = 0; unit < means.length; unit++) {
                means[unit][pair] = Arrays.stream(contributions[unit]).average().orElseThrow();
                for (int prompt = 0; prompt < whole.length; prompt++) {
                    sums[unit][prompt] += contributions[unit][prompt] / orders;
                }
            }
        }
        double[] errors = Arrays.stream(means)
                .mapToDouble(unit -> Summary.of(unit).sd() / Math.sqrt(orders))
                .toArray();
        double gain = Arrays.stream(whole).average().orElseThrow()
                - Arrays.stream(nothing).average().orElseThrow();
        return new ShapleyValues(universe, sums, errors, gain);
    }

    /** Adds half of what each unit takes with it when it goes. */
    private static void add(TaskModel model, int[] order, double[] whole, double[] nothing, double[][] contributions) {
        Universe universe = model.universe();
        Pruning pruning = model.pruning(universe.all());
        double[] before = whole;
        for (int place = 0; place < order.length; place++) {
            Unit unit = universe.units().get(order[place]);
            double[] after = place == order.length - 1 ? nothing : pruning.without(unit);
            for (int prompt = 0; prompt < whole.length; prompt++) {
                contributions[order[place]][prompt] += (before[prompt] - after[prompt]) / 2;
            }
            pruning.drop(unit);
            before = after;
        }
    }

    private static int[] reverse(int[] order) {
        List<Integer> reversed = new ArrayList<>(Arrays.stream(order).boxed().toList());
        Collections.reverse(reversed);
        return reversed.stream().mapToInt(Integer::intValue).toArray();
    }
}
