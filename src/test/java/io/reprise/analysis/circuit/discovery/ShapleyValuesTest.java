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
import io.reprise.stats.Interval;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ShapleyValuesTest {
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
    void shapleyValuesOfTextbookGames() {
        ShapleyValues additive = table(Game.additive(NODES, 7, 2, Map.of("a0.h0", 3.0, "m1", -1.0)))
                .shapley();
        assertThat(additive.mean(A)).isEqualTo(3, within(EXACT));
        assertThat(additive.mean(LAST)).isEqualTo(-1, within(EXACT));
        assertThat(additive.mean(B)).isEqualTo(0, within(EXACT));
        assertThat(additive.gain()).isEqualTo(2);

        ShapleyValues and =
                table(game(kept -> kept.containsAll(Set.of(A, B, C)) ? 6 : 0)).shapley();
        assertThat(and.mean(A)).isEqualTo(2, within(EXACT));
        assertThat(and.mean(B)).isEqualTo(2, within(EXACT));
        assertThat(and.mean(C)).isEqualTo(2, within(EXACT));
        assertThat(and.mean(LAST)).isEqualTo(0, within(EXACT));

        // gloves: one left, two right
        ShapleyValues gloves = table(game(kept -> kept.contains(A) && (kept.contains(B) || kept.contains(C)) ? 1 : 0))
                .shapley();
        assertThat(gloves.mean(A)).isEqualTo(2 / 3.0, within(EXACT));
        assertThat(gloves.mean(B)).isEqualTo(1 / 6.0, within(EXACT));
        assertThat(gloves.mean(C)).isEqualTo(1 / 6.0, within(EXACT));

        // an airport whose runway must do for the largest: 1, 3 and 6
        ShapleyValues airport = table(
                        game(kept -> kept.contains(C) ? 6 : kept.contains(B) ? 3 : kept.contains(A) ? 1 : 0))
                .shapley();
        assertThat(airport.mean(A)).isEqualTo(1 / 3.0, within(EXACT));
        assertThat(airport.mean(B)).isEqualTo(1 / 3.0 + 1, within(EXACT));
        assertThat(airport.mean(C)).isEqualTo(1 / 3.0 + 1 + 3, within(EXACT));
        assertThat(airport.samplingError(A)).isEmpty();
    }

    @Property(tries = 30)
    void shapleyValuesAreTheMeanOverAllOrders(@ForAll long seed) {
        Universe four = Universe.nodes(new ModelShape(1, 3, 4, false));
        Map<Set<Unit>, double[]> worth = new LinkedHashMap<>();
        Rng rng = Rng.of(seed);
        Game game = new Game(
                four, Metric.LOGIT_DIFFERENCE, 3, (kept, prompt) -> worth.computeIfAbsent(Set.copyOf(kept), key ->
                        new double[] {rng.nextGaussian(), rng.nextGaussian(), rng.nextGaussian()})[prompt]);
        ShapleyValues values = Exhaustive.of(game).shapley();
        double[][] direct = new double[4][3];
        orders(new ArrayList<>(), four.units(), order -> {
            Set<Unit> before = new LinkedHashSet<>();
            for (Unit unit : order) {
                Set<Unit> after = new LinkedHashSet<>(before);
                after.add(unit);
                for (int prompt = 0; prompt < 3; prompt++) {
                    direct[four.units().indexOf(unit)][prompt] +=
                            (game.worth().of(after, prompt) - game.worth().of(before, prompt)) / 24;
                }
                before = after;
            }
        });
        for (Unit unit : four.units()) {
            assertThat(values.perPrompt(unit))
                    .containsExactly(direct[four.units().indexOf(unit)], within(EXACT));
        }
        assertThat(values.efficiencyGap()).isCloseTo(0, within(EXACT));
    }

    private static void orders(List<Unit> order, List<Unit> units, Consumer<List<Unit>> each) {
        if (order.size() == units.size()) {
            each.accept(order);
        }
        for (Unit unit : units) {
            if (!order.contains(unit)) {
                order.add(unit);
                orders(order, units, each);
                order.remove(order.size() - 1);
            }
        }
    }

    @Test
    void intervalsOfShapleyValuesAreOverPrompts() {
        Game game = new Game(
                NODES,
                Metric.LOGIT_DIFFERENCE,
                50,
                (kept, prompt) -> (kept.contains(A) ? prompt % 5 : 0) + (kept.contains(B) ? 2 : 0));
        ShapleyValues values = Exhaustive.of(game).shapley();
        assertThat(values.perPrompt(A)).containsExactly(Arrays.copyOf(pattern(), 50), within(EXACT));
        Interval interval = values.interval(A, 500, Rng.of(1));
        assertThat(interval.contains(2)).isTrue();
        // sd √2, 50 prompts: 2 · 1.96 · 0.2 = 0.78, give or take the bootstrap
        assertThat(interval.width()).isCloseTo(0.78, within(0.15));
        assertThat(values.interval(B, 500, Rng.of(1)).width()).isCloseTo(0, within(EXACT));
    }

    private static double[] pattern() {
        double[] pattern = new double[50];
        Arrays.setAll(pattern, i -> i % 5);
        return pattern;
    }

    @Test
    void sampledValuesOfATransformerAreWithinTheirErrorsOfTheExactOnes() {
        try (Backend backend = new CpuBackend(1)) {
            NodeModel model = TaskToy.nodes(backend, Metric.KL, Ablation.Kind.RESAMPLE);
            ShapleyValues exact = Exhaustive.of(model).shapley();
            ShapleyValues sampled = SampledShapley.of(model, 60, Rng.of(2));
            for (Unit unit : model.universe().units()) {
                double error = sampled.samplingError(unit).orElseThrow();
                // 4 standard errors, and float32 rounding
                assertThat(sampled.mean(unit)).isCloseTo(exact.mean(unit), within(4 * error + 1e-5));
                assertThat(error).isLessThan(0.2 * Math.abs(exact.gain()));
            }
            assertThat(sampled.efficiencyGap()).isCloseTo(0, within(EXACT)); // orders telescope
        }
    }

    @Test
    void anOrderAndItsReverseTellPairwiseGamesExactly() {
        // every pair is worth something: antithetic orders leave no variance at all
        Game pairs = game(kept -> {
            double sum = 0;
            for (Unit a : kept) {
                for (Unit b : kept) {
                    sum += NODES.units().indexOf(a) < NODES.units().indexOf(b)
                            ? NODES.units().indexOf(a) + 2 * NODES.units().indexOf(b)
                            : 0;
                }
            }
            return sum;
        });
        ShapleyValues exact = table(pairs).shapley();
        ShapleyValues sampled = SampledShapley.of(pairs, 2, Rng.of(9));
        for (Unit unit : NODES.units()) {
            assertThat(sampled.mean(unit)).isEqualTo(exact.mean(unit), within(EXACT));
            assertThat(sampled.samplingError(unit).orElseThrow()).isCloseTo(0, within(EXACT));
        }
    }
}
