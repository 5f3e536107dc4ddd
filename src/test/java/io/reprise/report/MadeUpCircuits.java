package io.reprise.report;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Port;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.Control;
import io.reprise.analysis.circuit.evaluation.Figure;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.overlap.within.Csi;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.run.CircuitResults;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Invented results of three tasks: two that share their circuit, and one of which nothing can be said. */
final class MadeUpCircuits {
    static final Universe CHANNELS =
            Universe.channels(new ModelShape(1, 2, 8, false), List.of("x1", "sep", "x2", "end"));
    private static final Unit VALUE = new Unit.Channel(0, 1, Port.V, "x2");
    private static final Unit OUTPUT = new Unit.Channel(0, 1, Port.Z, "end");

    private MadeUpCircuits() {}

    static List<Circuit> circuits() {
        return List.of(
                circuit("numerals", Set.of(VALUE, OUTPUT, new Unit.Mlp(0))),
                circuit("number_words", Set.of(VALUE, OUTPUT)),
                circuit("letters", Set.of()));
    }

    static Circuit circuit(String name, Set<Unit> units) {
        return new Circuit(name, Circuit.Origin.unknown(), CHANNELS, units, Map.of(), Map.of());
    }

    static CircuitResults results() {
        List<Circuit> circuits = circuits();
        Estimate unknown = Estimate.none("not identifiable: no better than <random> ones");
        return new CircuitResults(
                List.of(
                        task(circuits.get(0), 0.95, false, 0.9625),
                        task(circuits.get(1), 0.81, false, 0.7125),
                        task(circuits.get(2), 0.25, true, 0.125)),
                List.of(
                        new CircuitResults.Overlap(
                                "numerals",
                                "number_words",
                                StructuralOverlap.of(circuits.get(0), circuits.get(1)),
                                Optional.of(new Csi.Result(
                                        Estimate.of(0.875, new Interval(0.625, 1.125)), 0.72, 0.81, 0.09, 10)),
                                transfer(Estimate.of(0.93, new Interval(0.58, 1.31)), 0.77),
                                transfer(Estimate.of(0.64, new Interval(0.52, 0.83)), 0.43)),
                        new CircuitResults.Overlap(
                                "numerals",
                                "letters",
                                StructuralOverlap.of(circuits.get(0), circuits.get(2)),
                                Optional.empty(),
                                transfer(unknown, 0.02),
                                transfer(Estimate.of(-0.11, new Interval(-0.32, 0.07)), 0.01)),
                        new CircuitResults.Overlap(
                                "number_words",
                                "letters",
                                StructuralOverlap.of(circuits.get(1), circuits.get(2)),
                                Optional.of(new Csi.Result(unknown, 0.05, 0.07, 0.06, 10)),
                                transfer(unknown, 0.03),
                                transfer(unknown, 0.04))));
    }

    private static CircuitResults.Task task(Circuit circuit, double accuracy, boolean forced, double faithfulness) {
        Figure figure = new Figure(
                Estimate.of(faithfulness, new Interval(faithfulness - 0.0625, faithfulness + 0.0625)),
                Optional.of(new Control(100, 0.21, new Interval(-0.14, 0.47), 0.0099)));
        Figure score = new Figure(Estimate.none("not identifiable: the model scores 0"), Optional.empty());
        return new CircuitResults.Task(
                circuit.name(),
                circuit.name() + " given 4: 32 prompts & 'others' <as such>",
                new Screening(
                        16,
                        accuracy,
                        0.97,
                        new Interval(0.8, 0.99),
                        List.of(),
                        true,
                        forced,
                        "task " + circuit.name() + (forced ? " is forced: at chance" : " passes")),
                "greedy",
                circuit.size(),
                CHANNELS.size(),
                0.9,
                transfer(Estimate.of(1, new Interval(1, 1)), 0.375),
                new CircuitEvaluation(
                        circuit.name(),
                        circuit.name(),
                        "digest",
                        16,
                        false,
                        Ablation.of(Ablation.Kind.MEAN),
                        Metric.LOGIT_DIFFERENCE,
                        CHANNELS.size(),
                        Optional.empty(),
                        circuit.size(),
                        4,
                        0,
                        3,
                        1,
                        figure,
                        score,
                        figure,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0.5,
                        Optional.empty()),
                Optional.of("greedy pruning found the smallest of 8 subsets"));
    }

    private static Transfer.Result transfer(Estimate tau, double necessity) {
        return new Transfer.Result(tau, 0.8, 0.2, 0.9, 0.2, 0.7, 0.1, necessity, 0.5);
    }
}
