package io.reprise.analysis.circuit.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Game;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasureCurveTest {
    private static final double EXACT = 1e-12; // sums of ten products
    private static final Universe THOUSAND = Universe.neurons(new ModelShape(1, 8, 992, false));
    private static final Universe NODES = Universe.nodes(new ModelShape(2, 8, 8, false));

    private static FaithfulnessCurve curve(Game game, Ranking ranking) {
        EvaluationOptions options = new EvaluationOptions(20, 0, 100, Ranking.Order.MAGNITUDE);
        return MeasureCurve.of(game, ranking, options, Rng.of(3));
    }

    private static double value(Figure figure) {
        return figure.estimate().value().orElseThrow();
    }

    private static Map<Unit, Double> scores(Universe universe, double sign) {
        Map<Unit, Double> scores = new LinkedHashMap<>();
        universe.units().forEach(unit -> scores.put(unit, 1 + sign * scores.size() / (2.0 * universe.size())));
        return scores;
    }

    @Test
    void areasAreTheTrapezoidsOfTheDefinition() {
        // every unit does as much: f(k) = k
        Game game = Game.of(THOUSAND, Metric.LOGIT_DIFFERENCE, 2, kept -> kept.size());
        FaithfulnessCurve curve = curve(game, Ranking.of(THOUSAND, Map.of(), Ranking.Order.MAGNITUDE));
        assertThat(curve.points())
                .extracting(FaithfulnessCurve.Point::kept)
                .containsExactly(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000);
        assertThat(curve.points()).allSatisfy(point -> {
            assertThat(point.kept()).isEqualTo(point.requested());
            assertThat(value(point.faithfulness())).isEqualTo(point.share(), within(EXACT));
        });
        assertThat(value(curve.cpr())).isEqualTo((1 - 1e-6) / 2, within(EXACT)); // trapezoids of a line are exact
        assertThat(value(curve.cmd())).isEqualTo(0.999 * 0.999 / 2, within(EXACT));
        // steps by 2 have mid heights .0015 .0075 .015 .075 .15 .75, steps by 2.5 have .0035 .035 .35
        double log = (0.999 * Math.log(2) + 0.3885 * Math.log(2.5)) / Math.log(1000);
        assertThat(value(curve.logCpr())).isEqualTo(log, within(EXACT)).isEqualTo(0.151776, within(1e-6));
        assertThat(value(curve.logCmd())).isEqualTo(1 - log, within(EXACT));
    }

    @Test
    void oneUnitThatDoesItAllIsIdealAtTheTopAndWorstAtTheBottom() {
        Unit first = THOUSAND.units().get(500);
        Game game = Game.of(THOUSAND, Metric.PROBABILITY, 2, kept -> kept.contains(first) ? 0.9 : 0.1);
        FaithfulnessCurve ideal = curve(game, Ranking.of(THOUSAND, Map.of(first, 1.0), Ranking.Order.MAGNITUDE));
        assertThat(value(ideal.cpr())).isEqualTo(0.999, within(EXACT));
        assertThat(value(ideal.cmd())).isZero();
        assertThat(value(ideal.logCpr())).isEqualTo(1, within(EXACT));
        Map<Unit, Double> others = new LinkedHashMap<>(scores(THOUSAND, 1));
        others.put(first, 0.0);
        FaithfulnessCurve worst = curve(game, Ranking.of(THOUSAND, others, Ranking.Order.MAGNITUDE));
        assertThat(value(worst.cpr())).isEqualTo(0.25, within(EXACT)); // up from 0 to 1 between a half and all
        assertThat(value(worst.cmd())).isEqualTo(0.749, within(EXACT));
    }

    @Test
    void doingBetterThanTheModelIsADistanceToo() {
        Unit helps = THOUSAND.units().get(10);
        Unit harms = THOUSAND.units().get(20);
        Game game = Game.of(
                THOUSAND,
                Metric.LOGIT_DIFFERENCE,
                2,
                kept -> (kept.contains(helps) ? 2 : 0) - (kept.contains(harms) ? 1 : 0));
        Map<Unit, Double> scores = new LinkedHashMap<>();
        THOUSAND.units().forEach(unit -> scores.put(unit, unit.equals(helps) ? 2.0 : unit.equals(harms) ? -1 : 0));
        FaithfulnessCurve curve = curve(game, Ranking.of(THOUSAND, scores, Ranking.Order.SIGNED));
        // f = 2 up to a half, 1 at the end
        assertThat(value(curve.cpr())).isEqualTo(2 * 0.499 + 0.75, within(EXACT));
        assertThat(value(curve.cmd())).isEqualTo(0.499 + 0.25, within(EXACT));
    }

    @Test
    void anIdealRankingBeatsRandomOnesAndTheReversedIsBeaten() {
        Map<Unit, Double> worth = new LinkedHashMap<>();
        NODES.units().forEach(unit -> worth.put(unit, Math.pow(0.5, worth.size() % 9)));
        Map<String, Double> named = new LinkedHashMap<>();
        worth.forEach((unit, value) -> named.put(unit.name(), value));
        Game game = Game.additive(NODES, 1, 4, named);
        Map<Unit, Double> reversed = new LinkedHashMap<>();
        worth.forEach((unit, value) -> reversed.put(unit, 1 / value));
        FaithfulnessCurve best = curve(game, Ranking.of(NODES, worth, Ranking.Order.MAGNITUDE));
        FaithfulnessCurve worst = curve(game, Ranking.of(NODES, reversed, Ranking.Order.MAGNITUDE));
        assertThat(value(best.cpr())).isGreaterThan(value(worst.cpr()));
        assertThat(value(best.cmd())).isLessThan(value(worst.cmd()));
        assertThat(value(best.logCpr())).isGreaterThan(value(worst.logCpr()));
        // the best order of strata and units: none of 20 random ones ties
        assertThat(best.cpr().control().orElseThrow().p()).isEqualTo(1 / 21.0, within(EXACT));
        assertThat(best.cmd().control().orElseThrow().p()).isEqualTo(1 / 21.0, within(EXACT));
        assertThat(worst.cpr().control().orElseThrow().p()).isEqualTo(1);
        FaithfulnessCurve.Point all = best.points().get(9);
        assertThat(value(all.faithfulness())).isEqualTo(1);
        assertThat(all.faithfulness().control()).isEmpty();
        assertThat(best.points().get(0).kept()).isZero(); // 0.1% of 18 units
    }

    @Test
    void edgesThatLeadNowhereAreNotKept() {
        Universe edges = Universe.edges(new ModelShape(2, 2, 8, false));
        Game game = Game.of(edges, Metric.LOGIT_DIFFERENCE, 2, kept -> kept.size());
        // the first by score go into heads of the first layer, whose outputs come later
        FaithfulnessCurve curve = curve(game, Ranking.of(edges, Map.of(), Ranking.Order.MAGNITUDE));
        FaithfulnessCurve.Point fifth = curve.points().get(7);
        assertThat(fifth.requested()).isEqualTo((int) (0.2 * edges.size()));
        assertThat(fifth.kept()).isZero();
        assertThat(curve.points().get(9).kept()).isEqualTo(edges.size());
    }

    @Test
    void signsCountIfAskedFor() {
        Map<Unit, Double> scores = Map.of(new Unit.Head(0, 3), -5.0, new Unit.Head(1, 1), 2.0, new Unit.Mlp(0), 0.5);
        assertThat(Ranking.of(NODES, scores, Ranking.Order.MAGNITUDE).units())
                .startsWith(new Unit.Head(0, 3), new Unit.Head(1, 1), new Unit.Mlp(0), new Unit.Head(0, 0));
        assertThat(Ranking.of(NODES, scores, Ranking.Order.SIGNED).units())
                .startsWith(new Unit.Head(1, 1), new Unit.Mlp(0), new Unit.Head(0, 3), new Unit.Head(0, 0));
        assertThat(Ranking.of(NODES, scores, Ranking.Order.SIGNED)
                        .shuffled(Rng.of(1))
                        .units())
                .extracting(Unit::stratum)
                .startsWith("head@1", "mlp@0", "head@0", "head@0");
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> Ranking.of(NODES, Map.of(new Unit.Mlp(0), Double.NaN), Ranking.Order.MAGNITUDE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("score of m0 is NaN");
        Game game = Game.of(NODES, Metric.LOGIT_DIFFERENCE, 2, Set::size);
        Ranking other = Ranking.of(THOUSAND, Map.of(), Ranking.Order.MAGNITUDE);
        assertThatThrownBy(() -> curve(game, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the ranking is of 1000 neurons");
    }

    @Test
    void withoutAGainThereIsNoArea() {
        Game idle = Game.of(NODES, Metric.LOGIT_DIFFERENCE, 2, kept -> 1);
        FaithfulnessCurve curve = curve(idle, Ranking.of(NODES, Map.of(), Ranking.Order.MAGNITUDE));
        assertThat(curve.cpr().estimate().problem().orElseThrow()).contains("not identifiable");
        assertThat(curve.cpr().control()).isEmpty();
    }
}
