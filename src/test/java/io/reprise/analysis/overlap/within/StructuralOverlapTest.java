package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StructuralOverlapTest {
    private static final double EXACT = 1e-11; // sums of a few dozen doubles
    private static final Universe HEADS = Universe.nodes(new ModelShape(12, 12, 0, false));

    /** Heads of the published circuits of GPT-2 small (Lan, Torr and Barez 2024). */
    private static final String NUMERALS = "0.1 1.5 4.4 4.10 5.0 6.1 6.6 6.10 7.11 8.1 8.6 8.8 8.9 9.1";

    private static final String NUMBER_WORDS =
            "0.1 7.11 4.4 9.1 6.10 1.5 8.8 8.1 8.11 6.6 8.6 9.5 4.10 5.8 7.6 6.1 8.9 9.7 7.2";

    private static Set<Unit> heads(String names) {
        Set<Unit> heads = new LinkedHashSet<>();
        for (String name : names.split(" ")) {
            String[] parts = name.split("\\.");
            heads.add(new Unit.Head(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
        }
        return heads;
    }

    @Test
    void publishedCircuitsAreComparedAsOnPaper() {
        StructuralOverlap overlap = StructuralOverlap.of(HEADS, heads(NUMERALS), heads(NUMBER_WORDS));
        assertThat(overlap.universe()).isEqualTo(144);
        assertThat(overlap.a()).isEqualTo(14);
        assertThat(overlap.b()).isEqualTo(19);
        assertThat(overlap.shared()).isEqualTo(13);
        assertThat(overlap.jaccard()).isEqualTo(13.0 / 20);
        assertThat(overlap.overlapCoefficient()).isEqualTo(13.0 / 14);
        assertThat(overlap.containedA()).isEqualTo(13.0 / 14);
        assertThat(overlap.containedB()).isEqualTo(13.0 / 19);
        // fractions of whole numbers in Python
        assertThat(overlap.expectedJaccard()).isEqualTo(0.060925245483143785, within(EXACT));
        assertThat(overlap.adjustedJaccard().orElseThrow()).isEqualTo(0.8715195456266296, within(EXACT));
        // κ: 137 of 144 memberships agree, 14·19 + 130·125 of 144² by chance
        assertThat(overlap.kappa().orElseThrow()).isEqualTo(803.0 / 1055, within(EXACT));
        assertThat(overlap.z().orElseThrow()).isEqualTo(9.237321487892293, within(1e-9));
        assertThat(overlap.logP()).isEqualTo(-28.69328693329088, within(1e-9));
        assertThat(overlap.p()).isEqualTo(3.4567169340806669e-13, within(1e-21));
        // layer by layer, 3.5 heads are shared by chance: circuits that stand in the same layers share more
        assertThat(overlap.stratified().expectedShared()).isEqualTo(3.5, within(EXACT));
        assertThat(overlap.stratified().expectedJaccard()).isEqualTo(0.12129502954503828, within(EXACT));
        assertThat(overlap.stratified().expectedAdjusted().orElseThrow()).isEqualTo(0.08931539905890588, within(EXACT));
        assertThat(overlap.stratified().logP()).isEqualTo(-19.790590293275997, within(1e-9));
        assertThat(overlap.stratified().smallestP()).isEqualTo(2.51613806671964e-11, within(1e-19));
        assertThat(overlap.problem()).isEmpty();
    }

    /** Every circuit with B's strata, one by one, on a universe small enough. */
    @Test
    void theStratifiedNullIsWhatAllCircuitsOfThoseStrataShare() {
        Universe nodes = Universe.nodes(new ModelShape(2, 4, 8, false));
        Set<Unit> a = units(nodes, "a0.h0", "a0.h2", "m0", "a1.h3");
        Set<Unit> b = units(nodes, "a0.h2", "a0.h3", "m0", "a1.h3");
        double[] counts = new double[5];
        double jaccard = 0;
        List<Set<Unit>> alike = sameStrata(nodes, b);
        assertThat(alike).hasSize(6 * 4); // C(4, 2) in the first layer, C(4, 1) in the second, and the MLP
        for (Set<Unit> other : alike) {
            int shared = (int) other.stream().filter(a::contains).count();
            counts[shared]++;
            jaccard += shared / (8.0 - shared) / 24;
        }
        StructuralOverlap overlap = StructuralOverlap.of(nodes, a, b);
        assertThat(overlap.shared()).isEqualTo(3);
        assertThat(overlap.stratified().p()).isEqualTo((counts[3] + counts[4]) / 24, within(EXACT));
        assertThat(overlap.stratified().smallestP()).isEqualTo(counts[4] / 24, within(EXACT));
        assertThat(overlap.stratified().expectedJaccard()).isEqualTo(jaccard, within(EXACT));
        assertThat(overlap.stratified().expectedAdjusted().orElseThrow())
                .isEqualTo(
                        (jaccard - overlap.expectedJaccard()) / (1 - overlap.expectedJaccard()),
                        within(EXACT)); // J_max is 1, as the sizes are equal
    }

    private static List<Set<Unit>> sameStrata(Universe universe, Set<Unit> circuit) {
        List<Set<Unit>> alike = new ArrayList<>();
        for (int bits = 0; bits < 1 << universe.size(); bits++) {
            Set<Unit> units = new LinkedHashSet<>();
            for (int i = 0; i < universe.size(); i++) {
                if ((bits >> i & 1) == 1) {
                    units.add(universe.units().get(i));
                }
            }
            if (universe.strata().values().stream()
                    .allMatch(stratum -> stratum.stream()
                                    .filter(units::contains)
                                    .count()
                            == stratum.stream().filter(circuit::contains).count())) {
                alike.add(units);
            }
        }
        return alike;
    }

    @Property(tries = 100)
    void isSymmetricAndInBounds(@ForAll long seed) {
        Rng rng = Rng.of(seed);
        Set<Unit> a = random(rng, 1 + rng.nextInt(143));
        Set<Unit> b = random(rng, 1 + rng.nextInt(143));
        StructuralOverlap there = StructuralOverlap.of(HEADS, a, b);
        StructuralOverlap back = StructuralOverlap.of(HEADS, b, a);
        assertThat(back.jaccard()).isEqualTo(there.jaccard());
        assertThat(back.containedA()).isEqualTo(there.containedB());
        assertThat(back.overlapCoefficient()).isEqualTo(there.overlapCoefficient());
        assertThat(back.adjustedJaccard().orElseThrow())
                .isEqualTo(there.adjustedJaccard().orElseThrow(), within(1e-9));
        assertThat(back.kappa().orElseThrow()).isEqualTo(there.kappa().orElseThrow(), within(EXACT));
        assertThat(back.logP()).isEqualTo(there.logP(), within(1e-9));
        assertThat(back.stratified().logP()).isEqualTo(there.stratified().logP(), within(1e-9));
        assertThat(there.adjustedJaccard().orElseThrow()).isLessThanOrEqualTo(1 + EXACT);
        assertThat(there.kappa().orElseThrow()).isBetween(-1 - EXACT, 1 + EXACT);
        assertThat(there.stratified().smallestP())
                .isLessThanOrEqualTo(there.stratified().p() + EXACT);
        assertThat(there.p()).isBetween(0.0, 1.0);
    }

    @Test
    void randomCircuitsHaveAnAdjustedJaccardOfZero() {
        Rng rng = Rng.of(11);
        Set<Unit> a = random(rng, 30);
        double[] adjusted = new double[2000];
        Arrays.setAll(adjusted, i -> StructuralOverlap.of(HEADS, a, random(rng, 50))
                .adjustedJaccard()
                .orElseThrow());
        double sd = Summary.of(adjusted).sd();
        assertThat(Summary.of(adjusted).mean()).isEqualTo(0, within(4 * sd / Math.sqrt(2000)));
        // and where they keep to the layers of another circuit, J* is what stratified says
        Set<Unit> b = heads(NUMBER_WORDS);
        RandomCircuits random = new RandomCircuits(HEADS, Rng.of(12));
        Arrays.setAll(adjusted, i -> StructuralOverlap.of(HEADS, heads(NUMERALS), random.like(b))
                .adjustedJaccard()
                .orElseThrow());
        sd = Summary.of(adjusted).sd();
        assertThat(Summary.of(adjusted).mean()).isEqualTo(0.08931539905890588, within(4 * sd / Math.sqrt(2000)));
    }

    @Test
    void growsWithPlantedOverlapFromNoneToAll() {
        StructuralOverlap before = null;
        for (int shared = 0; shared <= 20; shared++) {
            List<Unit> units = HEADS.units();
            Set<Unit> a = new LinkedHashSet<>(units.subList(0, 20));
            Set<Unit> b = new LinkedHashSet<>(units.subList(20 - shared, 40 - shared));
            StructuralOverlap now = StructuralOverlap.of(HEADS, a, b);
            assertThat(now.shared()).isEqualTo(shared);
            if (before != null) {
                assertThat(now.jaccard()).isGreaterThan(before.jaccard());
                assertThat(now.adjustedJaccard().orElseThrow())
                        .isGreaterThan(before.adjustedJaccard().orElseThrow());
                assertThat(now.kappa().orElseThrow())
                        .isGreaterThan(before.kappa().orElseThrow());
                assertThat(now.logP()).isLessThan(before.logP());
            } else {
                assertThat(now.jaccard()).isZero();
                assertThat(now.adjustedJaccard().orElseThrow()).isNegative();
                assertThat(now.p()).isEqualTo(1, within(EXACT));
            }
            before = now;
        }
        assertThat(before.jaccard()).isEqualTo(1);
        assertThat(before.adjustedJaccard().orElseThrow()).isEqualTo(1, within(EXACT));
        assertThat(before.kappa().orElseThrow()).isEqualTo(1, within(EXACT));
    }

    @Test
    void oneInsideTheOtherIsOneWhateverTheSizes() {
        Set<Unit> large = new LinkedHashSet<>(HEADS.units().subList(0, 60));
        Set<Unit> small = new LinkedHashSet<>(HEADS.units().subList(0, 6));
        StructuralOverlap overlap = StructuralOverlap.of(HEADS, small, large);
        assertThat(overlap.jaccard()).isEqualTo(0.1);
        assertThat(overlap.adjustedJaccard().orElseThrow()).isEqualTo(1, within(EXACT));
        assertThat(overlap.containedA()).isEqualTo(1);
        assertThat(overlap.containedB()).isEqualTo(0.1);
    }

    @Test
    void emptyAndFullCircuitsAreNotIdentifiable() {
        Set<Unit> some = heads(NUMERALS);
        for (Set<Unit> trivial : List.of(Set.<Unit>of(), HEADS.all())) {
            for (StructuralOverlap overlap : List.of(
                    StructuralOverlap.of(HEADS, trivial, some),
                    StructuralOverlap.of(HEADS, some, trivial),
                    StructuralOverlap.of(HEADS, trivial, trivial))) {
                assertThat(overlap.problem())
                        .hasValueSatisfying(why -> assertThat(why).startsWith("not identifiable"));
                assertThat(overlap.adjustedJaccard()).isEmpty();
                assertThat(overlap.kappa()).isEmpty();
                assertThat(overlap.z()).isEmpty();
                assertThat(overlap.stratified().expectedAdjusted()).isEmpty();
                assertThat(overlap.p()).isEqualTo(1, within(EXACT));
                assertThat(overlap.stratified().p()).isEqualTo(1, within(EXACT));
                assertThat(overlap.jaccard()).isFinite();
            }
        }
    }

    @Test
    void circuitsThatFillTheirStrataCanOnlyShareWhatTheyDo() {
        Universe nodes = Universe.nodes(new ModelShape(2, 2, 4, false));
        Set<Unit> first = units(nodes, "a0.h0", "a0.h1", "m0");
        StructuralOverlap overlap = StructuralOverlap.of(nodes, first, first);
        assertThat(overlap.p()).isEqualTo(1.0 / 20, within(EXACT)); // C(6, 3)
        assertThat(overlap.stratified().p()).isEqualTo(1, within(EXACT));
        assertThat(overlap.stratified().smallestP()).isEqualTo(1, within(EXACT));
    }

    @Test
    void mistakesAreNamed() {
        Universe smaller = Universe.nodes(new ModelShape(6, 12, 0, false));
        Circuit one = circuit("one", HEADS, "x");
        assertThatThrownBy(() -> StructuralOverlap.of(one, circuit("other", smaller, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another model");
        assertThatThrownBy(() -> StructuralOverlap.of(one, circuit("other", HEADS, "y")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fingerprints differ");
        Universe neurons = Universe.neurons(new ModelShape(12, 12, 4, false));
        assertThatThrownBy(() -> StructuralOverlap.of(one, circuit("other", neurons, "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of neurons");
        assertThatThrownBy(() -> StructuralOverlap.of(smaller, heads("0.1"), heads("9.1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a9.h1");
    }

    private static Circuit circuit(String name, Universe universe, String fingerprint) {
        Circuit.Origin origin = new Circuit.Origin(
                Optional.empty(),
                Optional.of(fingerprint),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        return new Circuit(name, origin, universe, heads("0.1 1.5"), Map.of(), Map.of());
    }

    private static Set<Unit> units(Universe universe, String... names) {
        Set<Unit> units = new LinkedHashSet<>();
        for (String name : names) {
            units.add(universe.find(name).orElseThrow());
        }
        return units;
    }

    private static Set<Unit> random(Rng rng, int size) {
        Set<Unit> units = new LinkedHashSet<>();
        int[] order = rng.permutation(HEADS.size());
        for (int i = 0; i < size; i++) {
            units.add(HEADS.units().get(order[i]));
        }
        return units;
    }
}
