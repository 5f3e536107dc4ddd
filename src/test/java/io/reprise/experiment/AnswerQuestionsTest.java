package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.data.Asked;
import io.reprise.data.Question;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Multi-token answers, by a model that says what it is told to say. */
class AnswerQuestionsTest {
    private static final int VOCABULARY = 8;
    private static final Question ANY = new Question(
            Question.Form.CONTINUE,
            List.of(new Question.Member("a", List.of("a"))),
            List.of(new Question.Member("b", List.of("b"))),
            false,
            false);

    /** Gives a prefix its next token's logits, and counts passes. */
    private static final class Scripted implements NextTokens {
        private final Function<List<Integer>, float[]> script;
        private int passes;

        Scripted(Function<List<Integer>, float[]> script) {
            this.script = script;
        }

        @Override
        public int dVocab() {
            return VOCABULARY;
        }

        @Override
        public int nCtx() {
            return 16;
        }

        @Override
        public List<float[]> logits(List<int[]> sequences, int[] from) {
            passes++;
            List<float[]> all = new ArrayList<>();
            for (int i = 0; i < from.length; i++) {
                for (int end = from[i]; end < sequences.get(i).length; end++) {
                    all.add(script.apply(
                            Arrays.stream(sequences.get(i), 0, end + 1).boxed().toList()));
                }
            }
            return all;
        }
    }

    /** Probability 3/10 for one token and 1/10 for each of the seven others. */
    private static float[] saying(int token) {
        float[] logits = new float[VOCABULARY];
        logits[token] = (float) Math.log(3);
        return logits;
    }

    private static Asked asked(int[] prompt, int... answer) {
        return new Asked(ANY, prompt, answer, new int[] {prompt[prompt.length - 1]});
    }

    /** Says one more than the last token, modulo the vocabulary. */
    private static Scripted counting() {
        return new Scripted(prefix -> saying((prefix.get(prefix.size() - 1) + 1) % VOCABULARY));
    }

    @Test
    void theWholeAnswerNeedsEveryToken() {
        List<AnswerQuestions.Result> results = new AnswerQuestions(counting(), 2)
                .answer(
                        List.of(
                                asked(new int[] {0, 1}, 2, 3, 4),
                                asked(new int[] {5}, 6, 0),
                                asked(new int[] {1, 2, 3}, 0, 1),
                                asked(new int[] {3}, 4)),
                        done -> {});
        assertThat(results).extracting(AnswerQuestions.Result::first).containsExactly(true, true, false, true);
        assertThat(results).extracting(AnswerQuestions.Result::whole).containsExactly(true, false, false, true);
        // tolerance: ln 3 is rounded to float
        double tolerance = 1e-6;
        assertThat(Math.exp(results.get(0).wholeLogProb())).isCloseTo(0.027, within(tolerance));
        assertThat(Math.exp(results.get(1).wholeLogProb())).isCloseTo(0.03, within(tolerance));
        assertThat(Math.exp(results.get(1).firstLogProb())).isCloseTo(0.3, within(tolerance));
        assertThat(Math.exp(results.get(2).wholeLogProb()))
                .as("0 after 3, then 1 after 0")
                .isCloseTo(0.03, within(tolerance));
    }

    @Test
    void answersComeInTheOrderOfTheQuestionsAndProgressIsTold() {
        List<Integer> told = new ArrayList<>();
        Scripted model = counting();
        List<Asked> questions =
                List.of(asked(new int[] {0, 1, 2, 3}, 4), asked(new int[] {2}, 5), asked(new int[] {4, 5}, 6));
        assertThat(new AnswerQuestions(model, 2).answer(questions, told::add))
                .extracting(AnswerQuestions.Result::first)
                .containsExactly(true, false, true);
        assertThat(told).containsExactly(2, 3);
        assertThat(model.passes).isEqualTo(2);
    }

    @Test
    void oneTeacherForcedPassTellsWhatGreedyDecodingGives() {
        Rng rng = Rng.of(4);
        Scripted model = new Scripted(prefix -> saying(Math.floorMod(prefix.hashCode() * 31 + 7, 3)));
        AnswerQuestions answers = new AnswerQuestions(model, 5);
        List<Asked> questions = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            questions.add(
                    asked(new int[] {rng.nextInt(3), rng.nextInt(3)}, rng.nextInt(3), rng.nextInt(3), rng.nextInt(3)));
        }
        List<AnswerQuestions.Result> results = answers.answer(questions, done -> {});
        int right = 0;
        for (int i = 0; i < questions.size(); i++) {
            int[] greedy = answers.greedy(questions.get(i).prompt(), 3);
            boolean same = Arrays.equals(greedy, questions.get(i).answer());
            assertThat(results.get(i).whole()).isEqualTo(same);
            right += same ? 1 : 0;
        }
        assertThat(right).isBetween(1, 199);
    }

    @Test
    void greedyDecodingStopsWhereTheContextEnds() {
        int[] prompt = new int[15];
        assertThat(new AnswerQuestions(counting(), 1).greedy(prompt, 5)).containsExactly(1, 2);
    }

    @Test
    void logitsThatAreNoNumbersAreAnError() {
        float[] broken = saying(1);
        broken[5] = Float.NaN;
        AnswerQuestions answers = new AnswerQuestions(new Scripted(prefix -> broken), 1);
        assertThatThrownBy(() -> answers.answer(List.of(asked(new int[] {0}, 1)), done -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("logit of token id 5 is NaN");
    }
}
