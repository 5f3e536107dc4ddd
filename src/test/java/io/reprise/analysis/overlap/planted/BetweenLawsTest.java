package io.reprise.analysis.overlap.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.overlap.between.Between;
import io.reprise.analysis.overlap.between.BetweenResult;
import io.reprise.analysis.overlap.between.EdgeMatrix;
import io.reprise.analysis.overlap.between.Side;
import io.reprise.analysis.overlap.between.SignatureReader;
import io.reprise.analysis.overlap.between.Signatures;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Laws of the distance, on models of random weights, in which every channel says something. */
class BetweenLawsTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final PairSet PAIRS = Sequences.all(3);
    private static final int WIDTH = 20;

    /**
     * A disguise changes the order in which float32 sums are taken: similarities move by 1e-6 to 1e-5, and percentiles by that over
     * the distance between neighbours in the null, some hundredths at the least.
     */
    private static final double ROUNDING = 1e-4;

    private final Between between = new Between(Rng.of(4));
    private Scope scope;

    @BeforeEach
    void open() {
        scope = BACKEND.scope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void aCircuitIsAtNoDistanceFromItself() {
        for (Normalization normalization : Normalization.values()) {
            Side once = side(random(1, 3, normalization), x -> x);
            Side again = side(random(1, 3, normalization), x -> x);
            // the same computations: double's rounding of the sums at most
            assertThat(between.compare(once, again).distance()).isCloseTo(0, within(1e-9));
        }
    }

    @Test
    void theDistanceIsSymmetric() {
        Side a = side(random(1, 3, Normalization.NONE), x -> x);
        Side b = side(random(2, 4, Normalization.NONE), x -> x);
        Side c = side(random(3, 2, Normalization.LAYER_NORM), x -> x);
        for (Side[] pair : new Side[][] {{a, b}, {a, c}, {b, c}}) {
            BetweenResult there = between.compare(pair[0], pair[1]);
            BetweenResult back = between.compare(pair[1], pair[0]);
            // the solver updates one side's potentials before the other's; both end within 1e-10 of the same optimum
            assertThat(there.distance()).isCloseTo(back.distance(), within(1e-8));
            assertThat(there.matchedMass()).isCloseTo(back.matchedMass(), within(1e-6));
            assertThat(there.distance()).isGreaterThan(0.01);
        }
    }

    @Test
    void theOrderOfHeadsDoesNotCount() {
        indifferent(
                Normalization.NONE,
                model -> Disguise.of(model).heads(new int[] {2, 0, 1}).on(BACKEND));
    }

    @Test
    void howProductsAreSplitIntoFactorsDoesNotCount() {
        indifferent(
                Normalization.NONE,
                model -> Disguise.of(model).gauges(Rng.of(8)).on(BACKEND));
    }

    @Test
    void aRotationOfTheStreamDoesNotCountWithoutNorms() {
        RealMatrix rotation = PlantedModel.orthogonal(WIDTH, Rng.of(9));
        indifferent(
                Normalization.NONE, model -> Disguise.of(model).stream(rotation).on(BACKEND));
    }

    @Test
    void aRotationOfTheStreamDoesNotCountOnceWritesAreCentredAndGainsFolded() {
        RealMatrix rotation = aroundOnes(WIDTH);
        indifferent(Normalization.LAYER_NORM, model -> Disguise.of(model).centred().stream(rotation)
                .on(BACKEND));
    }

    /** Else the law above would hold of anything. */
    @Test
    void aRotationThatTheNormsSeeDoesCount() {
        RealMatrix rotation = PlantedModel.orthogonal(WIDTH, Rng.of(9));
        Side plain = side(random(1, 3, Normalization.LAYER_NORM), x -> x);
        Side turned = side(random(1, 3, Normalization.LAYER_NORM), model -> Disguise.of(model).stream(rotation)
                .on(BACKEND));
        assertThat(between.compare(plain, turned).distance()).isGreaterThan(10 * ROUNDING);
    }

    @Test
    void theNamesOfTokensDoNotCount() {
        int[] names = Rng.of(10).permutation(Sequences.VOCABULARY);
        PairSet renamed = new PairSet(
                "renamed",
                PAIRS.groups().stream()
                        .map(group -> new PairSet.Group(
                                group.roles(),
                                group.pairs().stream()
                                        .map(pair -> new PromptPair(
                                                pair.clean().stream()
                                                        .map(t -> names[t])
                                                        .toList(),
                                                pair.corrupt().stream()
                                                        .map(t -> names[t])
                                                        .toList(),
                                                names[pair.answer()],
                                                names[pair.wrong()]))
                                        .toList()))
                        .toList());
        Side plain = side(random(1, 3, Normalization.NONE), x -> x);
        Side other = side(random(2, 4, Normalization.NONE), x -> x);
        Side same = side(
                random(1, 3, Normalization.NONE),
                model -> Disguise.of(model).tokens(names).on(BACKEND),
                renamed,
                names);
        assertThat(between.compare(plain, same).distance()).isCloseTo(0, within(ROUNDING));
        assertThat(between.compare(same, other).distance())
                .isCloseTo(between.compare(plain, other).distance(), within(ROUNDING));
    }

    @Test
    void edgesOnOneSideOnlyAreRefused() {
        Side with = side(random(1, 3, Normalization.NONE), x -> x);
        Transformer model = random(2, 4, Normalization.NONE);
        Signatures read = read(model, PAIRS, Specimen.tokens());
        Side without = new Side(read, List.of(read), Optional.empty());
        assertThatThrownBy(() -> between.compare(with, without)).hasMessageContaining("give both, or neither");
    }

    private void indifferent(Normalization normalization, UnaryOperator<Transformer> disguise) {
        Side plain = side(random(1, 3, normalization), x -> x);
        Side disguised = side(random(1, 3, normalization), disguise);
        Side other = side(random(2, 4, normalization), x -> x);
        assertThat(between.compare(plain, disguised).distance()).isCloseTo(0, within(ROUNDING));
        double apart = between.compare(plain, other).distance();
        assertThat(between.compare(disguised, other).distance()).isCloseTo(apart, within(ROUNDING));
        assertThat(apart).isGreaterThan(10 * ROUNDING);
    }

    private static Side side(Transformer model, UnaryOperator<Transformer> disguise) {
        return side(model, disguise, PAIRS, Specimen.tokens());
    }

    /** The twins wear the disguise, too: they are part of the measure. */
    private static Side side(Transformer model, UnaryOperator<Transformer> disguise, PairSet pairs, int[] tokens) {
        Transformer disguised = disguise.apply(model);
        List<Signatures> twins = IntStream.range(0, 4)
                .mapToObj(i -> disguise.apply(random(100 + i, model.config())))
                .map(twin -> read(twin, pairs, tokens))
                .toList();
        TaskModel task = Specimen.task(disguised, pairs);
        return new Side(read(disguised, pairs, tokens), twins, Optional.of(EdgeMatrix.ofInteractions(task)));
    }

    private static Signatures read(Transformer model, PairSet pairs, int[] tokens) {
        return SignatureReader.read(model, Specimen.task(model, pairs), tokens, Map.of());
    }

    private static Transformer random(long seed, int heads, Normalization normalization) {
        return random(
                seed,
                ModelConfig.toy(
                        2,
                        WIDTH,
                        heads,
                        5,
                        12,
                        Sequences.VOCABULARY,
                        3,
                        Activation.RELU,
                        normalization,
                        Positions.LEARNED,
                        false));
    }

    private static Transformer random(long seed, ModelConfig config) {
        // weights of about 1/√width, doubled, so that attention is far from uniform
        return new Transformer(BACKEND, config, Parameters.initialise(BACKEND, config, 0.45, Rng.of(seed)));
    }

    /** A rotation that keeps the vector of ones: random in its complement. */
    private static RealMatrix aroundOnes(int size) {
        RealMatrix basis = MatrixUtils.createRealIdentityMatrix(size);
        double[] axis = new double[size];
        Arrays.fill(axis, 1 / Math.sqrt(size));
        axis[0] -= 1;
        RealMatrix column = MatrixUtils.createColumnRealMatrix(axis);
        double norm = Arrays.stream(axis).map(x -> x * x).sum();
        // Householder's reflection that swaps e₀ and the ones' direction
        RealMatrix swap = basis.subtract(column.multiply(column.transpose()).scalarMultiply(2 / norm));
        RealMatrix turn = MatrixUtils.createRealIdentityMatrix(size);
        turn.setSubMatrix(PlantedModel.orthogonal(size - 1, Rng.of(11)).getData(), 1, 1);
        return swap.multiply(turn).multiply(swap);
    }
}
