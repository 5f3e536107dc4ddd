package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Universe;
import java.util.Arrays;

/** Measures every set of a small universe's units: exact minimal circuits and exact Shapley values, an anchor for greedier methods. */
public final class Exhaustive {
    /** 65536 sets. */
    public static final int LARGEST = 16;

    private Exhaustive() {}

    /** @throws IllegalArgumentException if there are more than {@value #LARGEST} units, naming how many sets that would be */
    public static SubsetTable of(TaskModel model) {
        Universe universe = model.universe();
        int n = universe.size();
        if (n > LARGEST) {
            throw new IllegalArgumentException("an exhaustive search of " + universe + " would measure 2^" + n
                    + " sets; expected at most " + LARGEST
                    + " units. Use greedy pruning, attribution or sampled Shapley values");
        }
        double[] scores = new double[1 << n];
        double[][] shapley = new double[n][model.pairs().size()];
        for (int set = 0; set < scores.length; set++) {
            double[] values = model.values(SubsetTable.units(universe, set));
            scores[set] = Arrays.stream(values).average().orElseThrow();
            add(shapley, set, values);
        }
        return new SubsetTable(
                universe,
                model.metric(),
                model.ablation(),
                model.pairs().name(),
                model.pairs().digest(),
                scores,
                new ShapleyValues(universe, shapley, new double[0], scores[scores.length - 1] - scores[0]));
    }

    /**
     * Shapley's φ_i = Σ_S |S|!(n−|S|−1)!/n! · (m(S ∪ i) − m(S)), one set at a time: a set counts for its members with the weight of
     * the set without them, and against all others with its own.
     */
    private static void add(double[][] shapley, int set, double[] values) {
        int n = shapley.length;
        int size = Integer.bitCount(set);
        for (int i = 0; i < n; i++) {
            boolean member = (set >> i & 1) == 1;
            double weight = member ? weight(n, size - 1) : -weight(n, size);
            for (int prompt = 0; prompt < values.length; prompt++) {
                shapley[i][prompt] += weight * values[prompt];
            }
        }
    }

    /** s!(n−s−1)!/n! = 1/(n·C(n−1, s)). */
    private static double weight(int n, int s) {
        double choose = 1;
        for (int k = 1; k <= s; k++) {
            choose = choose * (n - k) / k;
        }
        return 1 / (n * choose);
    }
}
