package io.reprise.experiment;

import io.reprise.config.Expectation;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Plan;
import io.reprise.data.TaskSpec;
import io.reprise.run.ExpectationResult;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import io.reprise.stats.Summary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Several runs of one experiment: its arms and sweeps, over seeds. An expectation {@code arm/metric} holds if the whole 95%
 * interval of the metric's mean over the arm's runs keeps the bounds; {@code armA/metric - armB/metric} is judged on the
 * differences between runs of the same seed.
 */
public final class Suite {
    /** Stands between two metrics whose difference is judged. */
    static final String MINUS = " - ";

    /** Opens the names of what groups have in common. */
    static final String COMPARISON = "comparison/";

    /** Settings whose values repeat a run rather than make another group. */
    private static final Set<String> SEEDS = Set.of("seed", "order_seed", "task.seed");

    private final Plan plan;
    private final List<Member> members;
    private final Map<String, Estimate> comparisons;

    /** A run of the plan and what it left behind. */
    public record Member(Plan.Run run, RunOutcome outcome) {
        /** What tells its group from others: its arm and what is swept besides seeds; empty if there is one group. */
        String group() {
            List<String> words = new ArrayList<>();
            if (!run.arm().isEmpty()) {
                words.add(run.arm());
            }
            run.settings().stream()
                    .filter(setting -> !SEEDS.contains(setting.path()))
                    .map(setting -> setting.text())
                    .forEach(words::add);
            return String.join(" ", words);
        }

        /** Pairs runs of different arms. */
        String pair() {
            ExperimentConfig config = run.config();
            return config.modelSeed() + " " + config.batchSeed() + " "
                    + config.task().map(TaskSpec::dataSeed).orElse(0L);
        }
    }

    public Suite(Plan plan, List<Member> members) {
        this(plan, members, Map.of());
    }

    /**
     * @param comparisons what groups have in common, by name: {@code comparison/layers/x_csi}
     */
    public Suite(Plan plan, List<Member> members, Map<String, Estimate> comparisons) {
        this.plan = plan;
        this.members = List.copyOf(members);
        this.comparisons = Collections.unmodifiableMap(new LinkedHashMap<>(comparisons));
    }

    /** What groups have in common, by name. */
    public Map<String, Estimate> comparisons() {
        return comparisons;
    }

    /** Groups in the plan's order. */
    public List<String> groups() {
        return members.stream().map(Member::group).distinct().toList();
    }

    /** All runs, in the plan's order. */
    public List<Member> members() {
        return members;
    }

    /** The runs of a group. */
    public List<Member> members(String group) {
        return members.stream().filter(member -> member.group().equals(group)).toList();
    }

    /** A metric of every run of a group that measured it. */
    public List<Double> values(String group, String metric) {
        return List.copyOf(byPair(group, metric).values());
    }

    /** The experiment file's expectations, judged over all runs. */
    public List<ExpectationResult> judge() {
        List<ExpectationResult> results = new ArrayList<>();
        plan.experiment().expect().forEach((name, bounds) -> results.add(judge(name, bounds)));
        return results;
    }

    private ExpectationResult judge(String name, Expectation bounds) {
        if (comparisons.containsKey(name)) {
            return judge(name, bounds, comparisons.get(name));
        }
        List<Double> values = List.copyOf(measured(name).values());
        if (values.isEmpty()) {
            return new ExpectationResult(name, bounds.describe(), Double.NaN, false, "not measured");
        }
        Summary summary = summary(values);
        Interval interval = summary.n() < 2 ? new Interval(summary.mean(), summary.mean()) : summary.interval();
        boolean met = bounds.holds(interval.low()) && bounds.holds(interval.high());
        String beside = String.format(
                Locale.ROOT,
                "95%% interval %.4f to %.4f over %d run%s",
                interval.low(),
                interval.high(),
                summary.n(),
                summary.n() == 1 ? "" : "s");
        String control = bounds.control()
                .map(metric -> List.copyOf(measured(metric).values()))
                .filter(list -> !list.isEmpty())
                .map(list -> String.format(
                        Locale.ROOT,
                        "; %s = %.4f",
                        bounds.control().get(),
                        summary(list).mean()))
                .orElse("");
        return new ExpectationResult(name, bounds.describe(), summary.mean(), met, beside + control);
    }

    private ExpectationResult judge(String name, Expectation bounds, Estimate figure) {
        if (figure.value().isEmpty()) {
            return new ExpectationResult(
                    name, bounds.describe(), Double.NaN, false, figure.problem().orElse("not identifiable"));
        }
        double value = figure.value().get();
        Interval interval = figure.interval().orElse(new Interval(value, value));
        String control = bounds.control()
                .flatMap(metric -> Optional.ofNullable(comparisons.get(metric))
                        .flatMap(Estimate::value)
                        .map(other -> String.format(Locale.ROOT, "; %s = %.4f", metric, other)))
                .orElse("");
        return new ExpectationResult(
                name,
                bounds.describe(),
                value,
                bounds.holds(interval.low()) && bounds.holds(interval.high()),
                (figure.interval().isPresent()
                                ? String.format(
                                        Locale.ROOT, "95%% interval %.4f to %.4f", interval.low(), interval.high())
                                : "no interval")
                        + control);
    }

    private static Summary summary(List<Double> values) {
        return Summary.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Value by pair of an {@code arm/metric}, a metric, or a difference of two. */
    private Map<String, Double> measured(String name) {
        int minus = name.indexOf(MINUS);
        if (minus < 0) {
            return one(name);
        }
        Map<String, Double> left = one(name.substring(0, minus));
        Map<String, Double> right = one(name.substring(minus + MINUS.length()));
        Map<String, Double> differences = new LinkedHashMap<>();
        left.forEach((pair, value) ->
                Optional.ofNullable(right.get(pair)).ifPresent(other -> differences.put(pair, value - other)));
        return differences;
    }

    private Map<String, Double> one(String name) {
        for (String group : groups()) {
            if (!group.isEmpty() && name.startsWith(group + "/")) {
                return byPair(group, name.substring(group.length() + 1));
            }
        }
        Map<String, Double> all = new LinkedHashMap<>();
        for (String group : groups()) {
            byPair(group, name).forEach((pair, value) -> all.put(group + " " + pair, value));
        }
        return all;
    }

    private Map<String, Double> byPair(String group, String metric) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Member member : members) {
            Double value = member.outcome().result().metrics().get(metric);
            if (member.group().equals(group) && value != null) {
                values.put(member.pair(), value);
            }
        }
        return values;
    }
}
