package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.discovery.Exhaustive;
import io.reprise.analysis.circuit.discovery.GreedyCheck;
import io.reprise.analysis.circuit.discovery.GreedyPruning;
import io.reprise.analysis.circuit.discovery.PruningOptions;
import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.EvaluateCircuit;
import io.reprise.analysis.circuit.evaluation.EvaluationOptions;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.circuit.search.CircuitSearch;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.circuit.search.TaskModels;
import io.reprise.analysis.overlap.within.Csi;
import io.reprise.analysis.overlap.within.SplitHalves;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.config.AnalysisChoice;
import io.reprise.data.Dataset;
import io.reprise.data.PairSet;
import io.reprise.data.pairs.PairSpec;
import io.reprise.data.pairs.TaskPairs;
import io.reprise.data.pairs.ToyPairs;
import io.reprise.model.Transformer;
import io.reprise.run.CircuitResults;
import io.reprise.stats.FalseDiscovery;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** Circuits of a run's own tasks, found on some prompts and judged on others, and what every two of them share. */
final class ToyCircuits {
    private static final String ALL = "task";
    /** Of fewer pairs of tasks a rank correlation says nothing. */
    private static final int FEWEST_PAIRS = 4;

    private final CircuitSearch.Subject subject;
    private final Dataset data;
    private final AnalysisChoice.Circuits choice;
    private final CircuitSearch search;
    private final Rng rng;

    ToyCircuits(Transformer model, String name, Dataset data, AnalysisChoice.Circuits choice, long seed) {
        this.subject = new CircuitSearch.Subject(model, name, Optional.empty(), List.of());
        this.data = data;
        this.choice = choice;
        this.search = new CircuitSearch(choice.search());
        this.rng = Rng.of(seed).split("circuits");
    }

    /** The tasks asked for; all there is as one task, if none is. */
    static Map<String, PairSpec> specs(AnalysisChoice.Circuits choice) {
        return choice.tasks().isEmpty() ? Map.of(ALL, PairSpec.defaults()) : choice.tasks();
    }

    /** A task on the way. */
    private record Task(
            String name,
            TaskPairs prompts,
            Screening screening,
            Circuit circuit,
            TaskModel judge,
            Transfer.Own own,
            CircuitEvaluation evaluation,
            Optional<GreedyCheck> check,
            List<SplitHalves.Halves> halves) {}

    /** @param progress hears how far it is */
    Findings findings(Consumer<String> progress) {
        Map<String, PairSpec> specs = specs(choice);
        List<Task> tasks = new ArrayList<>();
        try {
            specs.forEach((name, spec) -> {
                progress.accept("circuit of " + name);
                tasks.add(task(name, spec, specs.size() > 1));
            });
            List<CircuitResults.Overlap> overlaps = new ArrayList<>();
            for (int i = 0; i < tasks.size(); i++) {
                for (int j = i + 1; j < tasks.size(); j++) {
                    progress.accept("overlap of " + tasks.get(i).name() + " and "
                            + tasks.get(j).name());
                    overlaps.add(overlap(tasks.get(i), tasks.get(j)));
                }
            }
            CircuitResults results =
                    new CircuitResults(tasks.stream().map(this::result).toList(), overlaps);
            Map<String, Double> metrics = metrics(results);
            tasks.forEach(task -> task.check().ifPresent(check -> {
                metrics.put("circuit/" + task.name() + "/greedy_is_smallest", check.smallest() ? 1.0 : 0.0);
                metrics.put("circuit/" + task.name() + "/greedy_is_irreducible", check.irreducible() ? 1.0 : 0.0);
            }));
            return Findings.of(results, tasks.stream().map(Task::circuit).toList(), metrics);
        } finally {
            tasks.forEach(task -> TaskModels.close(task.judge()));
        }
    }

