package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.data.Relation;
import io.reprise.model.ModelConfig;
import io.reprise.tensor.Rng;
import io.reprise.text.Vocabulary;
import io.reprise.text.VocabularyTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Subjects are numbers on a line (h has one dimension that moves), objects what a function says of them. */
class AffineCeilingTest {
    private static final int SUBJECTS = 9;
    /** Subjects are tokens 0..8 with h = token − 4; objects the tokens "small" and "large". */
    private static final int SMALL = SUBJECTS;

    private static final int LARGE = SUBJECTS + 1;
    private static final Answers ANSWERS = answers();

    private static Answers answers() {
        List<String> tokens = new ArrayList<>();
        IntStream.range(0, SUBJECTS).forEach(i -> tokens.add("n" + i));
        tokens.addAll(List.of("small", "large"));
        return new Answers(new VocabularyTokenizer(Vocabulary.of(tokens)), Answers.Match.FIRST_TOKEN);
    }

    /** z = (f(h), 1); the object is large if f(h) > 0. */
    private record Line(java.util.function.DoubleUnaryOperator f) implements SubjectModel {
        private double[] z(double h) {
            return new double[] {f.applyAsDouble(h), 1};
        }

        private static double h(SubjectPrompt prompt) {
            return prompt.tokens()[0] - 4;
        }

        @Override
        public ModelConfig config() {
            return ModelConfig.toy(
                    1,
                    2,
                    1,
                    1,
                    0,
                    SUBJECTS + 2,
                    2,
                    Activation.RELU,
                    ModelConfig.Normalization.NONE,
                    ModelConfig.Positions.NONE,
                    false);
        }

        @Override
        public List<State> states(List<SubjectPrompt> prompts, Ends ends) {
            return prompts.stream()
                    .map(prompt -> new State(new double[] {h(prompt), 0}, z(h(prompt))))
                    .toList();
        }

        @Override
        public Linearization linearize(SubjectPrompt prompt, Ends ends) {
            double step = 1e-6;
            double slope = (f.applyAsDouble(h(prompt) + step) - f.applyAsDouble(h(prompt) - step)) / (2 * step);
            return new Linearization(
                    states(List.of(prompt), ends).get(0),
                    new org.apache.commons.math3.linear.Array2DRowRealMatrix(new double[][] {{slope, 0}, {0, 0}}));
        }

        @Override
        public double[][] decode(double[][] states, End to) {
            double[][] logits = new double[states.length][SUBJECTS + 2];
            for (int i = 0; i < states.length; i++) {
                java.util.Arrays.fill(logits[i], -1e6);
                logits[i][SMALL] = 0;
                logits[i][LARGE] = states[i][0];
            }
            return logits;
        }

        @Override
        public double[][] next(List<SubjectPrompt> prompts) {
            return decode(prompts.stream().map(prompt -> z(h(prompt))).toArray(double[][]::new), END.to());
        }

        @Override
        public double[] nextWith(SubjectPrompt prompt, End from, double[] h) {
            return decode(new double[][] {z(h[0])}, END.to())[0];
        }

        @Override
        public double[][] unembedding(int... tokens) {
            return new double[tokens.length][2];
        }

        @Override
        public double[][] embedding(int... tokens) {
            return new double[tokens.length][2];
        }
    }

    private static final Ends END = new Ends(End.after(-1), End.after(0));

    private static AffineCeiling.Result ceiling(java.util.function.DoubleUnaryOperator f, boolean asSaid) {
        List<Relation.Sample> samples = new ArrayList<>();
        List<SubjectPrompt> prompts = new ArrayList<>();
        for (int i = 0; i < SUBJECTS; i++) {
            boolean large = f.applyAsDouble(i - 4) > 0;
            samples.add(new Relation.Sample("n" + i, large == asSaid ? "large" : "small"));
            prompts.add(new SubjectPrompt(new int[] {i}, 0));
        }
        return new AffineCeiling(new Line(f), ANSWERS, END, List.of(1, 2)).of(samples, prompts, Rng.of(1));
    }

    @Test
    void anAffineModelIsReachedWhole() {
        AffineCeiling.Result ceiling = ceiling(h -> 3 * h + 1, true);
        assertThat(ceiling.subjects()).isEqualTo(SUBJECTS);
        assertThat(ceiling.leastSquares()).isEqualTo(1);
        assertThat(ceiling.logistic()).isEqualTo(1);
        assertThat(ceiling.causality())
                .hasValueSatisfying(rate -> assertThat(rate).isEqualTo(1));
    }

    @Test
    void noAffineMapNamesBothEndsOfALine() {
        // the outer six of nine are large: z is even in h, so its least squares are a constant, the mean 20/3 − 4 > 0,
        // large for all
        AffineCeiling.Result ceiling = ceiling(h -> h * h - 2, true);
        assertThat(ceiling.leastSquares()).isCloseTo(6.0 / 9, within(1e-12));
        // a cut somewhere names at most the three small and the three large of one side
        assertThat(ceiling.logistic()).isCloseTo(6.0 / 9, within(1e-12));
        assertThat(ceiling.faithfulness()).isCloseTo(6.0 / 9, within(1e-12));
    }

    @Test
    void theRegressionNamesMoreThanLeastSquaresWhereZIsSteep() {
        // one far z draws the line away from the sign of the others
        AffineCeiling.Result ceiling = ceiling(h -> h < 3.5 ? (h > -2.5 ? 1 : -1) : 1000, true);
        assertThat(ceiling.logistic()).isEqualTo(1);
        assertThat(ceiling.leastSquares()).isLessThan(1);
        assertThat(ceiling.faithfulness()).isEqualTo(1);
    }

    /** Why a mean Jacobian can fall short of the ceiling: where every subject is saturated there is no slope to see. */
    @Test
    void aSaturatedModelIsNamedByAnAffineMapAndNotByItsJacobians() {
        java.util.function.DoubleUnaryOperator saturated = h -> Math.tanh(40 * (h + 0.5));
        assertThat(ceiling(saturated, true).faithfulness()).isEqualTo(1);

        Line model = new Line(saturated);
        List<Relation.Sample> samples = IntStream.range(0, SUBJECTS)
                .mapToObj(i -> new Relation.Sample("n" + i, i < 4 ? "small" : "large"))
                .toList();
        PromptMaker prompts = new PromptMaker(
                new VocabularyTokenizer(Vocabulary.of(
                        IntStream.range(0, SUBJECTS).mapToObj(i -> "n" + i).toList())),
                "");
        Training all = new Training(model, prompts, "{}", samples, 0);
        LinearOperator mean = new JacobianIclMeanEstimator(Truncation.NONE).fit(all, END);
        List<SubjectPrompt> asked = IntStream.range(0, SUBJECTS)
                .mapToObj(i -> new SubjectPrompt(new int[] {i}, 0))
                .toList();
        long right = mean.apply(model, asked, 1).stream()
                .filter(output -> output.top().first() == LARGE)
                .count();
        // W is zero to nine digits, b the mean of z: large for all nine, of whom five are
        assertThat(mean.weight().orElseThrow().getFrobeniusNorm()).isLessThan(1e-9);
        assertThat(right).isEqualTo(SUBJECTS);
    }

    @Test
    void factsThatTheModelDoesNotKnowAreRefused() {
        assertThatThrownBy(() -> ceiling(h -> h, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("answers none of the 9 subjects right");
    }
}
