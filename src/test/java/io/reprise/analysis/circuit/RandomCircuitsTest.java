package io.reprise.analysis.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RandomCircuitsTest {
    private static final Universe NODES = Universe.nodes(new ModelShape(3, 4, 8, false));

    @Test
    void areUniformAmongThoseOfTheSameStrata() {
        Set<Unit> circuit = Set.of(new Unit.Head(0, 1), new Unit.Head(2, 0), new Unit.Head(2, 3), new Unit.Mlp(1));
        RandomCircuits random = new RandomCircuits(NODES, Rng.of(3));
        Map<Unit, Integer> counts = new HashMap<>();
        int draws = 4000;
        for (int i = 0; i < draws; i++) {
            Set<Unit> drawn = random.like(circuit);
            assertThat(strata(drawn)).isEqualTo(strata(circuit));
            drawn.forEach(unit -> counts.merge(unit, 1, Integer::sum));
        }
        // 4 binomial standard errors of a share of 1/4 or 1/2 over 4000 draws are 0.032
        for (int head = 0; head < 4; head++) {
            assertThat(counts.get(new Unit.Head(0, head)) / (double) draws).isCloseTo(0.25, within(0.032));
            assertThat(counts.get(new Unit.Head(2, head)) / (double) draws).isCloseTo(0.5, within(0.032));
        }
        assertThat(counts.get(new Unit.Mlp(1))).isEqualTo(draws);
        assertThat(counts).doesNotContainKey(new Unit.Head(1, 0));
    }

    @Test
    void tellHowMuchOfACircuitCouldHaveBeenOtherwise() {
        RandomCircuits random = new RandomCircuits(NODES, Rng.of(3));
        assertThat(random.freedom(NODES.all())).isZero();
        assertThat(random.freedom(Set.of())).isZero();
        assertThat(random.freedom(Set.of(new Unit.Mlp(0), new Unit.Head(0, 0)))).isEqualTo(0.5);
    }

    private static Map<String, Long> strata(Set<Unit> circuit) {
        return circuit.stream().collect(Collectors.groupingBy(Unit::stratum, Collectors.counting()));
    }
}