    private Task task(String name, PairSpec spec, boolean compared) {
        TaskPairs prompts = ToyPairs.of(data, spec);
        Screening screening = CircuitTask.screen(
                        subject.model(), prompts.discovery(), Optional.of(data), choice.force())
                .orThrow();
        Circuit circuit = search.find(subject, name, prompts.discovery());
        SearchSpec how = choice.search();
        TaskModel judge = CircuitTask.at(subject.model(), prompts.evaluation(), how);
        Transfer.Own own = new Transfer(judge, choice.controls(), rng.split("controls " + name)).own(circuit.units());
        List<SplitHalves.Halves> halves = compared
                ? new SplitHalves(circuit.universe(), part -> search.find(subject, name, part)
                                .units())
                        .of(prompts.discovery(), choice.splits(), rng.split("halves " + name))
                : List.of();
        CircuitEvaluation evaluation =
                EvaluateCircuit.of(judge, circuit, EvaluationOptions.defaults(), rng.split("evaluation " + name));
        return new Task(name, prompts, screening, circuit, judge, own, evaluation, check(prompts.discovery()), halves);
    }

    /** Greedy pruning against every subset of a small universe. */
    private Optional<GreedyCheck> check(PairSet prompts) {
        SearchSpec how = choice.search();
        if (how.method() != SearchSpec.Method.GREEDY) {
            return Optional.empty();
        }
        TaskModel task = CircuitTask.at(subject.model(), prompts, how);
        try {
            double keep = 100 * how.keep();
            return task.universe().size() > Exhaustive.LARGEST
                    ? Optional.empty()
                    : Optional.of(GreedyCheck.of(
                            Exhaustive.of(task),
                            GreedyPruning.of(task, new PruningOptions(keep, false, Optional.empty())),
                            keep));
        } finally {
            TaskModels.close(task);
        }
    }

    private CircuitResults.Task result(Task task) {
        Set<Unit> all = task.judge().universe().all();
        return new CircuitResults.Task(
                task.name(),
                task.prompts().description(),
                task.screening(),
                choice.search().method().key(),
                task.circuit().size(),
                all.size(),
                task.judge().score(task.circuit().units()) / task.judge().score(all),
                task.own().from(task.circuit().units()),
                task.evaluation(),
                task.check().map(GreedyCheck::text));
    }

    private CircuitResults.Overlap overlap(Task one, Task other) {
        List<Csi.Repetition> repetitions =
                new SplitHalves(one.circuit().universe(), part -> Set.of()).repetitions(one.halves(), other.halves());
        return new CircuitResults.Overlap(
                one.name(),
                other.name(),
                StructuralOverlap.of(one.circuit(), other.circuit()),
                repetitions.size() < 2
                        ? Optional.empty()
                        : Optional.of(Csi.of(repetitions, rng.split("csi " + one.name() + " " + other.name()))),
                other.own().from(one.circuit().units()),
                one.own().from(other.circuit().units()));
    }

