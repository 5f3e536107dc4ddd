package io.reprise.analysis.circuit.screen;

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
import io.reprise.data.SplitBy;
import io.reprise.data.SplitSpec;
import io.reprise.data.TaskSpec;
import io.reprise.data.TokenKind;
import io.reprise.data.pairs.PairSpec;
import io.reprise.data.pairs.ToyPairs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskScreenTest {
    /** Separated: the last two tokens show one member, so that no trigram sees a step. */
    private static Dataset steps(int... steps) {
        return steps(TokenKind.SEPARATED, steps);
    }

    private static Dataset steps(TokenKind tokens, int... steps) {
        ComponentSpec[] components = Arrays.stream(steps)
                .mapToObj(k -> ComponentSpec.of("numerals", new Rule.Add(k), IntRange.of(1, 60), IntRange.of(4, 4)))
                .toArray(ComponentSpec[]::new);
        return new DatasetBuilder(new SeriesCatalogue(Path.of("datasets"), Path.of(".")))
                .build(TaskSpec.of(components).withTokens(tokens), SplitSpec.of(SplitBy.UNIT, "0.6", "0.0", "0.4"));
    }

    private static PairSet pairs(Dataset data) {
        return ToyPairs.of(data, PairSpec.of(10, 10).withGiven(3, 3)).discovery();
    }

    /** Of a model that is right at all prompts but the first {@code wrong}, where it has the wrong answer. */
    private static List<double[]> logits(PairSet pairs, int vocabulary, int wrong) {
        List<double[]> logits = new ArrayList<>();
        for (PromptPair pair : pairs.pairs()) {
            double[] row = new double[vocabulary];
            row[logits.size() < wrong ? pair.wrong() : pair.answer()] = 1;
            logits.add(row);
        }
        return logits;
    }

    @Test
    void oneStepIsRefusedSinceABigramDoesIt() {
        Dataset data = steps(1);
        PairSet pairs = pairs(data);
        Screening screening =
                TaskScreen.trained(pairs, logits(pairs, data.vocabulary().size(), 0), data, false);
        assertThat(screening.passed()).isFalse();
        assertThat(screening.message()).contains("is refused", "trigram has accuracy", "the model 1.000", "force");
        assertThatThrownBy(screening::orThrow).hasMessage(screening.message());
    }

    @Test
    void whatATableOfTheLastTokensKnowsIsRefused() {
        assertThat(refusal(TokenKind.VALUE, 1)).contains("bigram has accuracy 1.000", "trigram has accuracy 1.000");
        assertThat(refusal(TokenKind.VALUE, 1, 2, 3))
                .contains("trigram has accuracy 1.000")
                .doesNotContain("bigram has");
    }

    private static String refusal(TokenKind tokens, int... steps) {
        Dataset data = steps(tokens, steps);
        PairSet pairs = pairs(data);
        Screening screening =
                TaskScreen.trained(pairs, logits(pairs, data.vocabulary().size(), 0), data, false);
        assertThat(screening.passed()).isFalse();
        return screening.message();
    }

    @Test
    void forceLetsARefusedTaskPassWithANote() {
        Dataset data = steps(1);
        PairSet pairs = pairs(data);
        Screening screening =
                TaskScreen.trained(pairs, logits(pairs, data.vocabulary().size(), 0), data, true);
        assertThat(screening.passed()).isTrue();
        assertThat(screening.forced()).isTrue();
        assertThat(screening.message()).contains("would be refused and was forced");
    }

    @Test
    void mixedStepsPassForAModelThatDoesThem() {
        Dataset data = steps(1, 2, 3);
        PairSet pairs = pairs(data);
        Screening screening =
                TaskScreen.trained(pairs, logits(pairs, data.vocabulary().size(), 0), data, false);
        assertThat(screening.passed()).as(screening.message()).isTrue();
        assertThat(screening.forced()).isFalse();
        assertThat(screening.lookups()).hasSize(3).allMatch(lookup -> lookup.accuracy() < 0.8);
    }

    @Test
    void aModelAtChanceIsRefusedWithTheInterval() {
        Dataset data = steps(1, 2, 3);
        PairSet pairs = pairs(data);
        Screening screening =
                TaskScreen.trained(pairs, logits(pairs, data.vocabulary().size(), 4), data, false);
        assertThat(screening.passed()).isFalse();
        // 6 of 10: Wilson's 95% interval is 0.313..0.832
        assertThat(screening.message()).contains("at chance", "6 of 10", "0.313..0.832");
    }

    @Test
    void aPretrainedModelIsMeasuredAgainstTheOtherPrompts() {
        PromptPair a = new PromptPair(List.of(1, 9), List.of(2, 9), 3, 4);
        PromptPair b = new PromptPair(List.of(2, 9), List.of(1, 9), 4, 3);
        PairSet lookup =
                new PairSet("lookup", List.of(new PairSet.Group(List.of("x1", "end"), List.of(a, a, a, a, a, a))));
        assertThat(TaskScreen.pretrained(lookup, logits(lookup, 10, 0), false).message())
                .contains("bigram of the other prompts has accuracy 1.000");
        PairSet even = new PairSet("even", List.of(new PairSet.Group(List.of("x1", "end"), List.of(a, b, a, b, a, b))));
        Screening passed = TaskScreen.pretrained(even, logits(even, 10, 0), false);
        // each prompt left out leaves its own answer one short of the other: the table is always wrong
        assertThat(passed.lookups().get(0).accuracy()).isZero();
        assertThat(passed.passed()).isTrue();
    }

    @Test
    void missingRowsAndNaNAreRefused() {
        PromptPair a = new PromptPair(List.of(1, 9), List.of(2, 9), 3, 4);
        PairSet one = new PairSet("one", List.of(new PairSet.Group(List.of("x1", "end"), List.of(a))));
        assertThatThrownBy(() -> TaskScreen.pretrained(one, List.of(), false)).hasMessageContaining("0 prompts");
        double[] row = new double[10];
        row[5] = Double.NaN;
        assertThatThrownBy(() -> TaskScreen.pretrained(one, List.of(row), false))
                .hasMessageContaining("NaN");
    }
}
