package io.reprise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TriplesTest {
    private static final SplitSpec ALL = Tasks.everything(SplitBy.UNIT);

    private static ComponentSpec triples(int subjects, int relations, int objects, boolean shared, long draw) {
        return new ComponentSpec(
                Optional.empty(),
                new Rule.Triples(subjects, relations, objects, shared, draw),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Dataset build(ComponentSpec spec) {
        return Tasks.build(TaskSpec.of(spec), ALL);
    }

    @Test
    void everyFactIsTrainedOnOnceAndDetermined() {
        Dataset data = build(triples(10, 3, 4, false, 0));
        assertThat(data.splits()).containsExactly(Split.TRAIN);
        assertThat(data.examples(Split.TRAIN)).hasSize(30);
        assertThat(data.vocabulary().size()).isEqualTo(10 + 3 + 12);
        for (Example example : data.examples(Split.TRAIN)) {
            assertThat(Tasks.text(data, example)).matches("s\\d+ r\\d+ o\\d+");
            assertThat(example.answerStart()).isEqualTo(2);
            // the relation is anybody's guess, and not asked for
            assertThat(example.scored(1)).isFalse();
            assertThat(Tasks.determined(data, example)).contains(2);
            assertThat(data.vocabulary().token(example.token(0)))
                    .isEqualTo("s" + example.origin().start().orElseThrow());
            assertThat(data.vocabulary().token(example.token(1)))
                    .isEqualTo("r" + example.origin().second().orElseThrow());
        }
        assertThat(data.notes())
                .containsExactly(
                        "all 30 facts are trained on, by design: their objects are drawn at random, so accuracy says"
                                + " what is memorised and nothing of generalisation");
    }

    @Test
    void objectsOfARelationHaveEquallyManySubjectsGiveOrTakeOne() {
        for (boolean shared : new boolean[] {false, true}) {
            Dataset data = build(triples(10, 3, 4, shared, 7));
            Map<String, Map<String, Integer>> counts = new TreeMap<>();
            for (Example example : data.examples(Split.TRAIN)) {
                counts.computeIfAbsent(data.vocabulary().token(example.token(1)), k -> new HashMap<>())
                        .merge(data.vocabulary().token(example.token(2)), 1, Integer::sum);
            }
            assertThat(counts).hasSize(3);
            counts.values().forEach(objects -> assertThat(objects.values()).containsExactlyInAnyOrder(3, 3, 2, 2));
            assertThat(counts.values().stream()
                            .flatMap(objects -> objects.keySet().stream())
                            .distinct())
                    .hasSize(shared ? 4 : 12);
        }
    }

    @Test
    void anotherDrawPermutesTheFactsAndTheSameRepeatsThem() {
        Dataset data = build(triples(20, 2, 5, true, 0));
        assertThat(build(triples(20, 2, 5, true, 0)).digest(Split.TRAIN)).isEqualTo(data.digest(Split.TRAIN));
        Dataset other = build(triples(20, 2, 5, true, 1));
        assertThat(other.vocabulary()).isEqualTo(data.vocabulary());
        assertThat(Tasks.texts(other, Split.TRAIN)).isNotEqualTo(Tasks.texts(data, Split.TRAIN));
        // and relations differ from each other
        assertThat(data.examples(Split.TRAIN).stream()
                        .filter(e -> e.origin().second().orElseThrow() == 1)
                        .allMatch(e -> other(data, e) == e.token(2)))
                .isFalse();
    }

    private static int other(Dataset data, Example fact) {
        return data.examples(Split.TRAIN).stream()
                .filter(e -> e.token(0) == fact.token(0) && e.token(1) != fact.token(1))
                .findFirst()
                .orElseThrow()
                .token(2);
    }

    @Test
    void factsKeptFromTrainingAreInNoOtherSplitAndSaidToBeUnknowable() {
        Dataset data = Tasks.build(TaskSpec.of(triples(40, 3, 4, false, 0)), SplitSpec.defaults());
        assertThat(data.overlaps(Split.TEST).examples()).isZero();
        assertThat(data.overlaps(Split.TEST).prefixes()).isZero();
        int kept = data.examples(Split.TEST).size()
                + data.examples(Split.VALIDATION).size();
        assertThat(data.notes()).anyMatch(note -> note.startsWith(kept + " facts are kept from training;"));
    }

    @Test
    void aStartTokenMovesTheSubjectAndAMixtureOfTwoShapesSharesItsNames() {
        Dataset data = Tasks.build(
                TaskSpec.of(triples(10, 2, 4, false, 0), triples(6, 1, 2, true, 3))
                        .withDelimiters(true, false),
                ALL);
        for (Example example : data.examples(Split.TRAIN)) {
            assertThat(Tasks.text(data, example)).matches("<start> s\\d+ r\\d+ o\\d+");
        }
        assertThat(data.examples(Split.TRAIN)).hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new Rule.Triples(10, 0, 4, false, 0)).hasMessageStartingWith("relations = 0");
        assertThatThrownBy(() -> new Rule.Triples(10, 2, 1, false, 0)).hasMessageStartingWith("objects = 1 leaves");
        assertThatThrownBy(() -> new Rule.Triples(3, 2, 4, false, 0))
                .hasMessageStartingWith("subjects = 3 are fewer than objects = 4");
        assertThatThrownBy(() -> new Rule.Triples(100_000, 3, 4, false, 0))
                .hasMessageStartingWith("subjects = 100000 in relations = 3 are 300,000 facts, more than the 200,000");
        Rule rule = Rule.Triples.defaults();
        assertThatThrownBy(() -> Tasks.of("numerals", rule, "1..9", "3"))
                .hasMessageStartingWith("series = numerals has no meaning for triples");
        assertThatThrownBy(() -> Tasks.drawn(rule, "1..9", "3")).hasMessageStartingWith("values = 1..9 has no meaning");
        assertThatThrownBy(() -> triples(10, 2, 4, false, 0).withPermuted(1))
                .hasMessageStartingWith("permuted = 1 has no meaning");
        assertThatThrownBy(() -> new BehaviourTask("facts", Optional.empty(), rule, Optional.empty(), Optional.empty()))
                .hasMessageStartingWith("rule = triples draws facts at random");
        assertThatThrownBy(() -> Tasks.build(
                        TaskSpec.of(triples(10, 2, 4, false, 0)),
                        SplitSpec.of(SplitBy.TRANSITION, "1.0", "0.0", "0.0")))
                .hasMessageContaining("split.by = transition needs rules whose members follow from each other");
        assertThat(List.of(rule.label())).containsExactly("triples of 64 in 4 to 8");
    }
}
