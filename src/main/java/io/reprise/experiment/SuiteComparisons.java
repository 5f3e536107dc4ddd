package io.reprise.experiment;

import io.reprise.analysis.overlap.groups.CompareGroups;
import io.reprise.analysis.overlap.groups.ComparePrompts;
import io.reprise.analysis.overlap.groups.CompareSpec;
import io.reprise.analysis.overlap.groups.GroupComparison;
import io.reprise.backend.Backend;
import io.reprise.config.ComparisonChoice;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.config.Plan;
import io.reprise.stats.Estimate;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Compares groups of an experiment's runs, once all have finished, as its {@code comparisons:} say. */
public final class SuiteComparisons {
    private final Plan plan;
    private final Suite suite;
    private final RunOptions options;
    private final Consumer<String> progress;

    public SuiteComparisons(Plan plan, Suite suite, RunOptions options, Consumer<String> progress) {
        this.plan = plan;
        this.suite = suite;
        this.options = options;
        this.progress = progress;
    }

    /** Where a comparison's files are. */
    static Path directory(Path runs, String experiment, String comparison) {
        return runs.resolve(experiment).resolve("comparisons").resolve(comparison);
    }

    /**
     * Does them all and writes each one's data and page.
     *
     * @return {@code comparison/<name>/<figure>}
     */
    public Map<String, Estimate> compare(AtomicFile files) throws IOException {
        List<ComparisonChoice> choices = plan.experiment().comparisons();
        Map<String, Estimate> figures = new LinkedHashMap<>();
        if (choices.isEmpty()) {
            return figures;
        }
        try (Backend backend = Backends.open(BackendChoice.CPU, options.threads());
                OpenRuns runs = new OpenRuns(backend, options.datasets(), progress)) {
            Map<String, OpenRuns.Opened> groups = open(choices, runs);
            Map<Key, CompareGroups> engines = new LinkedHashMap<>();
            for (ComparisonChoice choice : choices) {
                GroupComparison result = compare(choice, groups, engines);
                CompareModels.write(
                        result, directory(options.runs(), plan.experiment().name(), choice.name()), files);
                result.figures()
                        .forEach((name, figure) -> figures.put(Suite.COMPARISON + choice.name() + "/" + name, figure));
            }
        }
        return figures;
    }

    /** What models are read for: readings are shared by comparisons of one first group at one task. */
    private record Key(String source, String task, String wrongTask) {
        static Key of(ComparisonChoice choice) {
            return new Key(choice.one(), choice.task(), choice.wrongTask());
        }
    }

    private GroupComparison compare(
            ComparisonChoice choice, Map<String, OpenRuns.Opened> groups, Map<Key, CompareGroups> engines) {
        OpenRuns.Opened one = groups.get(choice.one());
        CompareGroups engine = engines.get(Key.of(choice));
        if (engine == null) {
            List<OpenRuns.Opened> all = new ArrayList<>();
            all.add(one);
            plan.experiment().comparisons().stream()
                    .filter(other -> Key.of(other).equals(Key.of(choice)))
                    .forEach(other -> all.add(groups.get(other.other())));
            ComparePrompts prompts = CompareModels.prompts(
                    one,
                    all,
                    choice.task(),
                    Optional.of(choice.wrongTask()).filter(task -> !task.isEmpty()),
                    choice.force());
            int largest = all.stream()
                    .mapToInt(group -> CompareGroups.components(group.group()))
                    .max()
                    .orElseThrow();
            CompareSpec spec = CompareSpec.of(
                    CompareModels.search(one.config(), Optional.empty()),
                    one.config().requireTask().dataSeed());
            engine = new CompareGroups(spec, prompts, largest, progress);
            engines.put(Key.of(choice), engine);
        }
        return choice.one().equals(choice.other())
                ? engine.within(one.group())
                : engine.of(one.group(), groups.get(choice.other()).group());
    }

    private Map<String, OpenRuns.Opened> open(List<ComparisonChoice> choices, OpenRuns runs) throws IOException {
        Map<String, OpenRuns.Opened> groups = new LinkedHashMap<>();
        for (ComparisonChoice choice : choices) {
            for (String group : List.of(choice.one(), choice.other())) {
                if (!groups.containsKey(group)) {
                    groups.put(
                            group, runs.open(group.isEmpty() ? plan.experiment().name() : group, directories(group)));
                }
            }
        }
        return groups;
    }

    private List<Path> directories(String group) {
        List<Path> directories = suite.members(group).stream()
                .map(member -> member.outcome().directory())
                .toList();
        if (directories.isEmpty()) {
            throw new IllegalArgumentException(
                    "comparisons: there is no group \"" + group + "\"; the runs' groups are " + suite.groups());
        }
        return directories;
    }
}
