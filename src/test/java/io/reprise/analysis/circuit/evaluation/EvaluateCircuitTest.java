package io.reprise.analysis.circuit.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Game;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.run.Json;
import io.reprise.stats.Interval;
import io.reprise.tensor.Rng;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Games whose figures are worked out by hand. */
class EvaluateCircuitTest {
    private static final double EXACT = 1e-12; // sums and quotients of a few small numbers
    private static final Universe NODES = Universe.nodes(new ModelShape(2, 4, 8, false));
    private static final EvaluationOptions OPTIONS = new EvaluationOptions(100, 8, 400, Ranking.Order.MAGNITUDE);

    private static Circuit circuit(Universe universe, String... names) {
        Set<Unit> units = new LinkedHashSet<>();
        for (String name : names) {
            units.add(universe.find(name).orElseThrow());
        }
        return new Circuit("c", Circuit.Origin.unknown(), universe, units, Map.of(), Map.of());
    }

    private static CircuitEvaluation evaluate(TaskModel model, Circuit circuit) {
        return EvaluateCircuit.of(model, circuit, OPTIONS, Rng.of(5));
    }

    private static double value(Figure figure) {
        return figure.estimate().value().orElseThrow();
    }

    @Test
    void figuresOfAnAdditiveGameAreThoseOnPaper() {
        Game game = Game.additive(NODES, 2, 6, Map.of("a0.h1", 3.0, "m1", 1.0));
        CircuitEvaluation found = evaluate(game, circuit(NODES, "a0.h1"));
        assertThat(found.whole()).isEqualTo(6);
        assertThat(found.nothing()).isEqualTo(2);
        assertThat(found.alone()).isEqualTo(5);
        assertThat(found.without()).isEqualTo(3);
        assertThat(value(found.faithfulness())).isEqualTo(0.75, within(EXACT));
        assertThat(found.faithfulness().estimate().interval()).contains(new Interval(0.75, 0.75)); // prompts are alike
        assertThat(value(found.score())).isEqualTo(5.0 / 6, within(EXACT));
        assertThat(value(found.necessity())).isEqualTo(0.75, within(EXACT));
        assertThat(found.curve()).isEmpty();
        assertThat(found.requested()).isEmpty();
        assertThat(found.kept()).isEqualTo(1);
        assertThat(found.freedom()).isEqualTo(1);
        assertThat(found.uncontrolled()).isEmpty();
    }

    @Test
    void randomCircuitsHaveTheSameStrata() {
        Game game = Game.additive(NODES, 0, 3, Map.of("a0.h1", 4.0, "a1.h0", 100.0));
        Control control =
                evaluate(game, circuit(NODES, "a0.h1")).faithfulness().control().orElseThrow();
        assertThat(control.circuits()).isEqualTo(100);
        assertThat(control.range()).isEqualTo(new Interval(0, 4 / 104.0)); // never the other layer's head
        // 1 of 4 heads is as good; 4 binomial standard errors of 100 draws are 0.17
        assertThat(control.p()).isCloseTo(0.25, within(0.17));
        assertThat(control.mean()).isCloseTo(1 / 104.0, within(0.17 * 4 / 104));
        assertThat(control.p()).isEqualTo((1 + Math.round(control.mean() * 104 / 4 * 100)) / 101.0, within(EXACT));
    }

    @Test
    void divergenceCountsDownFromEverythingAblated() {
        Game game = Game.of(
                NODES,
                Metric.KL,
                4,
                kept -> 8 - (kept.contains(new Unit.Mlp(0)) ? 6 : 0) - (kept.contains(new Unit.Head(0, 0)) ? 2 : 0));
        CircuitEvaluation found = evaluate(game, circuit(NODES, "m0"));
        assertThat(value(found.faithfulness())).isEqualTo(0.75, within(EXACT));
        assertThat(value(found.necessity())).isEqualTo(0.75, within(EXACT));
        assertThat(found.score().estimate().problem().orElseThrow()).contains("not identifiable", "kl is 0");
        assertThat(found.score().control()).isEmpty();
    }

    @Test
    void theWholeModelIsOneAndNothingIsZeroExactly() {
        Rng rng = Rng.of(1);
        double[] noise = new double[7];
        Arrays.setAll(noise, i -> 0.3 * rng.nextGaussian());
        Game game = new Game(
                NODES,
                Metric.LOGIT_DIFFERENCE,
                7,
                (kept, prompt) -> 0.1
                        + noise[prompt]
                        + kept.stream()
                                .mapToDouble(unit -> 0.37 + noise[prompt] / 3)
                                .sum());
        CircuitEvaluation full = evaluate(
                game, circuit(NODES, NODES.units().stream().map(Unit::name).toArray(String[]::new)));
        assertThat(full.faithfulness().estimate().value()).contains(1.0);
        assertThat(full.faithfulness().estimate().interval()).contains(new Interval(1, 1));
        assertThat(full.score().estimate().value()).contains(1.0);
        assertThat(full.necessity().estimate().value()).contains(1.0);
        assertThat(full.faithfulness().control()).isEmpty();
        assertThat(full.uncontrolled().orElseThrow()).contains("whole model");
        assertThat(full.completeness().orElseThrow().incompleteness().estimate().value())
                .contains(0.0);
        assertThat(full.minimality().orElseThrow().others()).isZero();
        assertThat(full.minimality().orElseThrow().units())
                .allMatch(change -> change.p().isEmpty());

        CircuitEvaluation empty = evaluate(game, circuit(NODES));
        assertThat(empty.faithfulness().estimate().value()).contains(0.0);
        assertThat(empty.faithfulness().estimate().interval()).contains(new Interval(0, 0));
        assertThat(empty.necessity().estimate().value()).contains(0.0);
        assertThat(empty.faithfulness().control()).isEmpty();
        assertThat(empty.uncontrolled().orElseThrow()).contains("empty");
        // nothing can be taken out of nothing: the gap is all that the model does
        assertThat(empty.completeness().orElseThrow().worst()).isEqualTo(full.whole() - full.nothing(), within(EXACT));
        assertThat(empty.minimality().orElseThrow().units()).isEmpty();
    }

