package io.reprise.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs grouped by configuration, with every seed's value of every metric.
 *
 * @param title what was compared
 * @param groupKeys names of what tells the groups apart, for example model.d_model
 * @param metrics metrics in the order of their columns; the first is the one that is ranked by
 * @param rows one per group, in the order shown
 */
public record ComparisonTable(String title, List<String> groupKeys, List<Metric> metrics, List<Row> rows) {

    /**
     * @param name for example test/determined_accuracy
     * @param higherIsBetter which end is called best
     */
    public record Metric(String name, boolean higherIsBetter) {
        public Metric {
            if (name.isBlank()) {
                throw new IllegalArgumentException("name is blank; give the metric's slashed name");
            }
        }

        /** A metric whose last part names a loss, an error or a distance is better when lower. */
        public static Metric of(String name) {
            String last = name.substring(name.lastIndexOf('/') + 1);
            return new Metric(name, !last.matches(".*(loss|perplexity|error|distance|seconds|kl)$"));
        }
    }

    /**
     * @param group one value per group key
     * @param runs one label per run, for example seed 1
     * @param values per metric one value per run; NaN where a run has none. A metric may be missing altogether
     */
    public record Row(List<String> group, List<String> runs, Map<String, List<Double>> values) {
        public Row {
            group = List.copyOf(group);
            runs = List.copyOf(runs);
            Map<String, List<Double>> copy = new TreeMap<>();
            for (Map.Entry<String, List<Double>> entry : values.entrySet()) {
                if (entry.getValue().size() != runs.size()) {
                    throw new IllegalArgumentException("values of " + entry.getKey() + " are "
                            + entry.getValue().size() + " for " + runs.size()
                            + " runs; give each run one, NaN if absent");
                }
                copy.put(entry.getKey(), List.copyOf(entry.getValue()));
            }
            values = Collections.unmodifiableMap(copy);
        }

        /** The finite values of a metric. */
        public List<Double> of(String metric) {
            return values.getOrDefault(metric, List.of()).stream()
                    .filter(value -> Double.isFinite(value))
                    .toList();
        }

        Summary summary(Metric metric) {
            return Summary.of(of(metric.name()), metric.higherIsBetter());
        }
    }

    /**
     * @param sd sample standard deviation (n − 1), NaN for fewer than two values
     */
    record Summary(int count, double mean, double sd, double best, double worst) {
        static Summary of(List<Double> values, boolean higherIsBetter) {
            int n = values.size();
            if (n == 0) {
                return new Summary(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
            }
            double mean = values.stream().mapToDouble(v -> v).sum() / n;
            double squares =
                    values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
            double max = Collections.max(values);
            double min = Collections.min(values);
            return new Summary(
                    n,
                    mean,
                    n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)),
                    higherIsBetter ? max : min,
                    higherIsBetter ? min : max);
        }

        /** Without a spread where there is none to speak of. */
        String meanAndSd() {
            return Numbers.fixed(mean) + (count < 2 ? "" : " ± " + Numbers.fixed(sd));
        }
    }

    public ComparisonTable {
        groupKeys = List.copyOf(groupKeys);
        metrics = List.copyOf(metrics);
        rows = List.copyOf(rows);
        if (metrics.isEmpty()) {
            throw new IllegalArgumentException("metrics is empty; name at least one metric to compare");
        }
        if (new TreeSet<>(metrics.stream().map(Metric::name).toList()).size() < metrics.size()) {
            throw new IllegalArgumentException("metrics names one metric twice; name each once");
        }
        for (Row row : rows) {
            if (row.group().size() != groupKeys.size()) {
                throw new IllegalArgumentException("group " + row.group() + " has "
                        + row.group().size() + " values for the keys " + groupKeys + "; give each key one value");
            }
        }
    }

    /** A group in words: d_model 64, seed 3; "all runs" when there are no keys. */
    String label(Row row) {
        if (groupKeys.isEmpty()) {
            return "all runs";
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < groupKeys.size(); i++) {
            parts.add(shortKeys().get(groupKeys.get(i)) + " " + row.group().get(i));
        }
        return String.join(", ", parts);
    }

    /** model.d_model → d_model, unless two keys would then be called the same. */
    Map<String, String> shortKeys() {
        Map<String, String> names = new LinkedHashMap<>();
        for (String key : groupKeys) {
            String last = key.substring(key.lastIndexOf('.') + 1);
            boolean clash = groupKeys.stream()
                    .anyMatch(other -> !other.equals(key)
                            && other.substring(other.lastIndexOf('.') + 1).equals(last));
            names.put(key, clash ? key : last);
        }
        return names;
    }
}
