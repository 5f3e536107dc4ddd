package io.reprise.analysis.circuit.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Games whose outcome is worked out by hand. */
class GreedyPruningTest {
    private static final ModelShape SHAPE = new ModelShape(2, 2, 4, false);

    /** Nothing but a metric of the units kept. */
    private record Game(Universe universe, Metric metric, ToDoubleFunction<Set<Unit>> worth) implements TaskModel {
        @Override
        public PairSet pairs() {
            PromptPair pair = new PromptPair(List.of(0), List.of(1), 0, 1);
            return new PairSet("game", List.of(new PairSet.Group(List.of("x1"), List.of(pair))));
        }

        @Override
        public Ablation ablation() {
            return Ablation.of(Ablation.Kind.ZERO);
        }

        @Override
        public double[] values(Set<Unit> kept) {
            return new double[] {worth.applyAsDouble(kept)};
        }

        @Override
        public double[][] logits(Set<Unit> kept) {
            throw new UnsupportedOperationException("a game has no logits");
        }
    }

    private static Game additive(Map<String, Double> worth) {
        return new Game(Universe.nodes(SHAPE), Metric.LOGIT_DIFFERENCE, kept -> kept.stream()
                .mapToDouble(unit -> worth.getOrDefault(unit.name(), 0.0))
                .sum());
    }

    private static String names(Pruned pruned) {
        return pruned.kept().stream().map(Unit::name).collect(Collectors.joining(" "));
    }

    private static String tried(Pruned pruned, int sweep) {
        return pruned.trials().stream()
                .filter(trial -> trial.sweep() == sweep)
                .map(trial -> trial.unit().name() + (trial.out() ? "-" : "+"))
                .collect(Collectors.joining(" "));
    }

    @Test
    void goesBackwardThenForwardUntilNothingChanges() {
        // 100 in all; only 19 may go: m1 (5) and a1.h0 (9) do, a0.h1 (10) would be too much, m0 (4) and a1.h1 (0) do
        Pruned pruned = GreedyPruning.of(
                additive(Map.of("m1", 5.0, "a1.h0", 9.0, "a0.h1", 10.0, "m0", 4.0, "a0.h0", 72.0)),
                PruningOptions.defaults());
        assertThat(tried(pruned, 0)).isEqualTo("m1- a1.h0- a1.h1- m0- a0.h0+ a0.h1+");
        assertThat(tried(pruned, 1)).isEqualTo("a0.h0+ a0.h1+");
        assertThat(tried(pruned, 2)).isEqualTo("a0.h0+ a0.h1+");
        assertThat(tried(pruned, 3)).isEqualTo("a0.h0+ a0.h1+");
        assertThat(pruned.trials()).hasSize(12);
        assertThat(names(pruned)).isEqualTo("a0.h0 a0.h1");
        assertThat(pruned.percent()).isEqualTo(82, within(1e-12)); // sums of five numbers
        assertThat(pruned.stable()).isTrue();
    }

    @Test
    void exactlyTheThresholdIsNotEnough() {
        Game game = additive(Map.of("m1", 20.0, "m0", 80.0));
        assertThat(names(GreedyPruning.of(game, PruningOptions.defaults()))).isEqualTo("m0 m1");
        PruningOptions lower = new PruningOptions(79.5, false, Optional.empty());
        assertThat(names(GreedyPruning.of(game, lower))).isEqualTo("m0");
    }

    @Test
    void oneIterationStopsAfterTwoSweeps() {
        PruningOptions one = new PruningOptions(80, true, Optional.empty());
        Pruned pruned = GreedyPruning.of(additive(Map.of("a0.h0", 1.0)), one);
        assertThat(pruned.trials()).allMatch(trial -> trial.sweep() < 2);
        assertThat(pruned.stable()).isFalse(); // five units went
        assertThat(names(pruned)).isEqualTo("a0.h0");
    }