    @Test
    void aCircuitOfWholeStrataHasNoRandomOnesBesideIt() {
        Game game = Game.additive(NODES, 0, 3, Map.of("m0", 1.0));
        CircuitEvaluation found = evaluate(game, circuit(NODES, "m0"));
        assertThat(found.freedom()).isZero();
        assertThat(found.faithfulness().control()).isEmpty();
        assertThat(found.uncontrolled().orElseThrow()).contains("all units of every type and layer");
    }

    @Test
    void aTaskThatTheAblationDoesNotHurtIsNotIdentifiable() {
        // gain +0.1 with a standard deviation of 1 over 16 prompts: 2 standard errors are 0.52
        Game faint = new Game(
                NODES,
                Metric.LOGIT_DIFFERENCE,
                16,
                (kept, prompt) -> 3 + (kept.contains(new Unit.Head(0, 0)) ? 0.1 + (prompt % 2 == 0 ? 1 : -1) : 0));
        CircuitEvaluation found = evaluate(faint, circuit(NODES, "a0.h0"));
        assertThat(found.faithfulness().estimate().problem().orElseThrow())
                .contains("not identifiable", "everything ablated", "two standard errors 0.516", "16 prompts");
        assertThat(found.faithfulness().control()).isEmpty();
        assertThat(found.necessity().estimate().value()).isEmpty();
        assertThat(found.score().estimate().value()).isPresent(); // m(M) itself is well above 0
        Game harmful = Game.additive(NODES, 3, 4, Map.of("a0.h0", -2.0));
        assertThat(evaluate(harmful, circuit(NODES, "a0.h0"))
                        .faithfulness()
                        .estimate()
                        .problem())
                .isPresent();
        Game idle = Game.additive(NODES, 0, 4, Map.of());
        assertThat(evaluate(idle, circuit(NODES, "a0.h0"))
                        .score()
                        .estimate()
                        .problem()
                        .orElseThrow())
                .contains("logit_difference is not above 0");
    }

    @Test
    void intervalsAreWiderWherePromptsDiffer() {
        Game game = new Game(
                NODES,
                Metric.LOGIT_DIFFERENCE,
                40,
                (kept, prompt) -> (kept.contains(new Unit.Head(0, 0)) ? 2 + prompt % 5 : 0)
                        + (kept.contains(new Unit.Mlp(1)) ? prompt % 3 : 0));
        CircuitEvaluation found = evaluate(game, circuit(NODES, "a0.h0"));
        Interval interval = found.faithfulness().estimate().interval().orElseThrow();
        // 160 of 160 + 39
        assertThat(value(found.faithfulness())).isEqualTo(160 / 199.0, within(EXACT));
        assertThat(interval.contains(160 / 199.0)).isTrue();
        assertThat(interval.width()).isBetween(0.02, 0.3);
    }

    @Test
    void aBackupOutsideTheCircuitMakesItIncomplete() {
        Game either = Game.of(
                NODES,
                Metric.LOGIT_DIFFERENCE,
                4,
                kept -> kept.contains(new Unit.Head(0, 0)) || kept.contains(new Unit.Head(1, 1)) ? 1 : 0);
        Completeness one =
                evaluate(either, circuit(NODES, "a0.h0")).completeness().orElseThrow();
        assertThat(one.knockouts()).isEqualTo(8);
        assertThat(one.worst()).isEqualTo(1);
        assertThat(one.worstKnockout()).containsExactly("a0.h0");
        double gone = value(one.incompleteness()) * 8; // times that the one unit was in K
        assertThat(gone).isEqualTo(Math.round(gone), within(EXACT)).isBetween(1.0, 7.0);
        // the model keeps logits (1, 0), the circuit has (0, 0)
        double kl = Math.log(2)
                + Math.log(Math.E / (1 + Math.E)) * Math.E / (1 + Math.E)
                + Math.log(1 / (1 + Math.E)) / (1 + Math.E);
        assertThat(value(one.divergence())).isEqualTo(gone / 8 * kl, within(EXACT));
        Completeness both = evaluate(either, circuit(NODES, "a0.h0", "a1.h1"))
                .completeness()
                .orElseThrow();
        assertThat(value(both.incompleteness())).isZero();
        assertThat(value(both.divergence())).isZero();
        // random pairs leave a head out, as a rule, but are incomplete only with K's that tell
        assertThat(both.incompleteness().control().orElseThrow().mean()).isPositive();
    }

