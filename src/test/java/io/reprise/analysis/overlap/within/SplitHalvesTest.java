package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitHalvesTest {
    private static final Universe NODES = Universe.nodes(new ModelShape(2, 6, 4, false));

    private static Set<Unit> first(int from, int to) {
        return new LinkedHashSet<>(NODES.units().subList(from, to));
    }

    private static PairSet prompts(int count) {
        return new PairSet(
                "task",
                List.of(new PairSet.Group(
                        List.of("x1"),
                        IntStream.range(0, count)
                                .mapToObj(i -> new PromptPair(List.of(i), List.of(i + 100), 0, 1))
                                .toList())));
    }

    @Test
    void halvesAreDisjointAndMakeUpThePrompts() {
        List<PairSet> seen = new ArrayList<>();
        SplitHalves halves = new SplitHalves(NODES, half -> {
            seen.add(half);
            return first(0, 3);
        });
        assertThat(halves.of(prompts(9), 5, Rng.of(1))).hasSize(5);
        assertThat(seen).hasSize(10);
        for (int split = 0; split < 5; split++) {
            PairSet one = seen.get(2 * split);
            PairSet other = seen.get(2 * split + 1);
            assertThat(one.size()).isEqualTo(4);
            assertThat(other.size()).isEqualTo(5);
            one.requireDisjoint(other);
        }
        assertThat(seen.stream().map(PairSet::digest).distinct().count()).isGreaterThan(4);
    }

    @Test
    void crossAndCeilingAreJStarAcrossHalves() {
        SplitHalves halves = new SplitHalves(NODES, half -> Set.of());
        SplitHalves.Halves a = new SplitHalves.Halves(first(0, 4), first(1, 5));
        SplitHalves.Halves b = new SplitHalves.Halves(first(2, 6), first(3, 7));
        List<Csi.Repetition> repetitions = halves.repetitions(List.of(a), List.of(b));
        // sizes are equal, so J* of a pair depends on the number shared alone: 3 within a task; 1 and 3 between
        double three = StructuralOverlap.of(NODES, a.first(), a.second())
                .adjustedJaccard()
                .orElseThrow();
        double one = StructuralOverlap.of(NODES, a.first(), b.second())
                .adjustedJaccard()
                .orElseThrow();
        assertThat(repetitions).hasSize(1);
        assertThat(repetitions.get(0).ceiling()).isEqualTo(three, within(1e-12));
        assertThat(repetitions.get(0).cross()).isEqualTo((one + three) / 2, within(1e-12));
        double chance = (StructuralOverlap.of(NODES, a.first(), b.second())
                                .stratified()
                                .expectedAdjusted()
                                .orElseThrow()
                        + StructuralOverlap.of(NODES, a.second(), b.first())
                                .stratified()
                                .expectedAdjusted()
                                .orElseThrow())
                / 2;
        assertThat(repetitions.get(0).chance()).isEqualTo(chance, within(1e-12));
    }

    @Test
    void emptyAndFullCircuitsAreLeftOut() {
        SplitHalves halves = new SplitHalves(NODES, half -> Set.of());
        SplitHalves.Halves good = new SplitHalves.Halves(first(0, 4), first(1, 5));
        SplitHalves.Halves empty = new SplitHalves.Halves(first(0, 4), Set.of());
        SplitHalves.Halves full = new SplitHalves.Halves(NODES.all(), first(0, 4));
        assertThat(halves.repetitions(List.of(good, empty, good, full), List.of(good, good, empty, good)))
                .hasSize(1);
    }

    /** The same circuit from every half is its own ceiling: CSI of a task with itself is 1. */
    @Test
    void aTaskIsAsLikeItselfAsItCanBe() {
        SplitHalves halves = new SplitHalves(NODES, half -> first(0, 4));
        List<SplitHalves.Halves> task = halves.of(prompts(8), 3, Rng.of(2));
        Csi.Result result = Csi.of(halves.repetitions(task, task), Rng.of(3));
        assertThat(result.estimate().value().orElseThrow()).isEqualTo(1, within(1e-12));
    }

    @Test
    void mistakesAreNamed() {
        SplitHalves halves = new SplitHalves(NODES, half -> Set.of());
        SplitHalves.Halves some = new SplitHalves.Halves(first(0, 4), first(1, 5));
        assertThatThrownBy(() -> halves.repetitions(List.of(some, some), List.of(some)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 splits of one task and 1 of the other");
        assertThatThrownBy(() -> halves.of(prompts(3), 2, Rng.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 prompts");
    }
}
