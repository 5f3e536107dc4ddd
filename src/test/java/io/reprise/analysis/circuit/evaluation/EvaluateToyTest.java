package io.reprise.analysis.circuit.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskToy;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.stats.Interval;
import io.reprise.tensor.Rng;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A transformer, whatever its weights. */
class EvaluateToyTest {
    private static final EvaluationOptions OPTIONS = new EvaluationOptions(20, 4, 200, Ranking.Order.MAGNITUDE);

    @Test
    void theModelIsOneAndTheAblationIsZeroExactlyWithEveryMetricAndAblation() {
        try (Backend backend = new CpuBackend(1)) {
            for (Ablation.Kind kind : Ablation.Kind.values()) {
                for (Metric metric : new Metric[] {Metric.KL, Metric.PROBABILITY}) {
                    NodeModel model = TaskToy.nodes(backend, metric, kind);
                    Figure full = evaluate(model, model.universe().all()).faithfulness();
                    Figure empty = evaluate(model, Set.of()).faithfulness();
                    assertThat(full.estimate().value()).contains(1.0);
                    assertThat(full.estimate().interval()).contains(new Interval(1, 1));
                    assertThat(empty.estimate().value()).contains(0.0);
                    assertThat(empty.estimate().interval()).contains(new Interval(0, 0));
                }
            }
        }
    }

    @Test
    void circuitAndComplementAreMeasuredAsTheModelSays() {
        try (Backend backend = new CpuBackend(1)) {
            NodeModel model = TaskToy.nodes(backend, Metric.PROBABILITY, Ablation.Kind.MEAN);
            Set<Unit> units = Set.of(new Unit.Mlp(0), new Unit.Head(0, 2));
            CircuitEvaluation found = evaluate(model, units);
            assertThat(found.alone()).isEqualTo(model.score(units));
            assertThat(found.without()).isEqualTo(model.score(model.universe().without(units)));
            double gain = model.score(model.universe().all()) - model.score(Set.of());
            assertThat(found.faithfulness().estimate().value())
                    .contains((model.score(units) - model.score(Set.of())) / gain);
            assertThat(found.faithfulness().control()).isPresent();
            assertThat(found.freedom()).isEqualTo(0.5);
        }
    }

    private static CircuitEvaluation evaluate(NodeModel model, Set<Unit> units) {
        Circuit circuit = new Circuit("c", Circuit.Origin.unknown(), model.universe(), units, Map.of(), Map.of());
        return EvaluateCircuit.of(model, circuit, OPTIONS, Rng.of(1));
    }
}