    @Test
    void aUnitThatDoesNothingIsToldFromOneThatHasAStandIn() {
        Game game = Game.of(
                NODES,
                Metric.LOGIT_DIFFERENCE,
                2,
                kept -> kept.contains(new Unit.Head(0, 0)) || kept.contains(new Unit.Head(1, 1)) ? 3 : 0);
        Minimality minimality = evaluate(game, circuit(NODES, "a0.h0", "a1.h1", "m1"))
                .minimality()
                .orElseThrow();
        assertThat(minimality.others()).isEqualTo(7);
        assertThat(minimality.otherMean()).contains(0.0);
        assertThat(minimality.knockouts()).isEqualTo(9);
        Map<String, Minimality.Change> units = new LinkedHashMap<>();
        minimality.units().forEach(change -> units.put(change.unit(), change));
        assertThat(units.keySet()).containsExactly("a0.h0", "a1.h1", "m1");
        assertThat(units.get("a0.h0").change()).isEqualTo(3);
        assertThat(units.get("a0.h0").knockout()).contains("a1.h1").doesNotContain("a0.h0");
        assertThat(units.get("a0.h0").p()).contains(1 / 8.0);
        assertThat(units.get("m1").change()).isZero();
        assertThat(units.get("m1").p()).contains(1.0);
    }

    @Test
    void theSameSeedTellsTheSame() {
        Game game = Game.additive(NODES, 1, 5, Map.of("a0.h1", 3.0, "a1.h2", 1.0, "m1", 1.0));
        Circuit circuit = circuit(NODES, "a0.h1", "m1");
        assertThat(evaluate(game, circuit)).isEqualTo(evaluate(game, circuit));
    }

    @Test
    void aCircuitSaysWhereItWasFoundAndHowManyUnitsWereAskedFor() {
        Game game = Game.additive(NODES, 1, 5, Map.of("a0.h1", 3.0));
        Circuit.Origin none = Circuit.Origin.unknown();
        Circuit.Origin origin = new Circuit.Origin(
                none.model(),
                none.fingerprint(),
                none.task(),
                Optional.of(game.pairs().digest()),
                none.method(),
                none.ablation(),
                none.metric(),
                List.of());
        Circuit circuit =
                new Circuit("c", origin, NODES, Set.of(new Unit.Head(0, 1)), Map.of(), Map.of("requested", 7.0));
        CircuitEvaluation found = evaluate(game, circuit);
        assertThat(found.requested()).contains(7);
        assertThat(found.foundOnThesePrompts()).isTrue();
        assertThat(evaluate(game, circuit(NODES, "a0.h1")).foundOnThesePrompts())
                .isFalse();
    }

    @Test
    void anEvaluationComesBackFromJsonAsItWas(@TempDir Path folder) throws Exception {
        Game game = Game.additive(NODES, 1, 5, Map.of("a0.h1", 3.0, "a1.h2", 1.0));
        Map<Unit, Double> scores = Map.of(new Unit.Head(0, 1), 3.0, new Unit.Mlp(0), -0.5);
        Circuit scored =
                new Circuit("c", Circuit.Origin.unknown(), NODES, Set.of(new Unit.Head(0, 1)), scores, Map.of());
        Game kl = Game.of(NODES, Metric.KL, 3, kept -> kept.isEmpty() ? 1 : 0);
        for (CircuitEvaluation found :
                List.of(evaluate(game, scored), evaluate(game, circuit(NODES)), evaluate(kl, scored))) {
            Path file = Files.writeString(folder.resolve("evaluation.json"), Json.write(found));
            assertThat(Json.read(file, CircuitEvaluation.class)).isEqualTo(found);
        }
        assertThat(evaluate(game, scored).curve()).isPresent();
    }

    @Test
    void mistakesAreNamed() {
        Game game = Game.additive(NODES, 0, 3, Map.of("m0", 1.0));
        Universe larger = Universe.nodes(new ModelShape(3, 4, 8, false));
        assertThatThrownBy(() -> evaluate(game, circuit(larger, "m0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("c is a circuit of another model", "3 layers", "2 layers");
        Universe edges = Universe.edges(NODES.shape());
        assertThatThrownBy(() -> evaluate(game, circuit(edges, "embed->m0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c is made of edges and the model at game of nodes");
        assertThatThrownBy(() -> new EvaluationOptions(1, 0, 400, Ranking.Order.SIGNED))
                .hasMessageStartingWith("controls = 1");
        assertThatThrownBy(() -> new EvaluationOptions(100, -1, 400, Ranking.Order.SIGNED))
                .hasMessageStartingWith("knockouts = -1");
        assertThatThrownBy(() -> new EvaluationOptions(100, 0, 10, Ranking.Order.SIGNED))
                .hasMessageStartingWith("resamples = 10");
    }
}
