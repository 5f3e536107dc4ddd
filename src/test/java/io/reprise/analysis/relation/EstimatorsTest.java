package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.data.Relation;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.junit.jupiter.api.Test;

public class EstimatorsTest {
    private static final double EXACT = 1e-12; // a few roundings of numbers of size 1

    /** z = truth·(e + 0.3·e²) + offset. */
    private static final class Curved extends World {
        Curved(int size, int width) {
            super(size, width, 5, 2, false);
        }

        @Override
        protected double[] z(double[] e) {
            double[] bent = IntStream.range(0, e.length)
                    .mapToDouble(i -> e[i] + 0.3 * e[i] * e[i])
                    .toArray();
            return Vectors.plus(truth.operate(bent), 1, offset);
        }

        @Override
        protected RealMatrix derivative(double[] e) {
            return truth.multiply(MatrixUtils.createRealDiagonalMatrix(IntStream.range(0, e.length)
                    .mapToDouble(i -> 1 + 0.6 * e[i])
                    .toArray()));
        }
    }

    @Test
    void onAnAffineModelEveryJacobianEstimatorIsTheTruth() {
        World world = new World(8, 1, 5);
        Training training = training(world, 4);
        Ends ends = new Ends(End.after(0), End.after(2));
        for (Estimator estimator : List.of(
                new JacobianEstimator(Truncation.NONE),
                new JacobianIclEstimator(Truncation.NONE),
                new JacobianIclMeanEstimator(Truncation.NONE),
                new EmbeddingEstimator(Truncation.NONE))) {
            LinearOperator operator = estimator.fit(training, ends);
            for (int i = 0; i < world.size; i++) {
                State state = state(world, i, operator.ends());
                assertThat(operator.z(state.h())).containsExactly(state.z(), within(EXACT));
            }
        }
    }

    @Test
    void aSingleJacobianReproducesItsOwnPointOfACurvedModelAndNoOther() {
        Curved world = new Curved(6, 6);
        Training training = training(world, 3);
        Ends ends = new Ends(End.after(1), End.after(2));
        LinearOperator operator = new JacobianIclEstimator(Truncation.NONE).fit(training, ends);
        State own = state(world, 0, ends);
        State other = state(world, 5, ends);
        assertThat(operator.z(own.h())).containsExactly(own.z(), within(EXACT));
        assertThat(Vectors.norm(Vectors.plus(operator.z(other.h()), -1, other.z())))
                .isGreaterThan(0.01);
    }

    @Test
    void theMeanIsTheMeanOfTheSingleOnes() {
        Curved world = new Curved(6, 6);
        Training training = training(world, 3);
        Ends ends = new Ends(End.after(1), End.after(2));
        LinearOperator mean = new JacobianIclMeanEstimator(Truncation.NONE).fit(training, ends);
        RealMatrix sum = MatrixUtils.createRealMatrix(6, 6);
        double[] bias = new double[6];
        for (int i = 0; i < 3; i++) {
            Linearization one = training.linearization(i, ends);
            sum = sum.add(one.jacobian());
            bias = Vectors.plus(bias, 1.0 / 3, one.bias());
        }
        assertThat(mean.weight()
                        .orElseThrow()
                        .subtract(sum.scalarMultiply(1.0 / 3))
                        .getFrobeniusNorm())
                .isLessThan(EXACT);
        assertThat(mean.bias().orElseThrow()).containsExactly(bias, within(EXACT));
        assertThat(mean.demonstrations()).hasSize(3);
    }

    @Test
    void translationIsExactWhereZIsHAndAConstant() {
        World world = new World(6, 6, 2, 3, true);
        Ends ends = new Ends(End.after(-1), End.after(2));
        LinearOperator operator = new TranslationEstimator().fit(training(world, 3), ends);
        State state = state(world, 5, ends);
        assertThat(operator.z(state.h())).containsExactly(state.z(), within(EXACT));
        assertThat(operator.withBeta(7).image(state.h())).containsExactly(state.h(), within(0.0));
    }

