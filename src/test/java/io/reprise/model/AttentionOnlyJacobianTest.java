package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention's derivative against the formula, for a subject before the last position and at it. */
class AttentionOnlyJacobianTest {
    private static final int[] TOKENS = {3, 1, 4, 1, 5, 9};

    @ParameterizedTest
    @CsvSource({"0, LEARNED", "2, LEARNED", "4, NONE", "5, LEARNED", "5, NONE"})
    void thePushforwardIsTheClosedForm(int subject, Positions positions) {
        // rounding of float64 in sums of a few dozen terms of order 1
        check(subject, positions, new Nd4jBackend(DType.FLOAT64), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"0, LEARNED", "5, LEARNED"})
    void soItIsInFloat32(int subject, Positions positions) {
        // rounding of float32: 2⁻²⁴ for each of some dozens of terms
        check(subject, positions, new CpuBackend(1), 1e-5);
    }

    @ParameterizedTest
    @CsvSource({"2", "5"})
    void thePatternsOwnDerivativeIsNotSmall(int subject) {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            AttentionOnlyJacobian formula = new AttentionOnlyJacobian(toy(Positions.LEARNED, backend), TOKENS);
            double moved = formula.whole(subject)
                    .subtract(formula.frozenPattern(subject))
                    .getFrobeniusNorm();
            // otherwise the test above would not see it
            assertThat(moved).isGreaterThan(0.1);
        }
    }

    private static void check(int subject, Positions positions, Backend opened, double tolerance) {
        try (Backend backend = opened;
                Scope scope = backend.scope()) {
            Transformer model = toy(positions, backend);
            RealMatrix expected = new AttentionOnlyJacobian(model, TOKENS).whole(subject);
            RealMatrix actual = pushed(model, subject);
            assertThat(actual.subtract(expected).getNorm()).isCloseTo(0, within(tolerance * expected.getNorm()));
            assertThat(expected.getFrobeniusNorm()).isGreaterThan(0.1);
        }
    }

    private static Transformer toy(Positions positions, Backend backend) {
        return ToyShape.of(1, "attention", Normalization.NONE, positions, false).random(backend);
    }

    /** One copy of the prompt for each basis vector, which enters at the subject's row. */
    private static RealMatrix pushed(Transformer model, int subject) {
        int d = model.config().dModel();
        int rows = TOKENS.length;
        Applied block = model.apply(Tokens.of(TOKENS)).blocks().get(0);
        double[] tangents = new double[d * rows * d];
        for (int j = 0; j < d; j++) {
            tangents[(j * rows + subject) * d + j] = 1;
        }
        Backend backend = model.backend();
        double[] images = backend.downloadDoubles(block.pushforward(backend.upload(Shape.of(d * rows, d), tangents)));
        RealMatrix jacobian = new Array2DRowRealMatrix(d, d);
        for (int j = 0; j < d; j++) {
            for (int i = 0; i < d; i++) {
                jacobian.setEntry(i, j, images[(j * rows + rows - 1) * d + i]);
            }
        }
        return jacobian;
    }
}
