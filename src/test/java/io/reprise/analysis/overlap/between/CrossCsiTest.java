package io.reprise.analysis.overlap.between;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.stats.Interval;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrossCsiTest {
    private final CrossCsi csi = new CrossCsi(400, Rng.of(1));

    @Test
    void nullIsNothingAndCeilingIsOne() {
        List<SeedPair> nulls = around("n", "u", 0.5, 0.01);
        List<SeedPair> ceilings = around("s", "s", 0.1, 0.01);
        double top = mean(nulls);
        double gap = top - mean(ceilings);
        for (double distance : new double[] {0.1, 0.3, 0.5, 0.6}) {
            List<SeedPair> pairs = around("a", "b", distance, 0.01);
            CrossCsi.Result result = csi.of(pairs, nulls, ceilings);
            double expected = (top - mean(pairs)) / gap;
            // the same arithmetic
            assertThat(result.value().orElseThrow()).isCloseTo(expected, within(1e-12));
            Interval interval = result.interval().orElseThrow();
            assertThat(interval.contains(expected)).isTrue();
            // errors of 0.01/√3 or so in three means, over a gap of 0.4
            assertThat(interval.width()).isBetween(0.005, 0.15);
        }
    }

    @Test
    void promptsThatDisagreeWidenTheInterval() {
        List<SeedPair> nulls = around("n", "u", 0.5, 0.01);
        List<SeedPair> ceilings = around("s", "s", 0.1, 0.01);
        List<SeedPair> steady = around("a", "b", 0.3, 0.001);
        List<SeedPair> shaky = steady.stream()
                .map(pair -> new SeedPair(
                        pair.first(),
                        pair.second(),
                        pair.distance(),
                        // larger on the whole, as distances on fewer prompts are: that must not move the estimate
                        List.of(pair.distance() + 0.1, pair.distance() + 0.2, pair.distance() + 0.3)))
                .toList();
        CrossCsi.Result narrow = csi.of(steady, nulls, ceilings);
        CrossCsi.Result wide = csi.of(shaky, nulls, ceilings);
        assertThat(wide.value()).isEqualTo(narrow.value());
        assertThat(wide.interval().orElseThrow().width())
                .isGreaterThan(2 * narrow.interval().orElseThrow().width());
        assertThat(wide.interval().orElseThrow().contains(wide.value().orElseThrow()))
                .isTrue();
    }

    @Test
    void aNullThatIsNotAboveTheCeilingIdentifiesNothing() {
        List<SeedPair> wild = List.of(
                new SeedPair("n0", "u0", 0.0, List.of()),
                new SeedPair("n1", "u0", 0.1, List.of()),
                new SeedPair("n2", "u0", 0.3, List.of()));
        CrossCsi.Result close = csi.of(around("a", "b", 0.1, 0.01), wild, around("s", "s", 0.1, 0.01));
        assertThat(close.value()).isEmpty();
        assertThat(close.interval()).isEmpty();
        assertThat(close.reason().orElseThrow()).contains("not identifiable");
        CrossCsi.Result below =
                csi.of(around("a", "b", 0.1, 0.01), around("n", "u", 0.05, 0.001), around("s", "s", 0.1, 0.001));
        assertThat(below.value()).isEmpty();
        assertThat(below.gap()).isNegative();
    }

    @Test
    void theSameSeedGivesTheSameInterval() {
        List<SeedPair> pairs = around("a", "b", 0.3, 0.05);
        List<SeedPair> nulls = around("n", "u", 0.5, 0.05);
        List<SeedPair> ceilings = around("s", "s", 0.1, 0.05);
        CrossCsi again = new CrossCsi(400, Rng.of(1));
        assertThat(again.of(pairs, nulls, ceilings)).isEqualTo(csi.of(pairs, nulls, ceilings));
    }

    @Test
    void tooFewPairsAreRefused() {
        List<SeedPair> one = List.of(new SeedPair("a", "b", 0.1, List.of()));
        List<SeedPair> some = around("n", "u", 0.5, 0.01);
        assertThatThrownBy(() -> csi.of(List.of(), some, some)).hasMessageContaining("pair in question");
        assertThatThrownBy(() -> csi.of(one, one, some)).hasMessageContaining("null pairs");
        assertThatThrownBy(() -> csi.of(one, some, one)).hasMessageContaining("ceiling pairs");
        assertThatThrownBy(() -> new SeedPair("a", "b", Double.NaN, List.of()))
                .hasMessageContaining("not a finite number");
        assertThatThrownBy(() -> new CrossCsi(10, Rng.of(1))).hasMessageContaining("resamples");
    }

    @Test
    void halvesHoldHalfOfThePromptsOnceEach() {
        List<List<Integer>> halves = PromptHalves.of(9, 20, Rng.of(2));
        assertThat(halves).hasSize(20).allSatisfy(half -> {
            assertThat(half).hasSize(5).doesNotHaveDuplicates().isSorted();
            assertThat(half).allSatisfy(prompt -> assertThat(prompt).isBetween(0, 8));
        });
        assertThat(halves.stream().distinct().count()).isGreaterThan(10);
    }

    /** Three seeds on either side, all pairs; one population if both have one name. */
    private static List<SeedPair> around(String first, String second, double centre, double spread) {
        Rng rng = Rng.of(9).split(first + second + centre);
        List<SeedPair> pairs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < (first.equals(second) ? i : 3); j++) {
                pairs.add(new SeedPair(first + i, second + j, centre + spread * rng.nextGaussian(), List.of()));
            }
        }
        return pairs;
    }

    private static double mean(List<SeedPair> pairs) {
        return pairs.stream().mapToDouble(SeedPair::distance).average().orElseThrow();
    }

    /** Were kinds drawn from one pot, how many of each come up would be the largest part of the spread. */
    @Test
    void kindsOfNullWeighTheSameAndAreDrawnApart() {
        List<SeedPair> near = around("a", "n", 0.2, 0.01);
        List<SeedPair> far = around("b", "f", 0.8, 0.01);
        List<SeedPair> pairs = around("a", "b", 0.3, 0.01);
        List<SeedPair> ceilings = around("s", "s", 0.1, 0.01);
        CrossCsi.Result apart = csi.ofKinds(pairs, List.of(near, far), ceilings);
        List<SeedPair> pot = new ArrayList<>(near);
        pot.addAll(far);
        CrossCsi.Result mixed = csi.of(pairs, pot, ceilings);
        assertThat(apart.value().orElseThrow()).isCloseTo(mixed.value().orElseThrow(), within(1e-9));
        assertThat(apart.gapError()).isLessThan(mixed.gapError() / 3);
    }
}
