package io.reprise.analysis.circuit.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Game;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ExhaustiveTest {
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

    private static List<String> names(List<Circuit> circuits) {
        return circuits.stream()
                .map(circuit -> circuit.units().stream().map(Unit::name).collect(Collectors.joining(" ")))
                .toList();
    }

    private static Game game(ToDoubleFunction<Set<Unit>> worth) {
        return Game.of(NODES, Metric.LOGIT_DIFFERENCE, 2, worth);
    }

    @Test
    void tellsAllSmallestAndAllIrreducibleCircuits() {
        // the last MLP alone brings 90, the two heads of layer 0 together 100
        Game game = game(kept -> kept.containsAll(Set.of(A, B)) ? 100 : kept.contains(LAST) ? 90 : 0);
        SubsetTable table = table(game);
        assertThat(table.sets()).isEqualTo(64);
        assertThat(table.score(Set.of(LAST))).isEqualTo(90);
        assertThat(table.percent(Set.of(A, B, C))).isEqualTo(100);
        assertThat(names(table.smallest(80))).containsExactly("m1");
        assertThat(names(table.irreducible(80))).containsExactly("m1", "a0.h0 a0.h1");
        assertThat(names(table.smallest(95))).containsExactly("a0.h0 a0.h1");
        assertThat(names(table.smallest(90))).containsExactly("a0.h0 a0.h1"); // 90 is not more than 90
        Circuit best = table.smallest(80).get(0);
        assertThat(best.figures())
                .containsEntry("percent", 90.0)
                .containsEntry("kept", 1.0)
                .containsEntry("keep_percent", 80.0);
        assertThat(best.scores()).isEqualTo(table.shapley().means());
        assertThat(best.origin().method()).contains("exhaustive, smallest");
        assertThat(best.origin().data()).contains(game.pairs().digest());
    }

    @Test
    void ofSeveralSmallestTheBestComesFirst() {
        Game game = game(kept -> kept.contains(B) ? 100 : kept.contains(A) || kept.contains(C) ? 85 : 0);
        assertThat(names(table(game).smallest(80))).containsExactly("a0.h1", "a0.h0", "m0");
        assertThat(table(game).smallest(80))
                .extracting(Circuit::name)
                .first()
                .isEqualTo("game, exhaustive, smallest 1 of 3");
    }

    @Test
    void divergenceIsMeasuredAgainstEverythingAblated() {
        Game kl = Game.of(NODES, Metric.KL, 2, kept -> 10 - (kept.contains(A) ? 7 : 0) - (kept.contains(C) ? 3 : 0));
        SubsetTable table = table(kl);
        assertThat(names(table.smallest(80))).containsExactly("a0.h0 m0");
        assertThat(names(table.smallest(69))).containsExactly("a0.h0");
        assertThat(table.shapley().mean(A)).isEqualTo(-7, within(EXACT));
    }

    @Test
    void mistakesAreNamed() {
        Universe seventeen = Universe.neurons(new ModelShape(1, 4, 13, false));
        assertThatThrownBy(() -> Exhaustive.of(Game.of(seventeen, Metric.LOGIT_DIFFERENCE, 1, Set::size)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("17 neurons", "2^17 sets", "at most 16");
        SubsetTable table = table(game(Set::size));
        assertThatThrownBy(() -> table.smallest(100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keep_percent = 100");
        assertThatThrownBy(() -> table.score(Set.of(new Unit.Mlp(5))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("m5");
        assertThatThrownBy(() -> table(game(kept -> -1)).smallest(80))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("logit_difference = -1.0 on game");
        assertThatThrownBy(() -> SampledShapley.of(game(Set::size), 1, Rng.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("orders = 1");
        assertThatThrownBy(() ->
                        SingleUnits.of(game(Set::size), SingleUnits.Start.MODEL).largest(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1 units");
    }
}
