package io.reprise.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * Runs side by side: grouped by config keys, each metric's mean and spread over the group's runs (its seeds), at the end of
 * training and at its best.
 *
 * @param by the config keys that tell groups apart
 * @param metrics in the order asked for
 * @param groups in the order of their values, numbers as numbers
 */
public record Comparison(List<String> by, List<String> metrics, List<Group> groups) {
    /**
     * What is compared of one run.
     *
     * @param config flat, see {@link RunConfig}
     * @param metrics by name
     */
    public record Run(Map<String, String> config, long seed, Map<String, Value> metrics) {
        public Run {
            config = Collections.unmodifiableMap(new TreeMap<>(config));
            metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        }

        /** Reads a finished run: results.json, and metrics.jsonl for the best of each curve. */
        public static Run read(RunLayout layout) throws IOException {
            RunResult result = RunResult.read(layout.results());
            Map<String, Value> metrics = new TreeMap<>();
            for (MetricsLog.Entry entry : MetricsLog.read(layout.metrics())) {
                entry.values().forEach((name, value) -> {
                    if (Double.isFinite(value)) {
                        metrics.merge(
                                name,
                                new Value(value, value),
                                (old, now) ->
                                        new Value(now.last(), Direction.of(name).better(old.best(), now.best())));
                    }
                });
            }
            result.metrics().forEach((name, value) -> metrics.putIfAbsent(name, new Value(value, value)));
            return new Run(RunConfig.read(layout.config()), result.seed(), metrics);
        }
    }

    /** A metric of one run at its last measurement and at its best; the same for what is measured once. */
    public record Value(double last, double best) {
        public Value {
            if (!Double.isFinite(last) || !Double.isFinite(best)) {
                throw new IllegalArgumentException("a metric's value must be finite, got " + last + " and " + best);
            }
        }
    }

    /** Which way is better, told by the metric's name. */
    public enum Direction {
        HIGHER,
        LOWER;

        private static final List<String> LOWER_IS_BETTER =
                List.of("loss", "perplexity", "kl", "error", "nll", "seconds");

        /** LOWER if a word of the last part of the name is loss, perplexity, kl, error, nll or seconds. */
        public static Direction of(String metric) {
            String last = metric.substring(metric.lastIndexOf('/') + 1);
            return List.of(last.split("[^A-Za-z0-9]+", -1)).stream().anyMatch(LOWER_IS_BETTER::contains)
                    ? LOWER
                    : HIGHER;
        }

        double better(double a, double b) {
            return this == HIGHER ? Math.max(a, b) : Math.min(a, b);
        }
    }

    /**
     * Over the runs of a group that have the metric.
     *
     * @param count runs
     * @param sd sample standard deviation (n − 1), NaN for a single run
     */
    public record Summary(int count, double mean, double sd, double min, double max) {
        static Summary of(double[] values) {
            DescriptiveStatistics statistics = new DescriptiveStatistics(values);
            return new Summary(
                    values.length,
                    statistics.getMean(),
                    values.length < 2 ? Double.NaN : statistics.getStandardDeviation(),
                    statistics.getMin(),
                    statistics.getMax());
        }
    }

    /**
     * One metric of one group.
     *
     * @param last at the end of training
     * @param best at each run's own best
     */
    public record Cell(Direction direction, Summary last, Summary best) {
        /** The best value that any run of the group ever had. */
        public double bestOfAll() {
            return direction == Direction.HIGHER ? best.max() : best.min();
        }
    }

    /**
     * Runs that agree in every key compared by.
     *
     * @param values one per key, empty where the config lacks it
     * @param runs in the order of their seeds
     * @param cells by metric; a metric that no run of the group has is missing
     */
    public record Group(List<String> values, List<Run> runs, Map<String, Cell> cells) {
        public Group {
            values = List.copyOf(values);
            runs = List.copyOf(runs);
            cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
        }

        public List<Long> seeds() {
            return runs.stream().map(Run::seed).toList();
        }
    }

    public Comparison {
        by = List.copyOf(by);
        metrics = List.copyOf(metrics);
        groups = List.copyOf(groups);
    }

    /** @throws IllegalArgumentException if no run has a key or a metric asked for; the message lists what there is */
    public static Comparison of(List<Run> runs, List<String> by, List<String> metrics) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("there are no finished runs to compare");
        }
        for (String key : by) {
            if (runs.stream().noneMatch(run -> run.config().containsKey(key))) {
                throw unknown("config key", key, runs.stream().map(Run::config).toList());
            }
        }
        for (String metric : metrics) {
            if (runs.stream().noneMatch(run -> run.metrics().containsKey(metric))) {
                throw unknown("metric", metric, runs.stream().map(Run::metrics).toList());
            }
        }
        Map<List<String>, List<Run>> groups = new TreeMap<>(Comparison::compareValues);
        for (Run run : runs) {
            List<String> values =
                    by.stream().map(key -> run.config().getOrDefault(key, "")).toList();
            groups.computeIfAbsent(values, none -> new ArrayList<>()).add(run);
        }
        List<Group> result = new ArrayList<>();
        groups.forEach((values, members) -> result.add(group(values, members, metrics)));
        return new Comparison(by, metrics, result);
    }

    /** Keys, seed left out, in which runs differ: what a sweep varied. */
    public static List<String> varying(List<Run> runs) {
        TreeSet<String> keys = new TreeSet<>();
        runs.forEach(run -> keys.addAll(run.config().keySet()));
        keys.remove("seed");
        keys.removeIf(key -> runs.stream()
                        .map(run -> Optional.ofNullable(run.config().get(key)))
                        .distinct()
                        .count()
                < 2);
        return List.copyOf(keys);
    }

    private static Group group(List<String> values, List<Run> runs, List<String> metrics) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        for (String metric : metrics) {
            List<Value> measured = runs.stream()
                    .filter(run -> run.metrics().containsKey(metric))
                    .map(run -> run.metrics().get(metric))
                    .toList();
            if (!measured.isEmpty()) {
                cells.put(
                        metric,
                        new Cell(
                                Direction.of(metric),
                                Summary.of(measured.stream()
                                        .mapToDouble(Value::last)
                                        .toArray()),
                                Summary.of(measured.stream()
                                        .mapToDouble(Value::best)
                                        .toArray())));
            }
        }
        return new Group(
                values, runs.stream().sorted(Comparator.comparing(Run::seed)).toList(), cells);
    }

    private static int compareValues(List<String> a, List<String> b) {
        for (int i = 0; i < a.size(); i++) {
            int order = compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int compare(String a, String b) {
        Optional<Double> x = number(a);
        Optional<Double> y = number(b);
        if (x.isPresent() && y.isPresent() && !x.get().equals(y.get())) {
            return x.get().compareTo(y.get());
        }
        // numbers before words, so that the order is total
        return x.isPresent() == y.isPresent() ? a.compareTo(b) : x.isPresent() ? -1 : 1;
    }

    private static Optional<Double> number(String text) {
        try {
            return Optional.of(Double.valueOf(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static IllegalArgumentException unknown(String what, String name, List<? extends Map<String, ?>> maps) {
        TreeSet<String> known = new TreeSet<>();
        maps.forEach(map -> known.addAll(map.keySet()));
        return new IllegalArgumentException(
                "no run has the " + what + " " + name + "; there are " + String.join(", ", known));
    }
}