    private static Map<String, Double> metrics(CircuitResults results) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (CircuitResults.Task task : results.tasks()) {
            String name = "circuit/" + task.name() + "/";
            metrics.put(name + "size", (double) task.size());
            metrics.put(name + "share", (double) task.size() / task.universe());
            metrics.put(name + "accuracy", task.screening().accuracy());
            metrics.put(name + "score", task.score());
            metrics.put(name + "faithfulness", task.own().own());
            metrics.put(name + "random_faithfulness", task.own().ownControl());
            metrics.put(name + "necessity", task.own().necessity());
            task.evaluation().curve().ifPresent(curve -> {
                curve.cpr().estimate().value().ifPresent(value -> metrics.put(name + "cpr", value));
                curve.cmd().estimate().value().ifPresent(value -> metrics.put(name + "cmd", value));
            });
        }
        for (CircuitResults.Overlap overlap : results.overlaps()) {
            String name = "overlap/" + overlap.one() + "-" + overlap.other() + "/";
            metrics.put(name + "jaccard", overlap.structural().jaccard());
            metrics.put(name + "contained", overlap.structural().containedA());
            overlap.structural().adjustedJaccard().ifPresent(value -> metrics.put(name + "adjusted_jaccard", value));
            metrics.put(
                    name + "stratified_log_p", overlap.structural().stratified().logP());
            overlap.csi().ifPresent(csi -> {
                metrics.put(name + "ceiling", csi.ceiling());
                metrics.put(name + "chance", csi.chance());
                csi.estimate().value().ifPresent(value -> metrics.put(name + "csi", value));
                csi.estimate().interval().ifPresent(interval -> metrics.put(name + "csi_low", interval.low()));
            });
            transfer(metrics, name, overlap.forward());
            transfer(metrics, "overlap/" + overlap.other() + "-" + overlap.one() + "/", overlap.backward());
        }
        for (CircuitResults.Task task : results.tasks()) {
            specificity(task.name(), task.own().necessity(), results.overlaps())
                    .ifPresent(value -> metrics.put("circuit/" + task.name() + "/specificity", value));
        }
        adjusted(results.overlaps()).forEach((name, q) -> metrics.put("overlap/" + name + "/stratified_q", q));
        agreement(results.overlaps()).ifPresent(rho -> metrics.put("overlap/csi_and_tau", rho));
        return metrics;
    }

    /**
     * How much more a task loses without its own circuit than without another task's, on average; empty for a single task.
     *
     * @param own necessity of the task's own circuit
     */
    static Optional<Double> specificity(String task, double own, List<CircuitResults.Overlap> overlaps) {
        List<Double> others = new ArrayList<>();
        for (CircuitResults.Overlap overlap : overlaps) {
            if (overlap.other().equals(task)) {
                others.add(overlap.forward().necessity());
            } else if (overlap.one().equals(task)) {
                others.add(overlap.backward().necessity());
            }
        }
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(own
                        - others.stream().mapToDouble(each -> each).average().orElseThrow());
    }

    /** By pair, p for random circuits of the same types and layers, adjusted for the number of pairs that can be told at all. */
    static Map<String, Double> adjusted(List<CircuitResults.Overlap> overlaps) {
        List<CircuitResults.Overlap> tests = overlaps.stream()
                .filter(overlap -> overlap.structural().problem().isEmpty())
                .toList();
        double[] q = FalseDiscovery.adjust(tests.stream()
                .mapToDouble(overlap -> overlap.structural().stratified().p())
                .toArray());
        Map<String, Double> byPair = new LinkedHashMap<>();
        for (int i = 0; i < q.length; i++) {
            byPair.put(tests.get(i).one() + "-" + tests.get(i).other(), q[i]);
        }
        return byPair;
    }

    /** Spearman's rank correlation, over pairs of tasks, of CSI with the mean of both transfers. */
    private static Optional<Double> agreement(List<CircuitResults.Overlap> overlaps) {
        List<double[]> both = new ArrayList<>();
        for (CircuitResults.Overlap overlap : overlaps) {
            Optional<Double> csi =
                    overlap.csi().flatMap(result -> result.estimate().value());
            Optional<Double> there = overlap.forward().tau().value();
            Optional<Double> back = overlap.backward().tau().value();
            if (csi.isPresent() && there.isPresent() && back.isPresent()) {
                both.add(new double[] {csi.get(), (there.get() + back.get()) / 2});
            }
        }
        if (both.size() < FEWEST_PAIRS) {
            return Optional.empty();
        }
        double rho = new SpearmansCorrelation()
                .correlation(
                        both.stream().mapToDouble(pair -> pair[0]).toArray(),
                        both.stream().mapToDouble(pair -> pair[1]).toArray());
        return Double.isFinite(rho) ? Optional.of(rho) : Optional.empty();
    }

    private static void transfer(Map<String, Double> metrics, String name, Transfer.Result transfer) {
        metrics.put(name + "faithfulness", transfer.faithfulness());
        metrics.put(name + "random_faithfulness", transfer.control());
        metrics.put(name + "necessity", transfer.necessity());
        metrics.put(name + "core_faithfulness", transfer.core());
        metrics.put(name + "rest_faithfulness", transfer.rest());
        transfer.tau().value().ifPresent(value -> metrics.put(name + "tau", value));
        transfer.tau().interval().ifPresent(interval -> metrics.put(name + "tau_low", interval.low()));
    }
}
