package io.reprise.data.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.ComponentSpec;
import io.reprise.data.Dataset;
import io.reprise.data.DatasetBuilder;
import io.reprise.data.IntRange;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.Rule;
import io.reprise.data.SeriesCatalogue;
import io.reprise.data.Split;
import io.reprise.data.SplitBy;
import io.reprise.data.SplitSpec;
import io.reprise.data.TaskSpec;
import io.reprise.data.TokenKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ToyPairsTest {
    private static final SplitSpec HALVES = SplitSpec.of(SplitBy.UNIT, "0.5", "0.0", "0.5");

    private static Dataset build(TaskSpec task, SplitSpec split) {
        return new DatasetBuilder(new SeriesCatalogue(Path.of("datasets"), Path.of("."))).build(task, split);
    }

    private static ComponentSpec add(int k) {
        return ComponentSpec.of("numerals", new Rule.Add(k), IntRange.of(1, 60), IntRange.of(4, 4));
    }

    private static TaskSpec steps() {
        return TaskSpec.of(add(1), add(2), add(3));
    }

    private static ComponentSpec drawn(Rule rule, int values, int length) {
        return new ComponentSpec(
                Optional.empty(),
                rule,
                Optional.of(IntRange.of(1, values)),
                Optional.empty(),
                Optional.of(IntRange.of(length, length)),
                Optional.empty(),
                Optional.empty());
    }

    private static List<Integer> numbers(Dataset data, List<Integer> tokens) {
        return words(data, tokens).stream().map(Integer::valueOf).toList();
    }

    private static List<String> words(Dataset data, List<Integer> tokens) {
        return tokens.stream().map(data.vocabulary()::token).toList();
    }

    private static List<PromptPair> all(TaskPairs pairs) {
        List<PromptPair> all = new ArrayList<>(pairs.discovery().pairs());
        all.addAll(pairs.evaluation().pairs());
        return all;
    }

    @Test
    void stepPairsKeepTheLastTokenAndSwapTheRule() {
        Dataset data = build(steps(), HALVES);
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(24, 24).withGiven(3, 3));
        for (PromptPair pair : all(pairs)) {
            List<Integer> clean = numbers(data, pair.clean());
            List<Integer> corrupt = numbers(data, pair.corrupt());
            int step = clean.get(2) - clean.get(1);
            int other = corrupt.get(2) - corrupt.get(1);
            assertThat(corrupt.get(2)).isEqualTo(clean.get(2));
            assertThat(other).isNotEqualTo(step);
            assertThat(clean.get(1) - clean.get(0)).isEqualTo(step);
            assertThat(corrupt.get(1) - corrupt.get(0)).isEqualTo(other);
            assertThat(data.vocabulary().token(pair.answer())).isEqualTo(Integer.toString(clean.get(2) + step));
            assertThat(data.vocabulary().token(pair.wrong())).isEqualTo(Integer.toString(clean.get(2) + other));
        }
        assertThat(pairs.discovery().roles()).containsExactly("x1", "x2", "x3");
        assertThat(pairs.description()).contains("split test", "swap_rule");
    }

    @Test
    void stepsAreBalancedInBothSets() {
        Dataset data = build(steps(), HALVES);
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(24, 24).withGiven(3, 3));
        for (PairSet set : List.of(pairs.discovery(), pairs.evaluation())) {
            Map<Integer, Long> counts = set.pairs().stream()
                    .map(pair -> numbers(data, pair.clean()))
                    .collect(Collectors.groupingBy(clean -> clean.get(1) - clean.get(0), Collectors.counting()));
            assertThat(counts).isEqualTo(Map.of(1, 8L, 2, 8L, 3, 8L));
        }
    }

    @Test
    void discoveryAndEvaluationShareNoPromptAndNoneIsFromTraining() {
        Dataset data = build(steps(), HALVES);
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(24, 24).withGiven(2, 3));
        pairs.discovery().requireDisjoint(pairs.evaluation());
        Set<List<Integer>> trained = new HashSet<>();
        data.examples(Split.TRAIN).forEach(example -> {
            for (int to = 3; to <= example.length(); to++) {
                List<Integer> beginning = new ArrayList<>();
                for (int i = 0; i < to; i++) {
                    beginning.add(example.token(i));
                }
                trained.add(beginning);
            }
        });
        for (PromptPair pair : all(pairs)) {
            List<Integer> content = new ArrayList<>(pair.clean());
            content.add(pair.answer());
            assertThat(trained).doesNotContain(content);
        }
    }

    @Test
    void theSeedDecidesAndNothingElse() {
        Dataset data = build(steps(), HALVES);
        PairSpec spec = PairSpec.of(10, 10).withGiven(3, 3);
        String digest = ToyPairs.of(data, spec).discovery().digest();
        assertThat(ToyPairs.of(data, spec).discovery().digest()).isEqualTo(digest);
        assertThat(ToyPairs.of(data, spec.withSeed(1)).discovery().digest()).isNotEqualTo(digest);
    }

    @Test
    void oneDatasetGivesPairsOfEachComponentAndOfAPermutedSeries() {
        List<ComponentSpec> components = new ArrayList<>();
        for (int k = 1; k <= 3; k++) {
            components.add(add(k));
            components.add(ComponentSpec.of("number_words", new Rule.Add(k), IntRange.of(1, 60), IntRange.of(4, 4)));
            components.add(
                    ComponentSpec.of("months", new Rule.Successor(k, true), IntRange.of(1, 12), IntRange.of(4, 4)));
            components.add(
                    ComponentSpec.of("letters", new Rule.Successor(k, true), IntRange.of(1, 26), IntRange.of(4, 4))
                            .withPermuted(5));
        }
        Dataset data = build(TaskSpec.of(components.toArray(new ComponentSpec[0])), HALVES);
        Map<String, Function<String, Boolean>> kinds = Map.of(
                "numerals", word -> word.matches("\\d+"),
                "number_words", word -> word.matches("[a-z -]+"),
                "months", word -> word.matches("[A-Z][a-z]+"),
                "letters", word -> word.matches("[A-Z]"));
        kinds.forEach((series, kind) -> {
            TaskPairs pairs =
                    ToyPairs.of(data, PairSpec.of(6, 6).withSeries(series).withGiven(3, 3));
            for (PromptPair pair : all(pairs)) {
                for (List<Integer> tokens :
                        List.of(pair.clean(), pair.corrupt(), List.of(pair.answer(), pair.wrong()))) {
                    assertThat(words(data, tokens)).allMatch(kind::apply);
                }
                assertThat(pair.corrupt().get(2)).isEqualTo(pair.clean().get(2));
            }
        });
    }

    @Test
    void aRuleCanBeChosenAndIsStillSwappedForTheOthers() {
        Dataset data = build(steps(), HALVES);
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(8, 8).withRule("add 2").withGiven(3, 3));
        for (PromptPair pair : all(pairs)) {
            List<Integer> clean = numbers(data, pair.clean());
            assertThat(clean.get(1) - clean.get(0)).isEqualTo(2);
        }
    }

    @Test
    void withOneRuleTheCorruptPromptIsAnotherExample() {
        Dataset data = build(TaskSpec.of(add(2)), HALVES);
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(8, 8).withGiven(3, 3));
        assertThat(pairs.description()).contains("other_example");
        for (PromptPair pair : all(pairs)) {
            List<Integer> corrupt = numbers(data, pair.corrupt());
            assertThat(data.vocabulary().token(pair.wrong())).isEqualTo(Integer.toString(corrupt.get(2) + 2));
        }
    }

    @Test
    void digitsAnswerWithTheFirstDigitThatDiffers() {
        Dataset data = build(steps().withTokens(TokenKind.DIGIT), HALVES);
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(20, 20).withGiven(3, 3));
        for (PairSet.Group group : pairs.discovery().groups()) {
            assertThat(group.roles()).contains("x1.d1", "sep", "x3.d1");
        }
        boolean within = false;
        for (PromptPair pair : all(pairs)) {
            String clean = String.join("", words(data, pair.clean()));
            String answer = data.vocabulary().token(pair.answer());
            String[] members = clean.split(",", -1);
            int last = Integer.parseInt(members[2]);
            int expected = 2 * last - Integer.parseInt(members[1]);
            String shown = members[3];
            within |= !shown.isEmpty();
            assertThat(expected + ",").startsWith(shown + answer);
            String[] corrupt = String.join("", words(data, pair.corrupt())).split(",", -1);
            int wrong = 2 * Integer.parseInt(corrupt[2]) - Integer.parseInt(corrupt[1]);
            assertThat(corrupt[2]).isEqualTo(members[2]);
            assertThat(wrong + ",").startsWith(corrupt[3] + data.vocabulary().token(pair.wrong()));
        }
        assertThat(within).as("27 and 29 differ at the second digit").isTrue();
    }

    @Test
    void separatedTokensEndAtTheLastSeparator() {
        Dataset data = build(steps().withTokens(TokenKind.SEPARATED), HALVES);
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(8, 8).withGiven(3, 3));
        assertThat(pairs.discovery().groups().get(0).roles()).containsExactly("x1", "sep", "x2", "sep", "x3", "end");
    }

    @Test
    void inductionAnswersWhatFollowedEarlierAndCorruptsThatPlaceOnly() {
        Dataset data =
                build(TaskSpec.of(drawn(Rule.Repeat.defaults(), 20, 5)), SplitSpec.of(SplitBy.UNIT, "256", "0", "128"));
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(40, 40));
        for (PairSet.Group group : pairs.discovery().groups()) {
            int earlier = group.roles().indexOf("earlier");
            int follower = group.roles().indexOf("follower");
            int end = group.roles().indexOf("end");
            assertThat(end).isEqualTo(group.length() - 1);
            for (PromptPair pair : group.pairs()) {
                assertThat(pair.clean().get(earlier)).isEqualTo(pair.clean().get(end));
                assertThat(pair.clean().get(follower)).isEqualTo(pair.answer());
                assertThat(pair.corrupt().get(follower)).isEqualTo(pair.wrong());
                assertThat(pair.clean()).doesNotContain(pair.wrong());
                List<Integer> mended = new ArrayList<>(pair.corrupt());
                mended.set(follower, pair.answer());
                assertThat(mended).isEqualTo(pair.clean());
            }
        }
    }

    @Test
    void sortingShowsAnotherListWithTheSameBeginning() {
        Dataset data =
                build(TaskSpec.of(drawn(Rule.Sort.defaults(), 20, 4)), SplitSpec.of(SplitBy.UNIT, "512", "0", "256"));
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(20, 20).withGiven(1, 1));
        assertThat(pairs.discovery().roles()).containsExactly("start", "x1", "x2", "x3", "x4", "mid", "y1");
        for (PromptPair pair : all(pairs)) {
            assertThat(pair.corrupt().get(6)).isEqualTo(pair.clean().get(6));
            List<Integer> list = new ArrayList<>(numbers(data, pair.clean().subList(1, 5)));
            list.sort(null);
            assertThat(data.vocabulary().token(pair.answer())).isEqualTo(Integer.toString(list.get(1)));
        }
    }

    @Test
    void sumsFibonacciAndMultiplesHavePairsOfTheRightAnswers() {
        Dataset sums = build(
                TaskSpec.of(new ComponentSpec(
                        Optional.empty(),
                        Rule.Sum.defaults(),
                        Optional.empty(),
                        Optional.of(IntRange.of(1, 20)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())),
                HALVES);
        TaskPairs sum = ToyPairs.of(sums, PairSpec.of(20, 20));
        assertThat(sum.discovery().roles()).containsExactly("x1", "plus", "x2", "equals");
        for (PromptPair pair : all(sum)) {
            List<Integer> terms =
                    numbers(sums, List.of(pair.clean().get(0), pair.clean().get(2), pair.answer()));
            assertThat(terms.get(0) + terms.get(1)).isEqualTo(terms.get(2));
        }
        Dataset fibonacci = build(
                TaskSpec.of(
                        ComponentSpec.of("numerals", Rule.Fibonacci.defaults(), IntRange.of(1, 12), IntRange.of(4, 4))),
                HALVES);
        for (PromptPair pair : all(ToyPairs.of(fibonacci, PairSpec.of(10, 10).withGiven(3, 3)))) {
            List<Integer> given = numbers(fibonacci, pair.clean());
            assertThat(fibonacci.vocabulary().token(pair.answer()))
                    .isEqualTo(Integer.toString(given.get(1) + given.get(2)));
        }
        Dataset multiples = build(
                TaskSpec.of(
                        ComponentSpec.of("numerals", new Rule.Multiply(2), IntRange.of(1, 40), IntRange.of(4, 4)),
                        ComponentSpec.of("numerals", new Rule.Multiply(3), IntRange.of(1, 40), IntRange.of(4, 4))),
                HALVES);
        TaskPairs pairs =
                ToyPairs.of(multiples, PairSpec.of(3, 3).withGiven(3, 3).withCorrupt(CorruptRule.OTHER_EXAMPLE));
        assertThat(all(pairs)).hasSize(6);
    }

    @Test
    void factsAreOfTrainingAndTheWrongAnswerIsOfTheSameRelation() {
        Dataset data = build(
                TaskSpec.of(new ComponentSpec(
                        Optional.empty(),
                        new Rule.Triples(30, 2, 5, false, 0),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())),
                SplitSpec.of(SplitBy.UNIT, "1.0", "0.0", "0.0"));
        TaskPairs pairs = ToyPairs.of(data, PairSpec.of(10, 10));
        assertThat(pairs.description()).contains("split train");
        assertThat(pairs.discovery().roles()).containsExactly("subject", "relation");
        for (PromptPair pair : all(pairs)) {
            assertThat(pair.corrupt().get(1)).isEqualTo(pair.clean().get(1));
        }
    }

    @Test
    void fewerPromptsThanAskedForAreRefusedWithTheirNumber() {
        Dataset data = build(steps(), HALVES);
        assertThatThrownBy(() -> ToyPairs.of(data, PairSpec.of(500, 500).withGiven(3, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ask for 1000 prompts")
                .hasMessageMatching(".*there are \\d+ in split test.*");
    }

    @Test
    void anUnknownComponentOrSplitIsRefusedWithThoseThereAre() {
        Dataset data = build(steps(), HALVES);
        assertThatThrownBy(() -> ToyPairs.of(data, PairSpec.of(5, 5).withSeries("weekdays")))
                .hasMessageContaining("weekdays is no component")
                .hasMessageContaining("series numerals, rule add 2");
        assertThatThrownBy(() -> ToyPairs.of(data, PairSpec.of(5, 5).withSplit(Split.HELD_OUT)))
                .hasMessageContaining("split = held_out has no examples; there are train, test");
    }

    @Test
    void overlappingSetsCannotBeMade() {
        Dataset data = build(steps(), HALVES);
        PairSet set = ToyPairs.of(data, PairSpec.of(5, 5).withGiven(3, 3)).discovery();
        assertThatThrownBy(() -> new TaskPairs(set, set, "")).hasMessageContaining("5 of 5 prompts");
    }
}
