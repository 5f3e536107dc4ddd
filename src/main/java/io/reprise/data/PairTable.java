package io.reprise.data;

import java.util.HashMap;
import java.util.Map;

/** Expected counts of (token before → token) at scored positions: all that a model without attention can use. */
final class PairTable {
    private final Map<Integer, Map<Integer, Double>> mass = new HashMap<>();

    void add(int previous, int next, double expected) {
        if (expected > 0) {
            mass.computeIfAbsent(previous, p -> new HashMap<>()).merge(next, expected, Double::sum);
        }
    }

    /** Probability of the likeliest token after {@code previous}; NaN if it never stands before a scored position. */
    double ceiling(int previous) {
        Map<Integer, Double> row = mass.get(previous);
        return row == null ? Double.NaN : most(row) / sum(row);
    }

    /** The share of scored positions that the best table gets right. */
    double ceiling() {
        double right = 0;
        double all = 0;
        for (Map<Integer, Double> row : mass.values()) {
            right += most(row);
            all += sum(row);
        }
        return right / all;
    }

    void forEach(Visitor visitor) {
        mass.forEach((previous, row) -> row.forEach((next, expected) -> visitor.visit(previous, next, expected)));
    }

    /** Sees each pair with its expected count. */
    interface Visitor {
        void visit(int previous, int next, double expected);
    }

    private static double most(Map<Integer, Double> row) {
        return row.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    private static double sum(Map<Integer, Double> row) {
        return row.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