    /** Either of two heads will do: which one stays is the order's choice. */
    @Test
    void randomOrdersFindEachOfTwoBackups() {
        Game either = new Game(
                Universe.nodes(SHAPE),
                Metric.LOGIT_DIFFERENCE,
                kept -> kept.contains(new Unit.Head(0, 0))
                                && (kept.contains(new Unit.Head(1, 0)) || kept.contains(new Unit.Head(1, 1)))
                        ? 1
                        : 0);
        assertThat(names(GreedyPruning.of(either, PruningOptions.defaults()))).isEqualTo("a0.h0 a1.h1");
        PruningEnsemble ensemble = PruningEnsemble.of(either, PruningOptions.defaults(), 20, 1);
        Map<Unit, Double> survival = ensemble.survival();
        double first = survival.get(new Unit.Head(1, 0));
        assertThat(survival.get(new Unit.Head(0, 0))).isEqualTo(1);
        assertThat(first)
                .isBetween(0.2, 0.8); // 20 draws of a fair coin: outside with a chance of 0.003; the seed is fixed
        assertThat(survival.get(new Unit.Head(1, 1))).isEqualTo(1 - first, within(1e-12));
        assertThat(survival.get(new Unit.Mlp(0))).isZero();
        assertThat(ensemble.runs()).hasSize(20).allMatch(run -> run.kept().size() == 2);
        assertThat(PruningEnsemble.of(either, PruningOptions.defaults(), 20, 1).runs())
                .isEqualTo(ensemble.runs());
    }

    @Test
    void divergenceIsMeasuredAgainstEverythingAblated() {
        // 0 for the model, 10 for nothing; m0 alone brings 7, a0.h0 the rest
        Game kl = new Game(
                Universe.nodes(SHAPE),
                Metric.KL,
                kept -> 10 - (kept.contains(new Unit.Mlp(0)) ? 7 : 0) - (kept.contains(new Unit.Head(0, 0)) ? 3 : 0));
        assertThat(names(GreedyPruning.of(kl, PruningOptions.defaults()))).isEqualTo("a0.h0 m0");
        Pruned seventy = GreedyPruning.of(kl, new PruningOptions(69, false, Optional.empty()));
        assertThat(names(seventy)).isEqualTo("m0");
        assertThat(seventy.percent()).isEqualTo(70, within(1e-12));
    }

    @Test
    void edgesOfALayersMlpGoFirstAndLogitsAreTheTop() {
        Universe edges = Universe.edges(new ModelShape(1, 1, 4, false));
        Game game = new Game(edges, Metric.LOGIT_DIFFERENCE, kept -> 1);
        Pruned pruned = GreedyPruning.of(game, PruningOptions.defaults());
        assertThat(tried(pruned, 0))
                .isEqualTo("embed->logits- a0.h0->logits- m0->logits- embed->m0- a0.h0->m0-"
                        + " embed->a0.h0<q>- embed->a0.h0<k>- embed->a0.h0<v>-");
        assertThat(pruned.kept()).isEmpty();
    }

    @Test
    void aCircuitSaysWhatItCost() {
        Circuit circuit = GreedyPruning.of(additive(Map.of("m0", 90.0, "a0.h1", 10.0)), PruningOptions.defaults())
                .circuit("found", Circuit.Origin.unknown());
        assertThat(circuit.units()).containsExactly(new Unit.Mlp(0));
        assertThat(circuit.figures())
                .containsEntry("kept", 1.0)
                .containsEntry("percent", 90.0)
                .containsEntry("trials", 9.0)
                .containsEntry("sweeps", 4.0);
        assertThat(circuit.scores()).containsEntry(new Unit.Head(0, 1), 10.0).containsEntry(new Unit.Mlp(0), 90.0);
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> new PruningOptions(0.8 * 125, false, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keep_percent = 100.0");
        Game wrong = additive(Map.of("m0", -1.0));
        assertThatThrownBy(() -> GreedyPruning.of(wrong, PruningOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("logit_difference = -1.0 on game");
        Game flat = new Game(Universe.nodes(SHAPE), Metric.KL, kept -> 0);
        assertThatThrownBy(() -> GreedyPruning.of(flat, PruningOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("everything ablated has kl = 0.0");
        assertThatThrownBy(() -> PruningEnsemble.of(wrong, PruningOptions.defaults(), 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("runs = 0");
    }
}
