package io.reprise.experiment;

import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.overlap.groups.CompareGroups;
import io.reprise.analysis.overlap.groups.ComparePrompts;
import io.reprise.analysis.overlap.groups.CompareSpec;
import io.reprise.analysis.overlap.groups.Group;
import io.reprise.analysis.overlap.groups.GroupComparison;
import io.reprise.backend.Backend;
import io.reprise.config.AnalysisChoice;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.pairs.PairFile;
import io.reprise.data.pairs.PairSpec;
import io.reprise.data.pairs.TaskPairs;
import io.reprise.data.pairs.ToyPairs;
import io.reprise.report.GroupPage;
import io.reprise.run.Json;
import io.reprise.text.Tokenizer;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Two models, or two groups of seeds, at one task. */
public final class CompareModels {
    /** Names of the files in a directory. */
    static final String DATA = "comparison.json";

    static final String PAGE = "comparison.html";

    private static final int FEWEST_PROMPTS = 8;

    private CompareModels() {}

    /**
     * What is compared.
     *
     * @param one a run, or a directory with the runs of one config; with {@code pairs} a model's or a run's directory
     * @param other the same; if it is {@code one}, its seeds are compared with each other
     * @param task name among the first runs' {@code circuits.tasks}, or {@code task} for all that they were trained on
     * @param wrongTask another of those, as a control
     * @param pairs a file with prompts, in place of a task
     * @param units that circuits are chosen from; as the runs' own analysis says if empty
     * @param force whether a task is let in that the screen refuses
     */
    public record Request(
            Path one,
            Path other,
            Optional<String> task,
            Optional<String> wrongTask,
            Optional<Path> pairs,
            Optional<Universe.Kind> units,
            boolean force,
            Path datasets,
            int threads) {
        public Request {
            if (task.isPresent() == pairs.isPresent()) {
                throw new IllegalArgumentException(
                        "say what the models are compared at: --task NAME of runs, or --pairs FILE with prompts");
            }
            if (wrongTask.isPresent() && pairs.isPresent()) {
                throw new IllegalArgumentException(
                        "--wrong-task is another task of the runs; with --pairs there is none");
            }
        }
    }

    /** @throws IllegalArgumentException if the models can't be compared at this task, with the reason */
    public static GroupComparison compare(Request request, Consumer<String> progress) throws IOException {
        return request.pairs().isPresent()
                ? atPrompts(request, request.pairs().get(), progress)
                : atTask(request, progress);
    }

    /** Writes the data and the page into a directory. @return the page */
    public static Path write(GroupComparison comparison, Path directory, AtomicFile files) throws IOException {
        Files.createDirectories(directory);
        files.write(directory.resolve(DATA), Json.write(comparison));
        Path page = directory.resolve(PAGE);
        files.write(page, GroupPage.html(comparison));
        return page;
    }

    private static GroupComparison atTask(Request request, Consumer<String> progress) throws IOException {
        List<Path> some = OpenRuns.find(request.one());
        List<Path> others = OpenRuns.find(request.other());
        try (Backend backend = Backends.open(BackendChoice.CPU, request.threads());
                OpenRuns runs = new OpenRuns(backend, request.datasets(), progress)) {
            boolean same = some.equals(others);
            List<String> names = names(request.one(), request.other(), same);
            OpenRuns.Opened one = runs.open(names.get(0), some);
            OpenRuns.Opened other = same ? one : runs.open(names.get(1), others);
            SearchSpec search = search(one.config(), request.units());
            ComparePrompts prompts = prompts(
                    one, List.of(one, other), request.task().orElseThrow(), request.wrongTask(), request.force());
            CompareGroups groups = new CompareGroups(
                    CompareSpec.of(search, one.config().requireTask().dataSeed()),
                    prompts,
                    Math.max(CompareGroups.components(one.group()), CompareGroups.components(other.group())),
                    progress);
            return same ? groups.within(one.group()) : groups.of(one.group(), other.group());
        }
    }

    /** The task's prompts from the first group's data, after a look at whether all models can do it. */
    static ComparePrompts prompts(
            OpenRuns.Opened source,
            List<OpenRuns.Opened> groups,
            String task,
            Optional<String> wrongTask,
            boolean force) {
        TaskPairs pairs = pairs(source, task);
        for (OpenRuns.Opened group : groups) {
            if (!group.data()
                    .vocabulary()
                    .tokens()
                    .equals(source.data().vocabulary().tokens())) {
                throw new IllegalArgumentException(
                        group.group().name() + " and " + source.group().name()
                                + " were trained with different tokens ("
                                + group.data().vocabulary().size() + " and "
                                + source.data().vocabulary().size()
                                + "), so that they can't read the same prompts; compare models of one vocabulary");
            }
            // with the first group's data: what counts is whether its prompts can be looked up in what they come from
            CircuitTask.screen(
                            group.group().models().values().iterator().next(),
                            pairs.discovery(),
                            Optional.of(source.data()),
                            force)
                    .orThrow();
        }
        return new ComparePrompts(task, pairs.discovery(), pairs.evaluation(), wrongTask.map(name -> pairs(source, name)
                .evaluation()));
    }

