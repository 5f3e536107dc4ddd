package io.reprise.analysis.overlap.planted;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.overlap.between.Between;
import io.reprise.analysis.overlap.between.BetweenResult;
import io.reprise.analysis.overlap.between.CrossCsi;
import io.reprise.analysis.overlap.between.PromptHalves;
import io.reprise.analysis.overlap.between.SeedPair;
import io.reprise.analysis.overlap.between.Side;
import io.reprise.analysis.overlap.planted.Algorithm.Lookup;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How far apart models are of which it is known how much they share. */
class PlantedOverlapTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final PairSet THREE = Sequences.all(3);
    private static final PairSet FIVE = Sequences.all(5);

    private final Between between = new Between(Rng.of(5));

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void theMoreOfAnEnsembleIsSharedTheCloserItIs() {
        List<Lookup> mine = List.of(lookup(0, 1), lookup(0, 2), lookup(1, 2));
        List<Lookup> others = List.of(lookup(3, 4), lookup(2, 4), lookup(2, 3));
        Side side = ensemble(mine, 1);
        double before = Double.POSITIVE_INFINITY;
        for (int shared = 0; shared <= 3; shared++) {
            List<Lookup> lookups = new ArrayList<>(mine.subList(0, shared));
            lookups.addAll(others.subList(shared, 3));
            double distance =
                    between.compare(side, ensemble(lookups, 2 + shared)).distance();
            assertThat(distance).as("%s of 3 lookups shared", shared).isLessThan(before);
            before = distance;
        }
        // all are shared: a rotated, reordered copy with other gauges
        assertThat(before).isLessThan(0.005);
    }

    @Test
    void theMoreComponentsTwoCircuitsOfOneModelShareTheCloserTheyAre() {
        Side whole = ensemble(List.of(lookup(0, 1), lookup(2, 3), lookup(1, 4), lookup(0, 3)), 7);
        List<Unit> heads = whole.signatures().units().stream()
                .filter(unit -> unit instanceof Unit.Head)
                .toList();
        Side circuit = whole.only(Set.copyOf(heads.subList(0, 4)));
        double before = Double.POSITIVE_INFINITY;
        for (int shared = 0; shared <= 4; shared++) {
            Set<Unit> members = new LinkedHashSet<>(heads.subList(0, shared));
            members.addAll(heads.subList(4, 8 - shared));
            double distance = between.compare(circuit, whole.only(members)).distance();
            assertThat(distance).as("%s of 4 heads shared", shared).isLessThan(before);
            before = distance;
        }
        assertThat(Math.abs(before)).isLessThan(1e-9);
    }

    @Test
    void aRotatedCopyIsCloserThanAnyOtherAlgorithm() {
        List<Algorithm> algorithms = List.of(
                Algorithm.LAST_TWO,
                Algorithm.FIRST_TWO,
                Algorithm.ENDS,
                Algorithm.EARLY_STEP,
                Algorithm.LATE_STEP,
                Algorithm.WIDE_STEP);
        List<Side> sides = algorithms.stream()
                .map(algorithm -> side(algorithm, Nuisance.plain(20)))
                .toList();
        for (int i = 0; i < sides.size(); i++) {
            double copy = between.compare(sides.get(i), side(algorithms.get(i), Nuisance.plain(30 + i)))
                    .distance();
            assertThat(copy).isLessThan(0.003);
            for (int j = 0; j < i; j++) {
                double apart = between.compare(sides.get(i), sides.get(j)).distance();
                assertThat(apart)
                        .as(
                                "%s against %s",
                                algorithms.get(i).name(), algorithms.get(j).name())
                        .isGreaterThan(2 * Math.max(copy, 0.0015));
            }
        }
    }

    @Test
    void matchesPairTheComponentsOfEqualWork() {
        PlantedModel one = PlantedModel.of(Algorithm.EARLY_STEP, 3, Nuisance.random(0, 40));
        PlantedModel other = PlantedModel.of(Algorithm.EARLY_STEP, 3, Nuisance.random(1, 41));
        BetweenResult result = between.compare(side(one), side(other));
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < one.planted().size(); i++) {
            expected.add(
                    one.planted().get(i).name() + "=" + other.planted().get(i).name());
        }
        Set<String> matched = new TreeSet<>();
        result.matches().stream()
                .filter(match -> match.mass() > 0.05)
                .forEach(match -> matched.add(match.a() + "=" + match.b()));
        assertThat(matched).isEqualTo(expected);
        Set<String> moved = new TreeSet<>();
        result.flows().stream()
                .filter(flow -> flow.mass() > 0.05)
                .forEach(flow -> moved.add(flow.a() + "=" + flow.b()));
        assertThat(moved).isEqualTo(expected);
        assertThat(result.matchedMass()).isBetween(0.85, 1.05);
        assertThat(result.depthTau()).hasValueSatisfying(tau -> assertThat(tau).isGreaterThan(0.5));
    }

    @Test
    void crossCsiOfOneAlgorithmInTwoShapesIsNearOneAndOfTwoAlgorithmsIsNot() {
        List<List<Integer>> halves = PromptHalves.of(THREE.size(), 2, Rng.of(6));
        List<Side> narrow = sides(Algorithm.FIRST_TWO, 0, 50);
        List<Side> deep = sides(Algorithm.FIRST_TWO, 1, 60);
        List<Side> different = sides(Algorithm.LATE_STEP, 0, 70);
        List<Side> unrelated = sides(Algorithm.LAST_TWO, 0, 80);
        List<SeedPair> ceilings = new ArrayList<>();
        for (int i = 0; i < narrow.size(); i++) {
            for (int j = 0; j < i; j++) {
                ceilings.add(SeedPair.of("n" + i, narrow.get(i), "n" + j, narrow.get(j), between, halves));
            }
        }
        List<SeedPair> nulls = pairs("n", narrow, "u", unrelated, halves);
        CrossCsi csi = new CrossCsi(500, Rng.of(7));
        CrossCsi.Result same = csi.of(pairs("n", narrow, "d", deep, halves), nulls, ceilings);
        CrossCsi.Result other = csi.of(pairs("n", narrow, "o", different, halves), nulls, ceilings);
        assertThat(same.reason()).isEmpty();
        assertThat(same.value().orElseThrow()).isBetween(0.7, 1.3);
        assertThat(same.interval().orElseThrow().low())
                .isGreaterThan(other.interval().orElseThrow().high());
        assertThat(other.value().orElseThrow()).isLessThan(0.3);
    }

    private List<SeedPair> pairs(
            String nameA, List<Side> some, String nameB, List<Side> others, List<List<Integer>> halves) {
        List<SeedPair> pairs = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            for (int j = 0; j < others.size(); j++) {
                pairs.add(SeedPair.of(nameA + i, some.get(i), nameB + j, others.get(j), between, halves));
            }
        }
        return pairs;
    }

    private static List<Side> sides(Algorithm algorithm, int extraLayers, long seed) {
        List<Side> sides = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sides.add(side(algorithm, new Nuisance(4 * extraLayers, 1, extraLayers, 0, 0.005, seed + i)));
        }
        return sides;
    }

    private static Lookup lookup(int first, int second) {
        return new Lookup(first, second, OptionalInt.empty());
    }

    private static Side ensemble(List<Lookup> lookups, long seed) {
        PlantedModel planted = PlantedModel.of(new Algorithm("ensemble", lookups), 5, Nuisance.plain(seed));
        return Specimen.of(BACKEND, FIVE, planted, "ensemble").side();
    }

    private static Side side(Algorithm algorithm, Nuisance nuisance) {
        return side(PlantedModel.of(algorithm, 3, nuisance));
    }

    private static Side side(PlantedModel planted) {
        return Specimen.of(BACKEND, THREE, planted, "any").side();
    }
}
