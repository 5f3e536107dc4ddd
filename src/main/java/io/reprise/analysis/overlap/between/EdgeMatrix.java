package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How strongly the components of a model are joined, two by two. */
public final class EdgeMatrix {
    private final Map<Unit, Integer> index = new LinkedHashMap<>();
    private final double[][] strengths;

    /**
     * @param units rows and columns
     * @param strengths [unit][unit], such as attributed edge scores or composition scores from row to column; signs don't count
     */
    public EdgeMatrix(List<Unit> units, double[][] strengths) {
        if (strengths.length != units.size() || Arrays.stream(strengths).anyMatch(row -> row.length != units.size())) {
            throw new IllegalArgumentException("an edge matrix of " + strengths.length + " rows for " + units.size()
                    + " components; expected one row and one column per component");
        }
        units.forEach(unit -> index.put(unit, index.size()));
        this.strengths = Arrays.stream(strengths)
                .map(row -> Arrays.stream(row).map(Math::abs).toArray())
                .toArray(double[][]::new);
        if (Arrays.stream(this.strengths).flatMapToDouble(Arrays::stream).anyMatch(x -> !Double.isFinite(x))) {
            throw new IllegalArgumentException("an edge's strength is not a finite number");
        }
    }

    /**
     * From scores of edges, such as those of attribution patching. Edges into a head's queries, keys and values add up; edges from
     * the embedding and to the logits are left out.
     */
    public static EdgeMatrix ofEdges(Map<Unit, Double> scores, List<Unit> components) {
        Map<String, Integer> places = new LinkedHashMap<>();
        components.forEach(unit -> places.put(unit.name(), places.size()));
        double[][] strengths = new double[components.size()][components.size()];
        scores.forEach((unit, score) -> {
            if (!(unit instanceof Unit.Edge edge)) {
                throw new IllegalArgumentException(unit.name() + " is no edge");
            }
            String name = edge.to().name();
            Integer from = places.get(edge.from().name());
            Integer to = places.get(name.contains("<") ? name.substring(0, name.indexOf('<')) : name);
            if (from != null && to != null) {
                strengths[from][to] += Math.abs(score);
            }
        });
        return new EdgeMatrix(components, strengths);
    }

    /**
     * Without an edge engine: how far the effect of ablating two components together is from the sum of their effects. 0 for
     * components that don't meet anywhere before the metric; as many runs as there are pairs.
     */
    public static EdgeMatrix ofInteractions(TaskModel task) {
        List<Unit> units = task.universe().units();
        double[][] strengths = new double[units.size()][units.size()];
        Set<Unit> all = task.universe().all();
        double whole = task.score(all);
        double[] alone = units.stream()
                .mapToDouble(unit -> mean(task.pruning(all).without(unit)))
                .toArray();
        for (int u = 0; u < units.size(); u++) {
            Set<Unit> rest = new LinkedHashSet<>(all);
            rest.remove(units.get(u));
            Pruning pruning = task.pruning(rest);
            for (int v = 0; v < u; v++) {
                strengths[u][v] = whole - alone[u] - alone[v] + mean(pruning.without(units.get(v)));
                strengths[v][u] = strengths[u][v];
            }
        }
        return new EdgeMatrix(units, strengths);
    }

    void requireAll(List<Unit> units) {
        units.forEach(unit -> {
            if (!index.containsKey(unit)) {
                throw new IllegalArgumentException("the edge matrix has no row for " + unit.name());
            }
        });
    }

    /** Those between some of the components, the largest 1; all 0 if none are joined. */
    double[][] between(List<Unit> units) {
        double[][] part = new double[units.size()][units.size()];
        double largest = 0;
        for (int u = 0; u < part.length; u++) {
            for (int v = 0; v < part.length; v++) {
                part[u][v] = strengths[index.get(units.get(u))][index.get(units.get(v))];
                largest = Math.max(largest, part[u][v]);
            }
        }
        for (double[] row : part) {
            for (int v = 0; v < row.length && largest > 0; v++) {
                row[v] /= largest;
            }
        }
        return part;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
