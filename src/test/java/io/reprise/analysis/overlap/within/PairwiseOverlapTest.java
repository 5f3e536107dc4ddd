package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PairwiseOverlapTest {
    private static final Universe HEADS = Universe.heads(new ModelShape(2, 4, 0, false));
    private static final ScoreOverlap SCORES = new ScoreOverlap(9, Rng.of(1));

    @Test
    void theCoreStandsBesideWhatRandomCircuitsOfTheseSizesHaveInCommon() {
        PairwiseOverlap found = PairwiseOverlap.of(
                List.of(circuit("a", 0, 1, 2, 3), circuit("b", 0, 1, 4, 5), circuit("c", 0, 1, 2, 6)), SCORES);
        assertThat(found.core()).containsExactly("a0.h0", "a0.h1");
        assertThat(found.union()).isEqualTo(7);
        // a head is in all three with probability 1/2 · 1/2 · 1/2
        assertThat(found.expectedCore()).isCloseTo(1.0, within(1e-12));
        assertThat(found.pairs())
                .extracting(pair -> pair.one() + pair.other() + pair.shared().size())
                .containsExactly("ab2", "ac3", "bc2");
    }

    @Test
    void qIsPTimesTheNumberOfPairsOverItsRank() {
        PairwiseOverlap found = PairwiseOverlap.of(
                List.of(circuit("a", 0, 1, 2, 3), circuit("b", 0, 1, 2, 3), circuit("c", 0, 1, 2, 4)), SCORES);
        // P(X ≥ 4) = 1/70 and, twice, P(X ≥ 3) = 17/70
        assertThat(found.pairs().get(0).q().orElseThrow()).isCloseTo(3.0 / 70, within(1e-12));
        assertThat(found.pairs().get(1).q().orElseThrow()).isCloseTo(17.0 / 70, within(1e-12));
        assertThat(found.pairs().get(2).q().orElseThrow()).isCloseTo(17.0 / 70, within(1e-12));
    }

    @Test
    void theWholeModelIsNoTest() {
        PairwiseOverlap found = PairwiseOverlap.of(
                List.of(circuit("a", 0, 1), circuit("whole", 0, 1, 2, 3, 4, 5, 6, 7), circuit("b", 0, 2)), SCORES);
        assertThat(found.pairs().get(0).q()).isEmpty();
        assertThat(found.pairs().get(0).overlap().adjustedJaccard()).isEmpty();
        assertThat(found.pairs().get(1).q().orElseThrow())
                .isCloseTo(found.pairs().get(1).overlap().p(), within(1e-12));
    }

    @Test
    void circuitsNeedNamesOfTheirOwnAndCompany() {
        assertThatThrownBy(() -> PairwiseOverlap.of(List.of(circuit("a", 0), circuit("a", 1)), SCORES))
                .hasMessageContaining("two circuits are named a");
        assertThatThrownBy(() -> PairwiseOverlap.of(List.of(circuit("a", 0)), SCORES))
                .hasMessageContaining("give two or more");
    }

    private static Circuit circuit(String name, int... heads) {
        Set<Unit> units = new LinkedHashSet<>();
        for (int head : heads) {
            units.add(HEADS.units().get(head));
        }
        return new Circuit(name, Circuit.Origin.unknown(), HEADS, units, Map.of(), Map.of());
    }
}
