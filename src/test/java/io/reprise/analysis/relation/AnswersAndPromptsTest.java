package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.data.Relation;
import io.reprise.tensor.Rng;
import io.reprise.text.JtokkitTokenizer;
import io.reprise.text.Tokenizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswersAndPromptsTest {
    private static final Tokenizer GPT2 = new JtokkitTokenizer();

    @Test
    void theSubjectIsWhereItWasPutEvenIfADemonstrationHoldsIt() {
        var shown = List.of(new Relation.Sample("New Guinea", "Port Moresby"), new Relation.Sample("Guinea", "X"));
        SubjectPrompt prompt = new PromptMaker(GPT2, "").make("{} has the capital", "Guinea", shown.subList(0, 1));
        assertThat(upTo(prompt)).isEqualTo("New Guinea has the capital Port Moresby\nGuinea");
        SubjectPrompt prefixed =
                new PromptMaker(GPT2, "<|endoftext|>").make("{} has the capital", "Guinea", shown.subList(0, 1));
        assertThat(prefixed.subject()).isEqualTo(prompt.subject() + 1);
        assertThat(prefixed.tokens()[0]).isEqualTo(50256);
        assertThat(Arrays.copyOfRange(prefixed.tokens(), 1, prefixed.length())).isEqualTo(prompt.tokens());
    }

    @Test
    void aTextsAnswerIsAnyTokenThatBeginsTheObject() {
        var answers = new Answers(GPT2, Answers.Match.of(GPT2));
        assertThat(answers.match()).isEqualTo(Answers.Match.PREFIX);
        assertThat(answers.correct(id(" Paris"), "Paris")).isTrue();
        assertThat(answers.correct(id(" par"), "Paris")).isTrue();
        assertThat(answers.correct(id(" P"), "Paris"))
                .as("a letter, as published")
                .isTrue();
        assertThat(answers.correct(id(" Rome"), "Paris")).isFalse();
        assertThat(answers.correct(id("\n"), "Paris")).as("a blank").isFalse();
        assertThat(answers.first("Paris")).isEqualTo(id(" Paris"));
    }

    @Test
    void aToysAnswerIsTheWordItself() {
        World world = new World(12, 1, 0);
        assertThat(Answers.Match.of(world.tokenizer)).isEqualTo(Answers.Match.FIRST_TOKEN);
        Answers answers = EstimatorsTest.answers(world);
        int one = world.tokenizer.vocabulary().id("o1");
        assertThat(answers.correct(one, "o1")).isTrue();
        assertThat(answers.correct(one, "o11"))
                .as("begins it, but is another word")
                .isFalse();
    }

    @Test
    void editTargetsDifferInSubjectAndFirstToken() {
        Answers answers = EstimatorsTest.answers(new World(6, 1, 0));
        var samples = List.of(World.sample(0, 0), World.sample(1, 0), World.sample(2, 1), World.sample(3, 2));
        Set<Edits.Edit> seen = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            seen.addAll(Edits.draw(samples, List.of(0, 1, 2), answers, Rng.of(seed)));
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        new Edits.Edit(0, 2), new Edits.Edit(1, 2), new Edits.Edit(2, 0), new Edits.Edit(2, 1));
        assertThat(Edits.draw(samples, List.of(0, 1), answers, Rng.of(1))).isEmpty();
    }

    @Test
    void recallCountsTheFirstKByHand() {
        World world = new World(4, 1, 0);
        var tests = new HeldOut(
                world,
                new PromptMaker(world.tokenizer, ""),
                World.TEMPLATE,
                List.of(World.sample(0, 0), World.sample(1, 1)),
                IntStream.range(0, 4).mapToObj(i -> World.sample(i, i)).toList(),
                EstimatorsTest.answers(world));
        assertThat(tests.known()).containsExactly(0, 1, 2, 3);
        var probabilities = List.of(0.5, 0.3, 0.2); // objects are tokens 4 to 7
        var tops = List.of(
                new TopTokens(List.of(4, 5, 6), probabilities), // first
                new TopTokens(List.of(6, 5, 7), probabilities), // second
                new TopTokens(List.of(4, 5, 6), probabilities), // third
                new TopTokens(List.of(4, 5, 6), probabilities)); // none
        assertThat(tests.recall(tops, tests.all(), 3)).containsExactly(new Rate(1, 4), new Rate(2, 4), new Rate(3, 4));
        assertThat(tests.recall(tops, List.of(1, 3), 3))
                .containsExactly(new Rate(0, 2), new Rate(1, 2), new Rate(1, 2));
    }

    @Test
    void topTokensAreLikeliestFirstAndTheSmallerIdAmongEquals() {
        TopTokens top = TopTokens.of(new double[] {0, Math.log(2), 0, Math.log(4)}, 3);
        assertThat(top.ids()).containsExactly(3, 1, 0);
        assertThat(top.probabilities().get(0)).isCloseTo(0.5, within(1e-15));
        assertThat(TopTokens.logProbability(new double[] {1e3, 1e3}, 1)).isCloseTo(-Math.log(2), within(1e-12));
        assertThatThrownBy(() -> TopTokens.of(new double[] {0, Double.NaN}, 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> TopTokens.of(new double[2], 3)).hasMessageContaining("k = 3");
    }

    @Test
    void aSpreadByHand() {
        Spread spread = Spread.of(List.of(1.0, 2.0, 4.0));
        assertThat(spread.mean()).isCloseTo(7.0 / 3, within(1e-15));
        assertThat(spread.sd().orElseThrow()).isCloseTo(Math.sqrt(7.0 / 3), within(1e-15)); // (16 + 1 + 25)/9/2
        assertThat(spread.se().orElseThrow()).isCloseTo(Math.sqrt(7.0) / 3, within(1e-15));
        assertThat(Spread.of(List.of(1.0)).sd()).isEmpty();
        assertThatThrownBy(() -> Spread.of(List.of(Double.NaN))).isInstanceOf(IllegalArgumentException.class);
    }

    private static int id(String token) {
        int[] ids = GPT2.encode(token);
        assertThat(ids).hasSize(1);
        return ids[0];
    }

    private static String upTo(SubjectPrompt prompt) {
        return GPT2.decode(Arrays.copyOf(prompt.tokens(), prompt.subject() + 1));
    }
}
