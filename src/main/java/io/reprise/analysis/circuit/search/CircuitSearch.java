package io.reprise.analysis.circuit.search;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.discovery.Exhaustive;
import io.reprise.analysis.circuit.discovery.GreedyPruning;
import io.reprise.analysis.circuit.discovery.PruningOptions;
import io.reprise.analysis.circuit.edges.EdgeAttribution;
import io.reprise.analysis.circuit.edges.EdgeModel;
import io.reprise.analysis.circuit.edges.EdgeScores;
import io.reprise.analysis.circuit.edges.EdgeSelection;
import io.reprise.analysis.circuit.edges.ExactEdgePatching;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/** Finds a circuit as a {@link SearchSpec} says. */
public final class CircuitSearch {
    private final SearchSpec spec;

    public CircuitSearch(SearchSpec spec) {
        this.spec = spec;
    }

    /**
     * The model whose circuits are looked for.
     *
     * @param name for people
     * @param fingerprint of its weights
     * @param processing what was done to them
     */
    public record Subject(Transformer model, String name, Optional<String> fingerprint, List<String> processing) {
        public Subject {
            processing = List.copyOf(processing);
        }
    }

    /** {@link #find(Subject, String, PairSet, Consumer)} without telling. */
    public Circuit find(Subject subject, String name, PairSet prompts) {
        return find(subject, name, prompts, step -> {});
    }

    /**
     * The circuit on some prompts.
     *
     * @param name of the circuit
     * @param progress hears how far it is, often
     */
    public Circuit find(Subject subject, String name, PairSet prompts, Consumer<String> progress) {
        TaskModel task = TaskModels.of(subject.model(), prompts, spec.units(), spec.metric(), spec.replacement());
        TaskModel counted = new CountedModel(task, progress);
        DoubleConsumer share = done -> progress.accept(Math.round(100 * done) + "%");
        try {
            Circuit.Origin origin = new Circuit.Origin(
                    Optional.of(subject.name()),
                    subject.fingerprint(),
                    Optional.of(prompts.name()),
                    Optional.of(prompts.digest()),
                    Optional.of(spec.method().key()),
                    Optional.of(spec.replacement()),
                    Optional.of(spec.metric()),
                    subject.processing());
            return switch (spec.method()) {
                case EXHAUSTIVE ->
                    renamed(
                            name,
                            origin,
                            Exhaustive.of(counted).smallest(100 * spec.keep()).get(0));
                case GREEDY ->
                    GreedyPruning.of(counted, new PruningOptions(100 * spec.keep(), false, Optional.empty()))
                            .circuit(name, origin);
                case EAP -> chosen(name, origin, (EdgeModel) task, new EdgeAttribution((EdgeModel) task).run(share));
                case EAP_IG ->
                    chosen(
                            name,
                            origin,
                            (EdgeModel) task,
                            new EdgeAttribution((EdgeModel) task, spec.steps()).run(share));
                case EXACT_EDGES -> chosen(name, origin, (EdgeModel) task, new ExactEdgePatching(task).run(share));
            };
        } finally {
            TaskModels.close(task);
        }
    }

    private static Circuit renamed(String name, Circuit.Origin origin, Circuit circuit) {
        return new Circuit(name, origin, circuit.universe(), circuit.units(), circuit.scores(), circuit.figures());
    }

    /** As few of the largest edges as keep enough, in steps of a tenth. */
    private Circuit chosen(String name, Circuit.Origin origin, EdgeModel task, EdgeScores scores) {
        EdgeSelection selection = new EdgeSelection(scores, EdgeSelection.Order.MAGNITUDE);
        Set<Unit> all = task.universe().all();
        double whole = task.score(all);
        double nothing = task.score(Set.of());
        requireSomething(spec.metric() == Metric.KL ? nothing : whole, task);
        int count = 1;
        Circuit circuit = selection.largest(count);
        while (circuit.size() < all.size()
                && !enough(task.score(circuit.units()), whole, nothing)
                && count < all.size()) {
            count = Math.min(all.size(), Math.max(count + 1, count + count / 10));
            circuit = selection.largest(count);
        }
        Map<String, Double> figures = new LinkedHashMap<>(circuit.figures());
        figures.put("percent", 100 * task.score(circuit.units()) / whole);
        return renamed(
                name,
                origin,
                new Circuit(name, origin, circuit.universe(), circuit.units(), circuit.scores(), figures));
    }

    /** As greedy pruning does. */
    private void requireSomething(double most, EdgeModel task) {
        if (!(most > 0)) {
            throw new IllegalArgumentException(
                    "the model " + (spec.metric() == Metric.KL ? "with everything ablated " : "")
                            + "has " + spec.metric().key() + " = " + most + " on "
                            + task.pairs().name()
                            + "; expected more than 0, since a circuit is measured in % of it. Choose prompts"
                            + " that the model gets right, or another metric or ablation");
        }
    }

    /** The published score, or for KL, of which less is better, the faithfulness. */
    private boolean enough(double score, double whole, double nothing) {
        return switch (spec.metric()) {
            case KL -> 1 - score / nothing >= spec.keep();
            default -> score >= spec.keep() * whole;
        };
    }
}
