package io.reprise.analysis.overlap.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.overlap.ModelComparison.Kind;
import io.reprise.analysis.overlap.ModelComparison.Reading;
import io.reprise.analysis.overlap.groups.CompareGroups;
import io.reprise.analysis.overlap.groups.ComparePrompts;
import io.reprise.analysis.overlap.groups.CompareSpec;
import io.reprise.analysis.overlap.groups.Group;
import io.reprise.analysis.overlap.groups.GroupComparison;
import io.reprise.analysis.overlap.transport.TransportSpec;
import io.reprise.analysis.overlap.verdict.Verdict.Outcome;
import io.reprise.analysis.overlap.verdict.Verdict.Question;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import io.reprise.stats.Interval;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Groups of models set by hand, which give the same answers: same algorithm in other shapes, and another algorithm. */
class PlantedGroupsTest {
    private static final PairSet ALL = Sequences.all(3);
    private static final ComparePrompts PROMPTS =
            new ComparePrompts("constant step", half(0), half(1), Optional.empty());
    private static final CompareSpec SPEC = new CompareSpec(
            SearchSpec.defaults(), 50, 8, 2, 100, 8, 4, TransportSpec.defaults().withPositions(Set.of("x3")), 1);

    private static Backend backend;
    private static Scope scope;
    private static CompareGroups groups;
    private static Group narrow;
    private static Group deep;
    private static Group different;

    @BeforeAll
    static void plant() {
        backend = new CpuBackend(1);
        scope = backend.scope();
        narrow = group("narrow", Algorithm.EARLY_STEP, 0, 300);
        deep = group("deep", Algorithm.EARLY_STEP, 1, 400);
        different = group("different", Algorithm.LATE_STEP, 0, 500);
        groups = new CompareGroups(SPEC, PROMPTS, CompareGroups.components(deep), note -> {});
    }

    @AfterAll
    static void close() {
        scope.close();
        backend.close();
    }

    @Test
    @Tag("slow")
    void oneAlgorithmInTwoShapesIsAlikeAndTwoAlgorithmsWithTheSameAnswersAreNot() {
        GroupComparison same = groups.of(narrow, deep);
        GroupComparison other = groups.of(narrow, different);
        assertThat(value(same, "x_csi")).isBetween(0.6, 1.4);
        assertThat(reading(same)).isEqualTo(Reading.ALIKE);
        assertThat(outcome(same, Question.STRUCTURAL)).isEqualTo(Outcome.SHOWN);
        // three pairs of seeds are too few for controls whose spread is large; the share itself is known
        assertThat(value(same, "transport")).isBetween(0.9, 1.2);
        // the two algorithms share the way to the answer, not to the step: more than nothing, less than all
        assertThat(interval(other).high()).isLessThan(interval(same).low());
        assertThat(outcome(other, Question.CAUSAL)).isNotEqualTo(Outcome.SHOWN);
        assertThat(value(same, "distance")).isLessThan(value(other, "distance"));
        assertThat(same.matching().flows()).isNotEmpty();
        assertThat(same.first()).extracting(GroupComparison.Part::member).contains(true);
    }

    @Test
    void aGroupIsComparedWithItselfPairByPairAndEachPairWithTheOthers() {
        GroupComparison within = groups.within(narrow);
        // three pairs of one algorithm: what is left out is on average as near as what is left
        assertThat(value(within, "x_csi")).isBetween(0.8, 1.2);
        assertThat(within.figures().get("x_csi").interval()).isPresent();
        assertThat(outcome(within, Question.STRUCTURAL)).isEqualTo(Outcome.SHOWN);
    }

    @Test
    void withoutSeedsThereIsADistanceButNothingToCalibrateItBy() {
        GroupComparison one = groups.of(first(narrow), first(deep));
        assertThat(one.figures().get("x_csi").value()).isEmpty();
        assertThat(one.figures().get("x_csi").problem().orElseThrow()).contains("ceiling");
        assertThat(one.figures().get("distance").value()).isPresent();
        assertThat(outcome(one, Question.STRUCTURAL)).isEqualTo(Outcome.NOT_IDENTIFIABLE);
        assertThat(one.comparison().sentence()).contains("Fewer than two channels");
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        assertThatThrownBy(() -> groups.within(first(narrow)))
                .hasMessageContaining("1 models")
                .hasMessageContaining("3 or more");
        assertThatThrownBy(() -> CompareSpec.of(SearchSpec.defaults().withUnits(Universe.Kind.NEURONS), 0))
                .hasMessageContaining("neurons")
                .hasMessageContaining("nodes");
        assertThatThrownBy(() -> new ComparePrompts("same", ALL, ALL, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Group("none", Map.of())).hasMessageContaining("none");
    }

    private static Group first(Group group) {
        Map.Entry<String, Transformer> model =
                group.models().entrySet().iterator().next();
        return new Group(group.name(), Map.of(model.getKey(), model.getValue()));
    }

    private static Group group(String name, Algorithm algorithm, int extraLayers, long seed) {
        Map<String, Transformer> models = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            Nuisance nuisance = new Nuisance(4 * extraLayers, 2, extraLayers, 0, 0.005, seed + i);
            models.put("seed-" + i, PlantedModel.of(algorithm, 3, nuisance).on(backend));
        }
        return new Group(name, models);
    }

    private static double value(GroupComparison comparison, String figure) {
        return comparison.figures().get(figure).value().orElseThrow();
    }

    private static Interval interval(GroupComparison comparison) {
        return comparison.figures().get("x_csi").interval().orElseThrow();
    }

    private static Reading reading(GroupComparison comparison) {
        return comparison.comparison().channels().stream()
                .filter(channel -> channel.kind() == Kind.CIRCUITS)
                .findFirst()
                .orElseThrow()
                .reading();
    }

    private static Outcome outcome(GroupComparison comparison, Question question) {
        return comparison.comparison().verdicts().stream()
                .filter(verdict -> verdict.question() == question)
                .findFirst()
                .orElseThrow()
                .outcome();
    }

    private static PairSet half(int first) {
        return ALL.select(IntStream.range(0, ALL.size())
                .filter(i -> i % 2 == first)
                .boxed()
                .toList());
    }
}