    private static TaskPairs pairs(OpenRuns.Opened source, String task) {
        Map<String, PairSpec> tasks = circuits(source.config())
                .map(ToyCircuits::specs)
                .orElseGet(() -> ToyCircuits.specs(AnalysisChoice.Circuits.defaults()));
        PairSpec spec = Optional.ofNullable(tasks.get(task))
                .orElseThrow(() -> new IllegalArgumentException("task \"" + task + "\" is not among those of "
                        + source.group().name() + ": " + tasks.keySet()
                        + "; name one of these, which stand in its config under analyses: circuits: tasks"));
        return ToyPairs.of(source.data(), spec);
    }

    /** How circuits are looked for: as the runs did, or in channels. */
    static SearchSpec search(ExperimentConfig config, Optional<Universe.Kind> units) {
        SearchSpec own = circuits(config).map(AnalysisChoice.Circuits::search).orElseGet(SearchSpec::defaults);
        return units.map(own::withUnits).orElse(own);
    }

    private static Optional<AnalysisChoice.Circuits> circuits(ExperimentConfig config) {
        return config.analyses().stream()
                .filter(AnalysisChoice.Circuits.class::isInstance)
                .map(AnalysisChoice.Circuits.class::cast)
                .findFirst();
    }

    private static GroupComparison atPrompts(Request request, Path file, Consumer<String> progress) throws IOException {
        try (OpenModel one = OpenModel.open(request.one(), BackendChoice.CPU, request.threads(), false, progress);
                OpenModel other =
                        OpenModel.open(request.other(), BackendChoice.CPU, request.threads(), false, progress)) {
            PairSet all = read(one, file);
            if (!all.digest().equals(read(other, file).digest())) {
                throw new IllegalArgumentException(request.one() + " and " + request.other()
                        + " read the prompts of " + file
                        + " as different tokens; compare models that share a tokenizer");
            }
            if (all.size() < FEWEST_PROMPTS) {
                throw new IllegalArgumentException(file + " has " + all.size() + " prompts; expected " + FEWEST_PROMPTS
                        + " or more, since circuits are found on one half and compared on the other");
            }
            ComparePrompts prompts = new ComparePrompts(all.name(), half(all, 0), half(all, 1), Optional.empty());
            for (OpenModel model : List.of(one, other)) {
                CircuitTask.screen(model.model(), prompts.discovery(), Optional.empty(), request.force())
                        .orThrow();
            }
            List<String> names = names(request.one(), request.other(), false);
            Group first = new Group(names.get(0), Map.of("model", one.model()));
            Group second = new Group(names.get(1), Map.of("model", other.model()));
            SearchSpec search = request.units()
                    .map(units -> SearchSpec.defaults().withUnits(units))
                    .orElseGet(SearchSpec::defaults);
            return new CompareGroups(
                            CompareSpec.of(search, 0),
                            prompts,
                            Math.max(CompareGroups.components(first), CompareGroups.components(second)),
                            progress)
                    .of(first, second);
        }
    }

    private static PairSet read(OpenModel model, Path file) throws IOException {
        Tokenizer tokenizer = model.tokenizer()
                .orElseThrow(() -> new IllegalArgumentException(model.path()
                        + " has no tokenizer, which --pairs needs to read prompts; compare runs with --task, or add"
                        + " tokenizer.json"));
        return new PairFile(tokenizer).read(file);
    }

    /** Every second clean prompt, with all its pairs. */
    private static PairSet half(PairSet all, int first) {
        List<PromptPair> pairs = all.pairs();
        List<List<Integer>> clean =
                pairs.stream().map(PromptPair::clean).distinct().toList();
        Map<List<Integer>, Integer> places = new HashMap<>();
        clean.forEach(prompt -> places.put(prompt, places.size()));
        return all.select(IntStream.range(0, pairs.size())
                .filter(i -> places.get(pairs.get(i).clean()) % 2 == first)
                .boxed()
                .toList());
    }

    /** As much of the ends of both paths as tells them apart. */
    private static List<String> names(Path one, Path other, boolean same) {
        Path first = one.toAbsolutePath().normalize();
        Path second = other.toAbsolutePath().normalize();
        int longest = Math.max(first.getNameCount(), second.getNameCount());
        for (int count = 1; count < longest && !same; count++) {
            if (!end(first, count).equals(end(second, count))) {
                return List.of(end(first, count), end(second, count));
            }
        }
        return same ? List.of(end(first, 1), end(first, 1)) : List.of(first.toString(), second.toString());
    }

    private static String end(Path path, int count) {
        int names = path.getNameCount();
        return path.subpath(Math.max(0, names - count), names).toString();
    }
}
