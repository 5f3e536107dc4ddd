package io.reprise.analysis.circuit.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Game;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Games whose units interact in pairs at random: greedy pruning agrees with the table of all sets, or is shown a better one. */
class GreedyCheckLawTest {
    private static final Universe NODES = Universe.nodes(new ModelShape(2, 2, 4, false));
    private static final double KEEP = 80;

    /** Positive for the model, so that there is something to keep. */
    private static Game game(long seed) {
        Rng rng = Rng.of(seed);
        int n = NODES.size();
        double[][] worth = new double[n][n];
        for (double[] row : worth) {
            for (int i = 0; i < n; i++) {
                row[i] = rng.nextGaussian();
            }
        }
        double sign = Math.signum(worth(worth, NODES.all()));
        return Game.of(NODES, Metric.LOGIT_DIFFERENCE, 2, kept -> sign * worth(worth, kept));
    }

    private static double worth(double[][] worth, Set<Unit> kept) {
        double sum = 0;
        for (int i = 0; i < worth.length; i++) {
            for (int j = 0; j <= i; j++) {
                sum += kept.contains(NODES.units().get(i))
                                && kept.contains(NODES.units().get(j))
                        ? worth[i][j]
                        : 0;
            }
        }
        return sum;
    }

    /** Checked against the game itself, without the table. */
    @Property(tries = 150)
    void agreesOrShowsASmallerCircuit(@ForAll long seed) {
        Game game = game(seed);
        Pruned greedy = GreedyPruning.of(game, PruningOptions.defaults());
        GreedyCheck check = GreedyCheck.of(Exhaustive.of(game), greedy, KEEP);
        assertThat(check.circuit()).isTrue();
        int fewest = NODES.size();
        boolean inside = false;
        for (Set<Unit> set : sets()) {
            boolean passes = percent(game, set) > KEEP;
            fewest = passes ? Math.min(fewest, set.size()) : fewest;
            inside |= passes
                    && greedy.kept().containsAll(set)
                    && set.size() < greedy.kept().size();
        }
        assertThat(check.smallest()).isEqualTo(greedy.kept().size() == fewest);
        assertThat(check.irreducible()).isEqualTo(!inside);
        assertThat(check.counterexample().isPresent()).isNotEqualTo(check.smallest());
        check.counterexample().map(Circuit::units).ifPresent(other -> {
            assertThat(other.size()).isLessThan(greedy.kept().size());
            assertThat(percent(game, other)).isGreaterThan(KEEP);
            assertThat(check.text()).contains(other.size() == 1 ? "1 unit (" : other.size() + " units");
        });
    }

    /** What the property would not be worth if one of them never came up. */
    @Test
    void agreementAndCounterexamplesBothComeUp() {
        int smallest = 0;
        int games = 100;
        for (int seed = 0; seed < games; seed++) {
            Game game = game(seed);
            Pruned greedy = GreedyPruning.of(game, PruningOptions.defaults());
            smallest += GreedyCheck.of(Exhaustive.of(game), greedy, KEEP).smallest() ? 1 : 0;
        }
        assertThat(smallest).isBetween(10, games - 10);
    }

    private static double percent(Game game, Set<Unit> set) {
        return 100 * game.score(set) / game.score(NODES.all());
    }

    private static List<Set<Unit>> sets() {
        List<Set<Unit>> sets = new ArrayList<>(List.of(Set.of()));
        for (Unit unit : NODES.units()) {
            for (Set<Unit> set : List.copyOf(sets)) {
                Set<Unit> with = new LinkedHashSet<>(set);
                with.add(unit);
                sets.add(with);
            }
        }
        return sets;
    }
}
