package io.reprise.experiment;

import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.editing.EditingResult;
import io.reprise.analysis.circuit.editing.MeasureEdit;
import io.reprise.analysis.circuit.editing.Outcome;
import io.reprise.analysis.circuit.editing.Recovery;
import io.reprise.analysis.circuit.editing.Variant;
import io.reprise.config.AnalysisChoice;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.BatchCursor;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.Split;
import io.reprise.run.Figure;
import io.reprise.tensor.Rng;
import io.reprise.train.BatchSource;
import io.reprise.train.LabeledBatch;
import io.reprise.train.TrainSpec;
import io.reprise.weights.AtomicDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a task's circuit has and no other task's has, taken out: what that does to the task and to the others, beside random units of the
 * same types and layers; and how much training on brings back.
 */
final class ToyBreaking {
    private static final String PREFIX = "breaking/";
    /** Names of what is taken out. */
    private static final String WHOLE = "circuit";

    private static final String OWN = "own";

    private final BuildModel built;
    private final ExperimentConfig config;
    private final Dataset data;
    private final AnalysisChoice.Breaking choice;
    private final Rng rng;

    ToyBreaking(BuildModel built, ExperimentConfig config, Dataset data, AnalysisChoice.Breaking choice) {
        this.built = built;
        this.config = config;
        this.data = data;
        this.choice = choice;
        this.rng = Rng.of(config.modelSeed()).split("breaking");
    }

    /** @param progress hears how far it is */
    Findings findings(Consumer<String> progress) throws IOException {
        List<TaskCircuits.Task> tasks =
                TaskCircuits.find(built.model(), config.name(), data, choice.tasks(), choice.search(), progress);
        TaskCircuits.Task target = TaskCircuits.named(tasks, choice.target());
        Set<Unit> whole = target.circuit().units();
        Set<Unit> own = own(target, tasks);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(PREFIX + WHOLE + "/units", (double) whole.size());
        metrics.put(PREFIX + OWN + "/units", (double) own.size());
        List<Figure> figures = new ArrayList<>();
        progress.accept("removing the circuit's " + whole.size() + " units");
        removal(tasks, WHOLE, whole, metrics, figures);
        if (!own.isEmpty()) {
            progress.accept("removing the " + own.size() + " units of it that are in no other");
            removal(tasks, OWN, own, metrics, figures);
        }
        // nothing of its own: what can be taken out is what it shares
        Set<Unit> removed = own.isEmpty() ? whole : own;
        if (choice.steps() > 0) {
            progress.accept("training on for " + choice.steps() + " steps");
            figures.add(recovery(target, removed, metrics));
        }
        return Findings.of(figures, metrics);
    }

    /** Units of the target's circuit that are in no other. */
    static Set<Unit> own(TaskCircuits.Task target, List<TaskCircuits.Task> tasks) {
        Set<Unit> own = new LinkedHashSet<>(target.circuit().units());
        tasks.stream()
                .filter(task -> !task.name().equals(target.name()))
                .forEach(task -> own.removeAll(task.circuit().units()));
        return own;
    }

    /** None if they could only be the same units. */
    private List<Set<Unit>> controls(Universe universe, Set<Unit> removed) {
        RandomCircuits random = new RandomCircuits(universe, rng.split("controls"));
        return random.freedom(removed) == 0
                ? List.of()
                : IntStream.range(0, choice.controls())
                        .mapToObj(i -> random.like(removed))
                        .toList();
    }

    private void removal(
            List<TaskCircuits.Task> tasks,
            String name,
            Set<Unit> removed,
            Map<String, Double> metrics,
            List<Figure> figures) {
        List<TaskModel> models = tasks.stream()
                .map(task -> CircuitTask.at(built.model(), task.evaluation(), choice.search()))
                .toList();
        List<PairSet> prompts =
                tasks.stream().map(TaskCircuits.Task::evaluation).toList();
        List<Variant> controls = controls(models.get(0).universe(), removed).stream()
                .map(control -> Variant.without(models, control))
                .toList();
        EditingResult result = new MeasureEdit(Variant.of(built.model()), prompts)
                .run(
                        name,
                        removed,
                        Variant.without(models, removed),
                        controls.isEmpty() ? Map.of() : Map.of("random_units", controls));
        metrics(metrics, tasks, result);
        figures.add(figure(tasks, result));
    }

    private static void metrics(Map<String, Double> metrics, List<TaskCircuits.Task> tasks, EditingResult result) {
        for (int i = 0; i < tasks.size(); i++) {
            EditingResult.Effect effect = result.effects().get(i);
            String prefix = PREFIX + result.edit() + "/" + tasks.get(i).name() + "/";
            metrics.put(prefix + "accuracy", effect.before().accuracy());
            metrics.put(prefix + "accuracy_after", effect.after().accuracy());
            metrics.put(prefix + "difference", effect.before().logitDifference());
            metrics.put(prefix + "difference_after", effect.after().logitDifference());
            metrics.put(
                    prefix + "difference_kept",
                    effect.after().logitDifference() / effect.before().logitDifference());
            effect.controls().forEach(control -> {
                metrics.put(prefix + "random_accuracy_after", mean(control, Outcome::accuracy));
                metrics.put(
                        prefix + "random_difference_kept",
                        mean(control, Outcome::logitDifference)
                                / effect.before().logitDifference());
            });
        }
    }

