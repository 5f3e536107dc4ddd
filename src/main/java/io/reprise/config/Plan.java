package io.reprise.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The runs of an experiment: its arms crossed with its sweep.
 *
 * <p>What the command line sets or sweeps wins: an axis of the file with the same key is dropped.
 *
 * @param experiment the file's own config, with its arms and expectations
 * @param runs at least one
 */
public record Plan(ExperimentConfig experiment, List<Run> runs) {
    /**
     * One of the runs.
     *
     * @param arm name of its arm, empty if the file has none
     * @param settings what the sweep sets differently from run to run
     */
    public record Run(String arm, List<Setting> settings, ExperimentConfig config) {
        /** {@code transition seed=11 model.d_model=32}: what tells it from the others; empty for a single run. */
        public String label() {
            return Plan.label(arm, settings);
        }
    }

    public Plan {
        runs = List.copyOf(runs);
    }

    /**
     * Makes all configs, so that a mistake in the last doesn't wait until the others have run.
     *
     * @param tree the file
     * @param settings of the command line
     * @param sweep axes of the command line
     * @param arms the arms to run, all if empty
     * @throws IllegalArgumentException with what is wrong in the file or in the first combination that is wrong
     */
    public static Plan of(ConfigTree tree, List<Setting> settings, List<String> sweep, List<String> arms) {
        var base = tree.with(settings);
        var experiment = ExperimentConfig.bind(base);
        var runs = new ArrayList<Run>();
        for (var arm : chosen(experiment, arms)) {
            var changes = experiment.arms().getOrDefault(arm, List.of()).stream()
                    .map(Setting::parse)
                    .toList();
            // the command line's settings once more: they win over the arm's
            var armed = base.with(changes).with(settings);
            var combinations = Sweep.expand(axes(experiment.sweep(), settings, sweep));
            for (var combination : combinations) {
                var varied = combination.stream()
                        .filter(setting -> combinations.stream().anyMatch(other -> !other.contains(setting)))
                        .toList();
                var words = label(arm, varied);
                var named = words.isEmpty() ? armed : armed.named(tree.source() + " (" + words + ")");
                runs.add(new Run(arm, varied, ExperimentConfig.bind(named.with(combination))));
            }
        }
        refuseTwins(runs);
        return new Plan(experiment, runs);
    }

    private static String label(String arm, List<Setting> settings) {
        var words = settings.stream().map(Setting::text).collect(Collectors.joining(" "));
        return (arm + " " + words).strip();
    }

    private static List<String> chosen(ExperimentConfig experiment, List<String> wanted) {
        var all = List.copyOf(experiment.arms().keySet());
        for (var arm : wanted) {
            if (all.isEmpty()) {
                throw new IllegalArgumentException("--arm " + arm + ": " + experiment.name() + " has no arms");
            }
            if (!all.contains(arm)) {
                throw new IllegalArgumentException("--arm " + arm + ": unknown arm" + Words.didYouMean(arm, all));
            }
        }
        if (all.isEmpty()) {
            return List.of("");
        }
        return wanted.isEmpty() ? all : wanted;
    }

    private static List<String> axes(List<String> own, List<Setting> settings, List<String> sweep) {
        var taken = new ArrayList<String>();
        settings.forEach(setting -> taken.add(setting.path()));
        sweep.forEach(axis -> taken.add(key(axis)));
        var axes = new ArrayList<String>();
        own.stream().filter(axis -> !taken.contains(key(axis))).forEach(axes::add);
        axes.addAll(sweep);
        return axes;
    }

    private static String key(String axis) {
        return axis.contains("=") ? axis.substring(0, axis.indexOf('=')) : axis;
    }

    private static void refuseTwins(List<Run> runs) {
        var seen = new ArrayList<String>();
        for (var run : runs) {
            var place = run.config().resolved().hash() + "/" + run.config().modelSeed();
            int twin = seen.indexOf(place);
            if (twin >= 0) {
                throw new IllegalArgumentException("\"" + runs.get(twin).label() + "\" and \"" + run.label()
                        + "\" are the same run; give arms and sweeps that differ in more than names");
            }
            seen.add(place);
        }
    }
}
