package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.run.CircuitResults;
import io.reprise.stats.Estimate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ToyCircuitsTest {
    private static final Universe HEADS = Universe.heads(new ModelShape(1, 8, 0, false));
    private static final Transfer.Result NO_TRANSFER =
            new Transfer.Result(Estimate.none("not measured"), 0, 0, 0, 0, 0, 0, 0, 0);

    /** Eight heads in one layer. Four of four: p = 1/70; three or more of four: 17/70; the empty circuit is no test. */
    @Test
    void pIsAdjustedForThePairsThatCanBeTold() {
        Set<Unit> four = heads(0, 1, 2, 3);
        List<CircuitResults.Overlap> overlaps = List.of(
                overlap("a", "b", four, four),
                overlap("a", "c", four, heads(1, 2, 3, 4)),
                overlap("a", "d", four, Set.of()));
        assertThat(ToyCircuits.adjusted(overlaps))
                .hasSize(2)
                .hasEntrySatisfying("a-b", q -> assertThat(q).isCloseTo(2.0 / 70, within(1e-12)))
                .hasEntrySatisfying("a-c", q -> assertThat(q).isCloseTo(17.0 / 70, within(1e-12)));
        assertThat(ToyCircuits.adjusted(List.of())).isEmpty();
    }

    @Test
    void specificityIsWhatATaskLosesMoreWithoutItsOwnCircuitThanWithoutOthers() {
        Set<Unit> any = heads(0);
        List<CircuitResults.Overlap> overlaps = List.of(
                new CircuitResults.Overlap(
                        "a", "b", StructuralOverlap.of(HEADS, any, any), Optional.empty(), needed(0.2), needed(0.7)),
                new CircuitResults.Overlap(
                        "b", "c", StructuralOverlap.of(HEADS, any, any), Optional.empty(), needed(0.1), needed(0.4)));
        // b without a's circuit loses 0.2, without c's 0.4
        assertThat(ToyCircuits.specificity("b", 0.9, overlaps).orElseThrow()).isCloseTo(0.6, within(1e-12));
        assertThat(ToyCircuits.specificity("a", 0.9, overlaps).orElseThrow()).isCloseTo(0.2, within(1e-12));
        assertThat(ToyCircuits.specificity("b", 0.9, List.of())).isEmpty();
    }

    private static Transfer.Result needed(double necessity) {
        return new Transfer.Result(Estimate.none("not measured"), 0, 0, 0, 0, 0, 0, necessity, 0);
    }

    private static CircuitResults.Overlap overlap(String one, String other, Set<Unit> a, Set<Unit> b) {
        return new CircuitResults.Overlap(
                one, other, StructuralOverlap.of(HEADS, a, b), Optional.empty(), NO_TRANSFER, NO_TRANSFER);
    }

    private static Set<Unit> heads(int... heads) {
        Set<Unit> units = new LinkedHashSet<>();
        for (int head : heads) {
            units.add(new Unit.Head(0, head));
        }
        return units;
    }
}
