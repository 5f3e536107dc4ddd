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
import io.reprise.data.SplitSpec;
import io.reprise.data.TaskSpec;
import io.reprise.data.TokenKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ToyPairsTest {
    private static Dataset build(TaskSpec task) {
        return new DatasetBuilder(new SeriesCatalogue(Path.of("datasets"), Path.of(".")))
                .build(task, SplitSpec.defaults());
    }

    private static ComponentSpec drawn(Rule rule, String values, String length) {
        return new ComponentSpec(
                Optional.empty(),
                rule,
                Optional.of(IntRange.parse(values)),
                Optional.empty(),
                Optional.of(IntRange.parse(length)),
                Optional.empty(),
                Optional.empty());
    }

    private static TaskSpec steps(String series, int most) {
        return TaskSpec.of(Stream.of(1, 2, 3)
                .map(k ->
                        ComponentSpec.of(series, new Rule.Add(k), IntRange.parse("1.." + most), IntRange.parse("4..5")))
                .toArray(ComponentSpec[]::new));
    }

    private static PairSpec spec(int length, int discovery, int evaluation) {
        return new PairSpec(
                Optional.empty(),
                Optional.empty(),
                Optional.of(length),
                discovery,
                evaluation,
                PairSpec.Corrupt.AUTO,
                true);
    }

    private static List<List<String>> words(Dataset data, PromptPair pair) {
        return Stream.of(pair.clean(), pair.corrupt())
                .map(ids -> data.vocabulary()
                        .decode(ids.stream().mapToInt(Integer::intValue).toArray()))
                .toList();
    }

    @Test
    void stepsKeepTheLastMemberAndSwapTheRule() {
        Dataset data = build(steps("numerals", 40).withTokens(TokenKind.SEPARATED));
        Prompts prompts = new ToyPairs(data).make("numerals", spec(3, 40, 30), 7);
        assertThat(prompts.discovery().size()).isEqualTo(40);
        assertThat(prompts.evaluation().size()).isEqualTo(30);
        assertThat(prompts.discovery().roles()).containsExactly("x1", "s1", "x2", "s2", "x3", "end");
        for (PromptPair pair : prompts.discovery().pairs()) {
            List<List<String>> words = words(data, pair);
            int[] clean = numbers(words.get(0));
            int[] corrupt = numbers(words.get(1));
            assertThat(corrupt[2]).isEqualTo(clean[2]);
            assertThat(corrupt[1]).isNotEqualTo(clean[1]);
            assertThat(data.vocabulary().token(pair.answer())).isEqualTo("" + (2 * clean[2] - clean[1]));
            assertThat(data.vocabulary().token(pair.wrong())).isEqualTo("" + (2 * corrupt[2] - corrupt[1]));
        }
        List<Integer> rules = prompts.discovery().pairs().stream()
                .map(pair -> numbers(words(data, pair).get(0)))
                .map(n -> n[1] - n[0])
                .toList();
        assertThat(IntStream.rangeClosed(1, 3).map(k -> java.util.Collections.frequency(rules, k)))
                .as("balanced over the rules")
                .allMatch(count -> count >= 10);
        assertThat(new ToyPairs(data).make("numerals", spec(3, 40, 30), 7)).isEqualTo(prompts);
        assertThat(new ToyPairs(data).make("numerals", spec(3, 40, 30), 8)).isNotEqualTo(prompts);
    }

    @Test
    void digitsGoOnToTheFirstThatDiffers() {
        Dataset data = build(steps("numerals", 60).withTokens(TokenKind.DIGIT));
        Prompts prompts = new ToyPairs(data).make("digits", spec(3, 30, 10), 1);
        assertThat(prompts.discovery().pairs()).allSatisfy(pair -> {
            List<List<String>> words = words(data, pair);
            assertThat(words.get(0)).hasSameSizeAs(words.get(1)).isNotEqualTo(words.get(1));
            assertThat(pair.answer()).isNotEqualTo(pair.wrong());
        });
        assertThat(prompts.discovery().groups()).hasSizeGreaterThan(1);
    }

    @Test
    void aRepeatedBlockHasAnotherFollowerTheFirstTime() {
        Dataset data = build(TaskSpec.of(drawn(new Rule.Repeat(2, false), "1..12", "4..4")));
        Prompts prompts = new ToyPairs(data).make("repeat", spec(6, 20, 20), 1);
        for (PromptPair pair : prompts.evaluation().pairs()) {
            assertThat(pair.clean()).hasSize(6);
            assertThat(pair.clean().subList(4, 6)).isEqualTo(pair.clean().subList(0, 2));
            assertThat(pair.answer()).isEqualTo(pair.clean().get(2));
            assertThat(pair.wrong()).isEqualTo(pair.corrupt().get(2)).isNotIn(pair.clean());
            assertThat(IntStream.range(0, 6)
                            .filter(i ->
                                    !pair.clean().get(i).equals(pair.corrupt().get(i))))
                    .containsExactly(2);
        }
        assertThat(prompts.discovery().roles()).containsExactly("x1", "x2", "x3", "x4", "x5", "end");
    }

    @Test
    void sortingFibonacciSumsAndFactsHaveTwinsToo() {
        List<TaskSpec> tasks = List.of(
                TaskSpec.of(drawn(Rule.Sort.defaults(), "1..12", "4..4")),
                TaskSpec.of(ComponentSpec.of(
                        "numerals",
                        new Rule.Fibonacci(Optional.of(IntRange.parse("1..9"))),
                        IntRange.parse("1..9"),
                        IntRange.parse("5..5"))),
                TaskSpec.of(new ComponentSpec(
                        Optional.empty(),
                        Rule.Sum.defaults(),
                        Optional.empty(),
                        Optional.of(IntRange.parse("1..20")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())));
        for (TaskSpec task : tasks) {
            Dataset data = build(task);
            PairSpec any = new PairSpec(
                    Optional.empty(), Optional.empty(), Optional.empty(), 10, 10, PairSpec.Corrupt.AUTO, true);
            PairSet pairs = new ToyPairs(data).make("t", any, 1).discovery();
            assertThat(pairs.size()).isEqualTo(10);
            assertThat(pairs.pairs())
                    .allSatisfy(pair -> assertThat(pair.clean()).isNotEqualTo(pair.corrupt()));
        }
    }

    @Test
    void saysHowManyThereAreWhenMoreAreAskedFor() {
        Dataset data = build(steps("numerals", 40));
        assertThatThrownBy(() -> new ToyPairs(data).make("numerals", spec(3, 4000, 30), 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("4000 + 30 different prompts", "there are 1");
        PairSpec words = new PairSpec(
                Optional.of("months"), Optional.empty(), Optional.empty(), 1, 1, PairSpec.Corrupt.AUTO, true);
        assertThatThrownBy(() -> new ToyPairs(data).make("months", words, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("series = months", "numerals add 1");
    }

    private static int[] numbers(List<String> words) {
        return words.stream()
                .filter(word -> !word.equals(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
