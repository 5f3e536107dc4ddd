package io.reprise.analysis.circuit.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Game;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.TaskToy;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class GreedyCheckTest {
    private static final double EXACT = 1e-12; // sums of at most 64 small numbers
    private static final Universe NODES =
            Universe.nodes(new ModelShape(2, 2, 4, false)); // a0.h0 a0.h1 m0 a1.h0 a1.h1 m1
    private static final Unit A = new Unit.Head(0, 0);
    private static final Unit B = new Unit.Head(0, 1);
    private static final Unit C = new Unit.Mlp(0);
    private static final Unit LAST = new Unit.Mlp(1);

    private static SubsetTable table(Game game) {
        return Exhaustive.of(game);
    }

    private static Game game(ToDoubleFunction<Set<Unit>> worth) {
        return Game.of(NODES, Metric.LOGIT_DIFFERENCE, 2, worth);
    }

    @Test
    void greedyIsTheSmallestWhereUnitsAddUp() {
        Game game = Game.additive(NODES, 0, 2, Map.of("a0.h0", 60.0, "m0", 40.0));
        GreedyCheck check = check(game);
        assertThat(check.circuit() && check.smallest() && check.irreducible()).isTrue();
        assertThat(check.counterexample()).isEmpty();
        assertThat(check.text())
                .isEqualTo(
                        "Greedy pruning kept 2 units (a0.h0 m0) with 100.00% of the model's performance, and no circuit"
                                + " has fewer units.");
    }

    @Test
    void aSmallerCircuitDownAnotherBranchIsShown() {
        GreedyCheck check = check(game(kept -> kept.containsAll(Set.of(A, B)) ? 100 : kept.contains(LAST) ? 90 : 0));
        assertThat(check.kept()).containsExactly(A, B); // the last MLP went first
        assertThat(check.smallest()).isFalse();
        assertThat(check.irreducible()).isTrue();
        assertThat(check.counterexample().orElseThrow().units()).containsExactly(LAST);
        assertThat(check.counterexamplePercent()).contains(90.0);
        assertThat(check.text())
                .isEqualTo(
                        "Greedy pruning kept 2 units (a0.h0 a0.h1) with 100.00% of the model's performance: none of its"
                                + " own subsets is a circuit. But a smaller circuit is 1 unit (m1) with 90.00%.");
    }

    @Test
    void aSubsetBehindAWallIsShown() {
        // two of the three get in each other's way; alone the first is enough
        GreedyCheck check = check(game(kept -> {
            boolean[] has = {kept.contains(A), kept.contains(B), kept.contains(C)};
            int count = (has[0] ? 1 : 0) + (has[1] ? 1 : 0) + (has[2] ? 1 : 0);
            return count == 3 ? 100 : count == 2 ? 50 : has[0] ? 95 : 0;
        }));
        assertThat(check.kept()).containsExactly(A, B, C);
        assertThat(check.irreducible()).isFalse();
        assertThat(check.counterexample().orElseThrow().units()).containsExactly(A);
        assertThat(check.text())
                .endsWith("performance. A subset of it is a circuit already: 1 unit (a0.h0) with 95.00%.");
    }

    @Test
    void whatIsNoCircuitIsToldApart() {
        SubsetTable table = table(Game.additive(NODES, 0, 2, Map.of("a0.h0", 60.0, "m0", 40.0)));
        GreedyCheck check = GreedyCheck.of(table, new Pruned(NODES, Set.of(A), List.of(), 60, true), 80);
        assertThat(check.circuit() || check.smallest() || check.irreducible()).isFalse();
        assertThat(check.text()).contains("60.00%", "no circuit at a threshold of 80.00%.");
    }

    @Test
    void aTransformersTableHoldsWhatTheTransformerSays() {
        try (Backend backend = new CpuBackend(1)) {
            NodeModel model = TaskToy.nodes(backend, Metric.PROBABILITY, Ablation.Kind.MEAN);
            SubsetTable table = Exhaustive.of(model);
            assertThat(table.sets()).isEqualTo(32);
            for (Set<Unit> some : List.of(
                    Set.<Unit>of(),
                    Set.<Unit>of(new Unit.Mlp(0), new Unit.Head(0, 3)),
                    model.universe().all())) {
                assertThat(table.score(some)).isEqualTo(model.score(some));
            }
            assertThat(table.shapley().gain())
                    .isEqualTo(model.score(model.universe().all()) - model.score(Set.of()));
            assertThat(table.shapley().efficiencyGap()).isCloseTo(0, within(EXACT));

            Pruned greedy = GreedyPruning.of(model, PruningOptions.defaults());
            GreedyCheck check = GreedyCheck.of(table, greedy, 80);
            assertThat(check.circuit()).isTrue();
            // incremental passes sum in another order, in float32
            assertThat(check.percent()).isCloseTo(greedy.percent(), within(1e-3));
            // agreement, or a shown counterexample that really is one
            assertThat(check.counterexample().isPresent()).isNotEqualTo(check.smallest());
            check.counterexample().ifPresent(other -> {
                assertThat(other.size()).isLessThan(greedy.kept().size());
                assertThat(100
                                * model.score(other.units())
                                / model.score(model.universe().all()))
                        .isGreaterThan(80);
            });
        }
    }

    private static GreedyCheck check(Game game) {
        return GreedyCheck.of(table(game), GreedyPruning.of(game, PruningOptions.defaults()), 80);
    }
}
