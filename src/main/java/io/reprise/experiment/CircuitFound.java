package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.discovery.PruningEnsemble;
import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.Control;
import io.reprise.analysis.circuit.evaluation.Figure;
import io.reprise.analysis.circuit.evaluation.Minimality;
import io.reprise.analysis.circuit.roles.HeadScores;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What was found.
 *
 * @param prompts which they are
 * @param discovery how many it was found on
 * @param kind of units
 * @param method how it was found, with what is ablated and the share of the metric to keep
 * @param figures of the search: {@code trials}, {@code requested}, {@code kept}, …
 * @param file where it was written
 */
public record CircuitFound(
        String name,
        String model,
        String shape,
        Optional<String> fingerprint,
        List<String> processing,
        String prompts,
        int discovery,
        Screening screening,
        String kind,
        String method,
        String ablation,
        double keep,
        List<Member> units,
        int universe,
        Map<String, Double> figures,
        CircuitEvaluation evaluation,
        Optional<Ensemble> ensemble,
        Optional<HeadScores> roles,
        List<AtStep> checkpoints,
        Optional<String> file) {
    /**
     * A unit of the circuit.
     *
     * @param score what discovery said
     * @param survival share of an ensemble's runs that kept it
     * @param change of the metric without it; see {@link Minimality}
     * @param p of that change
     * @param role of a head, if it has one
     */
    public record Member(
            String unit,
            Optional<Double> score,
            Optional<Double> survival,
            Optional<Double> change,
            Optional<Double> p,
            Optional<String> role) {}

    /**
     * Greedy pruning in random orders.
     *
     * @param sizes of the circuits found
     * @param survival share of the runs that kept a unit, of all units that any kept
     */
    public record Ensemble(int runs, List<Integer> sizes, Map<String, Double> survival) {
        static Ensemble of(PruningEnsemble ensemble) {
            Map<String, Double> survival = new LinkedHashMap<>();
            ensemble.survival().forEach((unit, share) -> {
                if (share > 0) {
                    survival.put(unit.name(), share);
                }
            });
            return new Ensemble(
                    ensemble.runs().size(),
                    ensemble.runs().stream().map(run -> run.kept().size()).toList(),
                    survival);
        }
    }

    /**
     * The circuit at a step of training.
     *
     * @param accuracy of the model on the prompts
     * @param preferred share of prompts where the answer is above the wrong one
     * @param refused why there is none
     * @param shared J* with the final circuit
     */
    public record AtStep(
            long step,
            double accuracy,
            double preferred,
            Optional<String> refused,
            List<String> units,
            Optional<Double> score,
            Optional<Figure> faithfulness,
            Optional<Double> shared) {
        static AtStep none(long step, Screening screening, String why) {
            return new AtStep(
                    step,
                    screening.accuracy(),
                    screening.preferred(),
                    Optional.of(why),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        static AtStep found(long step, Judged judged, Circuit last) {
            return new AtStep(
                    step,
                    judged.screening().accuracy(),
                    judged.screening().preferred(),
                    Optional.empty(),
                    judged.circuit().units().stream().map(Unit::name).toList(),
                    judged.evaluation().score().estimate().value(),
                    Optional.of(judged.evaluation().faithfulness()),
                    StructuralOverlap.of(judged.circuit(), last).adjustedJaccard());
        }
    }

    /** A circuit with its figures on other prompts. */
    record Judged(Screening screening, Circuit circuit, CircuitEvaluation evaluation) {
        List<Member> members(Optional<PruningEnsemble> ensemble, Optional<HeadScores> roles) {
            Map<String, Minimality.Change> changes = evaluation
                    .minimality()
                    .map(minimality -> minimality.units().stream()
                            .collect(Collectors.toMap(Minimality.Change::unit, change -> change)))
                    .orElse(Map.of());
            Optional<Map<Unit, Double>> survival = ensemble.map(PruningEnsemble::survival);
            return circuit.units().stream()
                    .map(unit -> new Member(
                            unit.name(),
                            Optional.ofNullable(circuit.scores().get(unit)),
                            survival.map(shares -> shares.get(unit)),
                            Optional.ofNullable(changes.get(unit.name())).map(Minimality.Change::change),
                            Optional.ofNullable(changes.get(unit.name())).flatMap(Minimality.Change::p),
                            unit instanceof Unit.Head head
                                    ? roles.map(scores -> scores.roles().get(head))
                                            .map(role -> role.key())
                                    : Optional.empty()))
                    .toList();
        }

        /** The circuit as it is written: with what was measured of it. */
        Circuit withFigures(Optional<PruningEnsemble> ensemble) {
            Map<String, Double> figures = new LinkedHashMap<>(circuit.figures());
            figures.put("model_accuracy", screening.accuracy());
            put(figures, "score", evaluation.score());
            put(figures, "faithfulness", evaluation.faithfulness());
            put(figures, "necessity", evaluation.necessity());
            evaluation.curve().ifPresent(curve -> {
                put(figures, "cpr", curve.cpr());
                put(figures, "cmd", curve.cmd());
            });
            ensemble.ifPresent(runs ->
                    Ensemble.of(runs).survival().forEach((unit, share) -> figures.put("survival/" + unit, share)));
            return new Circuit(
                    circuit.name(), circuit.origin(), circuit.universe(), circuit.units(), circuit.scores(), figures);
        }

        private static void put(Map<String, Double> figures, String name, Figure figure) {
            figure.estimate().value().ifPresent(value -> figures.put(name, value));
            figure.estimate().interval().ifPresent(interval -> {
                figures.put(name + "_low", interval.low());
                figures.put(name + "_high", interval.high());
            });
            figure.control().map(Control::mean).ifPresent(mean -> figures.put("random_" + name, mean));
        }
    }
}