    private static double mean(EditingResult.Control control, ToDoubleFunction<Outcome> of) {
        return control.draws().stream().mapToDouble(of).average().orElseThrow();
    }

    /** Trained on after the removal, after the first random one, and after none. */
    private Figure recovery(TaskCircuits.Task target, Set<Unit> removed, Map<String, Double> metrics)
            throws IOException {
        List<Set<Unit>> controls = controls(target.circuit().universe(), removed);
        Map<String, Set<Unit>> variants = new LinkedHashMap<>();
        variants.put("removed", removed);
        if (!controls.isEmpty()) {
            variants.put("random_removed", controls.get(0));
        }
        variants.put("nothing_removed", Set.of());
        Map<String, List<Recovery.Point>> curves = new LinkedHashMap<>();
        Path workspace = Files.createTempDirectory("reprise-breaking-");
        try {
            Recovery training = new Recovery(
                    built.model().backend(),
                    built.parameters(),
                    training(),
                    batches(target.evaluation()),
                    target.evaluation(),
                    workspace);
            for (Map.Entry<String, Set<Unit>> variant : variants.entrySet()) {
                List<Recovery.Point> points = training.run(variant.getValue(), choice.mode(), variant.getKey())
                        .points();
                curves.put(variant.getKey(), points);
                String prefix = PREFIX + "recovery/" + variant.getKey() + "/";
                metrics.put(prefix + "accuracy_before", points.get(0).outcome().accuracy());
                metrics.put(
                        prefix + "accuracy_after",
                        points.get(points.size() - 1).outcome().accuracy());
            }
        } finally {
            AtomicDirectory.delete(workspace);
        }
        return curves(target, curves);
    }

    private TrainSpec training() {
        return config.train()
                .onwards(
                        choice.steps(),
                        choice.lrRatio() * config.train().lr(),
                        Math.max(1, choice.steps() / choice.points()));
    }

    private BatchSource batches(PairSet measured) {
        BatchCursor order = new BatchCursor(
                without(data.examples(Split.TRAIN), measured),
                config.train().batchSize(),
                data.padId(),
                config.batchSeed());
        return cursor -> LabeledBatch.of(order.batch(cursor), config.train().loss());
    }

    /** Those that hold none of the prompts that are measured: what comes back is not learnt by heart. */
    static List<Example> without(List<Example> examples, PairSet measured) {
        Set<List<Integer>> prompts = new LinkedHashSet<>();
        measured.pairs().stream().map(PromptPair::clean).forEach(prompts::add);
        return examples.stream()
                .filter(example -> prompts.stream().noneMatch(prompt -> holds(example, prompt)))
                .toList();
    }

    private static boolean holds(Example example, List<Integer> prompt) {
        List<Integer> tokens = Arrays.stream(example.tokens()).boxed().toList();
        return Collections.indexOfSubList(tokens, prompt) >= 0;
    }

    private static Figure figure(List<TaskCircuits.Task> tasks, EditingResult result) {
        List<List<Double>> values = new ArrayList<>();
        for (EditingResult.Effect effect : result.effects()) {
            List<Double> row = new ArrayList<>(
                    List.of(effect.before().accuracy(), effect.after().accuracy()));
            row.add(effect.controls().isEmpty() ? null : mean(effect.controls().get(0), Outcome::accuracy));
            values.add(row);
        }
        boolean own = result.edit().equals(OWN);
        return new Figure(
                "breaking-" + result.edit(),
                own
                        ? "What is left without what only the target's circuit has"
                        : "What is left without the target's circuit",
                "Accuracy of the whole model, without these " + result.units().size()
                        + " units, and without as many random ones of the same types and layers.",
                "accuracy",
                "task",
                "model",
                tasks.stream().map(TaskCircuits.Task::name).toList(),
                List.of("whole", "without them", "without random ones"),
                values);
    }

    private static Figure curves(TaskCircuits.Task target, Map<String, List<Recovery.Point>> curves) {
        List<Recovery.Point> some = curves.values().iterator().next();
        return new Figure(
                "breaking-recovery",
                "What training on brings back",
                "Accuracy at " + target.name()
                        + " after so many steps of training on, with units taken out of the weights.",
                "accuracy",
                "taken out",
                "step",
                curves.keySet().stream().map(name -> name.replace('_', ' ')).toList(),
                some.stream().map(point -> String.valueOf(point.step())).toList(),
                curves.values().stream()
                        .map(points -> points.stream()
                                .map(point -> point.outcome().accuracy())
                                .toList())
                        .toList());
    }
}
