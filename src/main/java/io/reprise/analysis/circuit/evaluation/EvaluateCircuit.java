package io.reprise.analysis.circuit.evaluation;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Evaluates a circuit on prompts that it should not have been found on ({@link io.reprise.data.PairSet#requireDisjoint}). Every figure
 * stands beside that of random circuits with the same number of units of each type in each layer; where they could only be the
 * circuit itself there are none, and the evaluation says so.
 */
public final class EvaluateCircuit {
    private final TaskModel model;
    private final Set<Unit> circuit;
    private final EvaluationOptions options;
    private final Measurements measured;
    private final List<Set<Unit>> random = new ArrayList<>();

    private EvaluateCircuit(TaskModel model, Set<Unit> circuit, EvaluationOptions options, Rng rng) {
        this.model = model;
        this.circuit = circuit;
        this.options = options;
        this.measured = new Measurements(model, options.resamples(), rng.split("prompts"));
        RandomCircuits source = new RandomCircuits(model.universe(), rng.split("circuits"));
        for (int i = 0; i < options.controls() && source.freedom(circuit) > 0; i++) {
            random.add(source.like(circuit));
        }
    }

    /**
     * @param model on the evaluation's prompts
     * @param rng of random circuits, knockouts and resamples
     * @throws IllegalArgumentException if the circuit is of another model, or of other units
     */
    public static CircuitEvaluation of(TaskModel model, Circuit circuit, EvaluationOptions options, Rng rng) {
        circuit.requireUniverse(
                model.universe(), "the model at " + model.pairs().name());
        return new EvaluateCircuit(model, circuit.units(), options, rng).evaluate(circuit, rng);
    }

    private CircuitEvaluation evaluate(Circuit found, Rng rng) {
        Universe universe = model.universe();
        Set<Unit> rest = universe.without(circuit);
        String data = model.pairs().digest();
        double whole = Measurements.mean(measured.whole());
        return new CircuitEvaluation(
                found.name(),
                model.pairs().name(),
                data,
                model.pairs().size(),
                found.origin().data().filter(data::equals).isPresent(),
                model.ablation(),
                model.metric(),
                universe.size(),
                Optional.ofNullable(found.figures().get("requested")).map(Double::intValue),
                circuit.size(),
                whole,
                Measurements.mean(measured.nothing()),
                measured.score(circuit),
                measured.score(rest),
                Figure.of(
                        measured.faithfulness(circuit),
                        () -> controls(measured::faithfulnessValue),
                        Control.Better.MORE),
                Figure.of(
                        measured.score(circuit, noScore()),
                        () -> controls(units -> measured.score(units) / whole),
                        Control.Better.MORE),
                Figure.of(
                        measured.normalised(List.of(measured.values(rest)), f -> 1 - f[0]),
                        () -> controls(units -> 1 - measured.faithfulnessValue(universe.without(units))),
                        Control.Better.MORE),
                asked(new MeasureCompleteness(measured, options.knockouts(), rng.split("completeness")), random),
                asked(new MeasureMinimality(measured, options.knockouts(), rng.split("minimality"))),
                found.scores().isEmpty()
                        ? Optional.empty()
                        : Optional.of(MeasureCurve.of(
                                measured,
                                Ranking.of(universe, found.scores(), options.order()),
                                options,
                                rng.split("curve"))),
                new RandomCircuits(universe, rng).freedom(circuit),
                random.isEmpty() ? Optional.of(uncontrolled()) : Optional.empty());
    }

    private Optional<Completeness> asked(MeasureCompleteness completeness, List<Set<Unit>> controls) {
        return options.knockouts() == 0 ? Optional.empty() : Optional.of(completeness.of(circuit, controls));
    }

    private Optional<Minimality> asked(MeasureMinimality minimality) {
        return options.knockouts() == 0 ? Optional.empty() : Optional.of(minimality.of(circuit, options.controls()));
    }

    private Optional<String> noScore() {
        return model.metric() == Metric.KL
                ? Optional.of("not identifiable: kl is 0 for the model itself, so there is nothing to divide by; see"
                        + " faithfulness")
                : Optional.empty();
    }

    private Optional<double[]> controls(ToDoubleFunction<Set<Unit>> figure) {
        return random.isEmpty()
                ? Optional.empty()
                : Optional.of(random.stream().mapToDouble(figure).toArray());
    }

    private String uncontrolled() {
        if (circuit.isEmpty()) {
            return "the circuit is empty: a random circuit of its size is empty, too";
        }
        return circuit.size() == model.universe().size()
                ? "the circuit is the whole model: no random circuit of its size is another"
                : "the circuit has all units of every type and layer that it has any of: no random circuit with as many of"
                        + " each is another";
    }
}
