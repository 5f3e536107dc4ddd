package io.reprise.experiment;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.editing.DonorEdit;
import io.reprise.analysis.circuit.editing.EditingResult;
import io.reprise.analysis.circuit.editing.EditingResult.Effect;
import io.reprise.analysis.circuit.editing.MeasureEdit;
import io.reprise.analysis.circuit.editing.Outcome;
import io.reprise.analysis.circuit.editing.SteeringVectors;
import io.reprise.analysis.circuit.editing.Variant;
import io.reprise.config.AnalysisChoice;
import io.reprise.data.Dataset;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import io.reprise.run.Figure;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The heads of a task's circuit made to act as in the corrupt prompts, whose answer is a chosen wrong one: how often the model then
 * gives that answer, at this task and at others, beside the same edit of random heads of the same layers, and of all
 * heads outside the circuit; and a constant vector
 * per head instead of a donor, beside vectors as long in random directions.
 */
final class ToyEditing {
    private static final String PREFIX = "editing/";
    private static final String HEADS = "random_heads";
    private static final String OTHERS = "other_heads";
    private static final String DIRECTIONS = "random_directions";

    private final Transformer model;
    private final String name;
    private final Dataset data;
    private final AnalysisChoice.Editing choice;
    private final Rng rng;

    ToyEditing(Transformer model, String name, Dataset data, AnalysisChoice.Editing choice, long seed) {
        this.model = model;
        this.name = name;
        this.data = data;
        this.choice = choice;
        this.rng = Rng.of(seed).split("editing");
    }

    /** @param progress hears how far it is */
    Findings findings(Consumer<String> progress) {
        List<TaskCircuits.Task> tasks = TaskCircuits.find(model, name, data, choice.tasks(), choice.search(), progress);
        TaskCircuits.Task target = TaskCircuits.named(tasks, choice.target());
        Set<Unit.Head> heads = heads(target.circuit().units());
        if (heads.isEmpty()) {
            throw new IllegalArgumentException("the circuit of " + target.name() + " has no head, and editing redirects"
                    + " heads; search in units: nodes or channels, or raise keep");
        }
        List<PairSet> prompts =
                tasks.stream().map(TaskCircuits.Task::evaluation).toList();
        MeasureEdit measure = new MeasureEdit(Variant.of(model), prompts);
        List<Set<Unit.Head>> controls = controls(heads);
        progress.accept("redirecting " + heads.size() + " heads");
        EditingResult redirected = measure.run("redirected", heads, redirected(heads), redirections(heads, controls));
        progress.accept("steering them");
        SteeringVectors vectors = SteeringVectors.fit(model, target.prompts().discovery());
        EditingResult steered = measure.run(
                "steered",
                heads,
                vectors.on(heads, choice.strength()),
                Map.of(
                        DIRECTIONS,
                        IntStream.range(0, choice.controls())
                                .mapToObj(i -> vectors.randomDirections(rng.split("direction " + i))
                                        .on(heads, choice.strength()))
                                .toList()));
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(PREFIX + "heads", (double) heads.size());
        List<Figure> figures = new ArrayList<>();
        for (EditingResult result : List.of(redirected, steered)) {
            metrics(metrics, tasks, result);
            figures.add(figure(tasks, result));
        }
        return Findings.of(figures, metrics);
    }

    /** The same edit of random heads, which may be the circuit's own by chance, and of all heads that are not. */
    private Map<String, List<Variant>> redirections(Set<Unit.Head> heads, List<Set<Unit.Head>> controls) {
        Map<String, List<Variant>> edits = new LinkedHashMap<>();
        if (!controls.isEmpty()) {
            edits.put(HEADS, controls.stream().map(this::redirected).toList());
        }
        Set<Unit.Head> others =
                heads(Universe.heads(ModelShape.of(model.config())).without(Set.copyOf(heads)));
        if (!others.isEmpty()) {
            edits.put(OTHERS, List.of(redirected(others)));
        }
        return edits;
    }

    private Variant redirected(Set<Unit.Head> heads) {
        return new DonorEdit(model, heads, choice.what());
    }

    private static void metrics(Map<String, Double> metrics, List<TaskCircuits.Task> tasks, EditingResult result) {
        for (int i = 0; i < tasks.size(); i++) {
            Effect effect = result.effects().get(i);
            String prefix = PREFIX + result.edit() + "/" + tasks.get(i).name() + "/";
            metrics.put(prefix + "accuracy", effect.before().accuracy());
            metrics.put(prefix + "accuracy_after", effect.after().accuracy());
            metrics.put(prefix + "wanted", effect.before().wanted());
            metrics.put(prefix + "wanted_after", effect.after().wanted());
            metrics.put(prefix + "difference", effect.before().logitDifference());
            metrics.put(prefix + "difference_after", effect.after().logitDifference());
            effect.controls().forEach(control -> {
                String beside = prefix + (control.name().equals(OTHERS) ? "others_" : "random_");
                metrics.put(beside + "accuracy_after", mean(control.draws(), Outcome::accuracy));
                metrics.put(beside + "wanted_after", mean(control.draws(), Outcome::wanted));
                metrics.put(beside + "difference_after", mean(control.draws(), Outcome::logitDifference));
            });
        }
    }

    private static double mean(List<Outcome> draws, ToDoubleFunction<Outcome> of) {
        return draws.stream().mapToDouble(of).average().orElseThrow();
    }

    private static Set<Unit.Head> heads(Set<Unit> units) {
        Set<Unit.Head> heads = new LinkedHashSet<>();
        for (Unit unit : units) {
            if (unit instanceof Unit.Head head) {
                heads.add(head);
            } else if (unit instanceof Unit.Channel channel) {
                heads.add(new Unit.Head(channel.layer(), channel.head()));
            }
        }
        return heads;
    }

    /** None if they could only be the circuit's own. */
    private List<Set<Unit.Head>> controls(Set<Unit.Head> heads) {
        RandomCircuits random =
                new RandomCircuits(Universe.heads(ModelShape.of(model.config())), rng.split("random heads"));
        Set<Unit> units = Set.copyOf(heads);
        return random.freedom(units) == 0
                ? List.of()
                : IntStream.range(0, choice.controls())
                        .mapToObj(i -> heads(random.like(units)))
                        .toList();
    }

    private static Figure figure(List<TaskCircuits.Task> tasks, EditingResult result) {
        List<List<Double>> values = new ArrayList<>();
        for (Effect effect : result.effects()) {
            List<Double> row = new ArrayList<>(List.of(
                    effect.before().accuracy(),
                    effect.after().accuracy(),
                    effect.before().wanted(),
                    effect.after().wanted()));
            row.add(
                    effect.controls().isEmpty()
                            ? null
                            : mean(effect.controls().get(0).draws(), Outcome::wanted));
            values.add(row);
        }
        boolean redirected = result.edit().equals("redirected");
        return new Figure(
                "editing-" + result.edit(),
                redirected ? "Heads redirected by a donor" : "Heads steered by constant vectors",
                "Share of prompts answered right, and answered with the chosen wrong answer, before and after; last the same edit "
                        + (redirected ? "of random heads of the same layers." : "in random directions."),
                "share of prompts",
                "task",
                "answer",
                tasks.stream().map(TaskCircuits.Task::name).toList(),
                List.of("right", "right, edited", "chosen wrong", "chosen wrong, edited", "chosen wrong, random"),
                values);
    }
}