    @Test
    void identityLeavesHAndItsBetaDoesNothing() {
        World world = new World(6, 2, 3);
        LinearOperator operator = new IdentityEstimator().fit(training(world, 3), new Ends(End.after(0), End.after(2)));
        assertThat(operator.withBeta(9).z(new double[] {1, 2, 3, 4, 5, 6})).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void learnedLinearWithoutRidgeIsOrdinaryLeastSquares() {
        Curved world = new Curved(14, 4);
        Training training = training(world, 12);
        Ends ends = new Ends(End.after(1), End.after(2));
        LinearOperator operator = new LearnedLinearEstimator(0).fit(training, ends);
        List<State> states = training.states(ends);
        double[][] h = states.stream().map(State::h).toArray(double[][]::new);
        for (int row = 0; row < 4; row++) {
            int output = row;
            var ols = new OLSMultipleLinearRegression();
            ols.newSampleData(states.stream().mapToDouble(s -> s.z()[output]).toArray(), h);
            double[] expected = ols.estimateRegressionParameters(); // intercept first
            assertThat(operator.bias().orElseThrow()[row]).isCloseTo(expected[0], within(1e-10));
            for (int j = 0; j < 4; j++) {
                assertThat(operator.weight().orElseThrow().getEntry(row, j)).isCloseTo(expected[j + 1], within(1e-10));
            }
        }
    }

    @Test
    void ridgeShrinksTowardsTheMean() {
        Curved world = new Curved(14, 4);
        Training training = training(world, 12);
        Ends ends = new Ends(End.after(1), End.after(2));
        double free = norm(new LearnedLinearEstimator(0).fit(training, ends));
        double little = norm(new LearnedLinearEstimator(0.1).fit(training, ends));
        LinearOperator flat = new LearnedLinearEstimator(1e12).fit(training, ends);
        assertThat(little).isLessThan(free);
        assertThat(norm(flat)).isLessThan(1e-9 * free);
        assertThat(flat.bias().orElseThrow())
                .containsExactly(
                        Vectors.mean(
                                training.states(ends).stream().map(State::z).toList()),
                        within(1e-9));
    }

    @Test
    void theCornerIsTheMeanOfTheTrainingObjectsUnitRowsHalfAsLongAsH() {
        World world = new World(6, 2, 3);
        Training training = training(world, 3);
        Ends ends = new Ends(End.after(0), End.after(2)); // |h| = 2
        double[] corner =
                new CornerEstimator(answers(world)).fit(training, ends).bias().orElseThrow();
        double[] sum = new double[6];
        for (double[] row : world.unembedding(6, 7, 8)) {
            sum = Vectors.plus(sum, 1, row); // unit vectors already
        }
        assertThat(corner).containsExactly(Vectors.ofLength(sum, 1, "sum"), within(EXACT));
    }

    @Test
    void truncationComesBeforeBetaAndLeavesTheBias() {
        World world = new World(6, 2, 3);
        Ends ends = new Ends(End.after(0), End.after(2));
        Training training = training(world, 3);
        LinearOperator whole = new JacobianIclMeanEstimator(Truncation.NONE).fit(training, ends);
        LinearOperator cut = new JacobianIclMeanEstimator(new Truncation(Optional.of(2), false)).fit(training, ends);
        assertThat(Svd.of(cut.weight().orElseThrow()).rank()).isEqualTo(2);
        assertThat(cut.bias().orElseThrow()).containsExactly(whole.bias().orElseThrow(), within(0.0));
        double[] h = {1, 2, 3, 4, 5, 6};
        assertThat(cut.withBeta(3).z(h))
                .containsExactly(
                        Vectors.plus(
                                whole.bias().orElseThrow(),
                                3,
                                cut.weight().orElseThrow().operate(h)),
                        within(EXACT));
    }

    @Test
    void theResidualFormKeepsTheStreamAndCutsWhatIsAdded() {
        Ends ends = new Ends(End.after(0), End.after(2));
        RealMatrix w = MatrixUtils.createRealDiagonalMatrix(new double[] {1, 4, 1, 1.5});
        RealMatrix cut = new Truncation(Optional.of(1), true).apply(w, ends);
        RealMatrix expected = MatrixUtils.createRealDiagonalMatrix(new double[] {1, 4, 1, 1});
        assertThat(cut.subtract(expected).getFrobeniusNorm()).isLessThan(EXACT);
        assertThatThrownBy(() -> new Truncation(Optional.of(1), true).apply(w, new Ends(End.EMBED, End.after(2))))
                .hasMessageContaining("residual = true needs both ends in the residual stream");
    }

    @Test
    void aJacobianThatIsNotFiniteIsRefusedWithItsPlace() {
        World broken = new World(4, 2, 3) {
            @Override
            protected RealMatrix derivative(double[] e) {
                RealMatrix d = truth.copy();
                d.setEntry(1, 2, Double.POSITIVE_INFINITY);
                return d;
            }
        };
        assertThatThrownBy(() -> new JacobianIclMeanEstimator(Truncation.NONE)
                        .fit(training(broken, 3), new Ends(End.after(0), End.after(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the Jacobian 0 → 2")
                .hasMessageContaining("Infinity at [1, 2]");
    }

    @Test
    void everyKindMakesTheEstimatorOfItsName() {
        for (EstimatorKind kind : EstimatorKind.values()) {
            assertThat(kind.create(Truncation.NONE, answers(new World(4, 2, 3))).name())
                    .isEqualTo(kind.key());
        }
    }

    private static double norm(LinearOperator operator) {
        return operator.weight().orElseThrow().getFrobeniusNorm();
    }

    public static Answers answers(World world) {
        return new Answers(world.tokenizer, Answers.Match.FIRST_TOKEN);
    }

    static Training training(World world, int n) {
        List<Relation.Sample> samples =
                IntStream.range(0, n).mapToObj(i -> World.sample(i, i)).toList();
        return new Training(world, new PromptMaker(world.tokenizer, ""), World.TEMPLATE, samples, n);
    }

    private static State state(World world, int subject, Ends ends) {
        SubjectPrompt prompt = new PromptMaker(world.tokenizer, "").make(World.TEMPLATE, "s" + subject, List.of());
        return world.states(List.of(prompt), ends).get(0);
    }
}
