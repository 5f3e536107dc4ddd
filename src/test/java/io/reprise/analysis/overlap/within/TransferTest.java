package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Game;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransferTest {
    private static final double EXACT = 1e-12;
    private static final Universe HEADS = Universe.nodes(new ModelShape(2, 8, 0, false));
    private static final Set<Unit> OWN = units("a0.h0", "a0.h1", "a1.h0");

    private static Set<Unit> units(String... names) {
        Set<Unit> units = new LinkedHashSet<>();
        for (String name : names) {
            units.add(HEADS.find(name).orElseThrow());
        }
        return units;
    }

    private static TaskModel task() {
        return Game.additive(HEADS, 1, 4, Map.of("a0.h0", 4.0, "a0.h1", 2.0, "a1.h0", 3.0, "a1.h5", 1.0));
    }

    @Test
    void figuresOfAnAdditiveTaskAreThoseOnPaper() {
        Transfer.Own own = new Transfer(task(), 100, Rng.of(1)).own(OWN);
        Transfer.Result result = own.from(units("a0.h0", "a0.h7", "a1.h5"));
        assertThat(result.faithfulness()).isEqualTo(0.5, within(EXACT)); // 4 + 1 of 10
        assertThat(result.own()).isEqualTo(0.9, within(EXACT));
        assertThat(result.core()).isEqualTo(0.4, within(EXACT)); // a0.h0
        assertThat(result.rest()).isEqualTo(0.1, within(EXACT)); // a1.h5
        assertThat(result.necessity()).isEqualTo(0.5, within(EXACT)); // units add up, so f and necessity agree
        assertThat(result.freedom()).isEqualTo(1);
        // 2 of 8 heads with 6 in all, 1 of 8 with 4: 6/4 + 4/8 = 2 of 10 by chance; sd of a mean of 100 about 0.02
        assertThat(result.control()).isEqualTo(0.2, within(0.08));
        assertThat(result.ownControl()).isEqualTo(0.2, within(0.08));
        assertThat(result.tau().value().orElseThrow())
                .isEqualTo(
                        (result.faithfulness() - result.control()) / (result.own() - result.ownControl()),
                        within(EXACT));
        assertThat(result.tau()
                        .interval()
                        .orElseThrow()
                        .contains(result.tau().value().orElseThrow()))
                .isTrue();
    }

    @Test
    void theOwnCircuitIsOneInEveryResample() {
        Transfer.Result result = new Transfer(task(), 50, Rng.of(2)).own(OWN).from(OWN);
        assertThat(result.tau().value().orElseThrow()).isEqualTo(1, within(EXACT));
        assertThat(result.tau().interval()).hasValueSatisfying(interval -> {
            assertThat(interval.low()).isEqualTo(1, within(EXACT));
            assertThat(interval.high()).isEqualTo(1, within(EXACT));
        });
        assertThat(result.core()).isEqualTo(result.own());
        assertThat(result.rest()).isZero();
    }

    @Test
    void randomCircuitsAreZeroOnAverage() {
        Transfer.Own own = new Transfer(task(), 100, Rng.of(3)).own(OWN);
        RandomCircuits random = new RandomCircuits(HEADS, Rng.of(4));
        double[] taus = new double[60];
        Arrays.setAll(taus, i -> own.from(random.like(OWN)).tau().value().orElseThrow());
        Summary summary = Summary.of(taus);
        // 4 standard errors; every τ has controls of its own, whose scatter is in sd
        assertThat(summary.mean()).isEqualTo(0, within(4 * summary.sd() / Math.sqrt(taus.length)));
        assertThat(summary.sd()).isLessThan(0.5);
    }

    @Test
    void isNotSymmetric() {
        Set<Unit> small = units("a0.h0", "a1.h0");
        TaskModel other = Game.additive(HEADS, 0, 4, Map.of("a0.h0", 1.0, "a1.h0", 1.0));
        double there = new Transfer(other, 100, Rng.of(5))
                .own(small)
                .from(OWN)
                .tau()
                .value()
                .orElseThrow();
        double back = new Transfer(task(), 100, Rng.of(5))
                .own(OWN)
                .from(small)
                .tau()
                .value()
                .orElseThrow();
        assertThat(there).isGreaterThan(0.8); // all that the small task needs is in the larger circuit
        assertThat(back).isLessThan(there);
    }

    @Test
    void ofDivergenceLessIsMore() {
        TaskModel kl =
                Game.of(HEADS, Metric.KL, 4, kept -> kept.containsAll(OWN) ? 0 : kept.contains(head(0, 0)) ? 6 : 8);
        Transfer.Own own = new Transfer(kl, 100, Rng.of(6)).own(OWN);
        assertThat(own.faithfulness(OWN)).isEqualTo(1);
        assertThat(own.faithfulness(units("a0.h0"))).isEqualTo(0.25);
        assertThat(own.from(units("a0.h0", "a0.h5", "a1.h2")).tau().value().orElseThrow())
                .isBetween(0.1, 0.3);
    }

    @Test
    void circuitsThatFillTheirLayersHaveNoRandomOnesBesideThem() {
        Set<Unit> layer = new LinkedHashSet<>(HEADS.units().subList(0, 8));
        Transfer.Own own = new Transfer(task(), 10, Rng.of(7)).own(OWN);
        for (Transfer.Result result : new Transfer.Result[] {
            own.from(layer),
            own.from(HEADS.all()),
            own.from(Set.of()),
            new Transfer(task(), 10, Rng.of(7)).own(layer).from(OWN)
        }) {
            assertThat(result.tau().value()).isEmpty();
            assertThat(result.tau().problem())
                    .hasValueSatisfying(why -> assertThat(why).startsWith("not identifiable: random circuits"));
        }
        assertThat(own.from(HEADS.all()).faithfulness()).isEqualTo(1);
        assertThat(own.from(Set.of()).faithfulness()).isZero();
    }

    @Test
    void anOwnCircuitNoBetterThanRandomOnesSaysNothing() {
        Set<Unit> useless = units("a0.h6", "a0.h7", "a1.h6");
        assertThat(new Transfer(task(), 50, Rng.of(8))
                        .own(useless)
                        .from(OWN)
                        .tau()
                        .problem())
                .hasValueSatisfying(why -> assertThat(why).contains("no better than random"));
        // better on average, but on one of two kinds of prompts only, and worse on the other
        TaskModel noisy = new Game(
                HEADS,
                Metric.LOGIT_DIFFERENCE,
                6,
                (kept, prompt) ->
                        (kept.size() == 16 ? 1 : 0) + (kept.containsAll(OWN) ? (prompt % 2 == 0 ? 5 : -4.5) : 0));
        assertThat(new Transfer(noisy, 50, Rng.of(9))
                        .own(OWN)
                        .from(units("a0.h0", "a0.h2", "a1.h3"))
                        .tau()
                        .value())
                .isEmpty();
    }

    @Test
    void theSameSeedTellsTheSameWhateverElseWasAsked() {
        Map<String, Transfer.Result> first = new LinkedHashMap<>();
        Transfer.Own own = new Transfer(task(), 20, Rng.of(10)).own(OWN);
        first.put("one", own.from(units("a0.h0")));
        first.put("two", own.from(units("a1.h5")));
        Transfer.Own again = new Transfer(task(), 20, Rng.of(10)).own(OWN);
        assertThat(again.from(units("a1.h5"))).isEqualTo(first.get("two"));
        assertThat(again.from(units("a0.h0"))).isEqualTo(first.get("one"));
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> new Transfer(task(), 1, Rng.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("controls = 1");
        Transfer flat = new Transfer(Game.additive(HEADS, 1, 4, Map.of()), 10, Rng.of(1));
        assertThatThrownBy(() -> flat.own(OWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("changes nothing");
    }

    private static Unit head(int layer, int head) {
        return new Unit.Head(layer, head);
    }
}
