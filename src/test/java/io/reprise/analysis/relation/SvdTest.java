package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

public class SvdTest {
    /** Entries of size 1 and conditions that random 8 × 8 matrices have: a thousand float64 roundings. */
    private static final double TOLERANCE = 1e-9;

    @Property(tries = 60)
    void thePseudoInverseObeysMooreAndPenrose(
            @ForAll @IntRange(min = 1, max = 8) int rows,
            @ForAll @IntRange(min = 1, max = 8) int columns,
            @ForAll @IntRange(min = 1, max = 8) int inner,
            @ForAll long seed) {
        Rng rng = Rng.of(seed);
        RealMatrix a =
                random(rows, inner, rng).multiply(random(inner, columns, rng)); // rank deficient if inner is small
        Svd svd = Svd.of(a);
        RealMatrix p = inverse(svd, rows, columns);
        double scale = 1 + p.getNorm() * p.getNorm() * (1 + a.getNorm());
        near(a.multiply(p).multiply(a), a, scale);
        near(p.multiply(a).multiply(p), p, scale);
        near(a.multiply(p), a.multiply(p).transpose(), scale);
        near(p.multiply(a), p.multiply(a).transpose(), scale);
        assertThat(svd.rank()).isEqualTo(Math.min(inner, Math.min(rows, columns)));
        near(svd.truncated(8), a, 1 + a.getNorm());
    }

    @Test
    void truncatesADiagonalMatrixByHand() {
        Svd svd = Svd.of(MatrixUtils.createRealDiagonalMatrix(new double[] {1, -3, 2}));
        assertThat(svd.singularValues()).containsExactly(new double[] {3, 2, 1}, within(1e-15));
        near(svd.truncated(2), MatrixUtils.createRealDiagonalMatrix(new double[] {0, -3, 2}), 1);
        assertThat(svd.solve(1, new double[] {5, 6, 7})).containsExactly(new double[] {0, -2, 0}, within(1e-14));
        assertThat(svd.solve(99, new double[] {5, 6, 7})).containsExactly(new double[] {5, -2, 3.5}, within(1e-14));
    }

    @Test
    void roundingErrorIsNoSingularValue() {
        RealMatrix one = MatrixUtils.createRealMatrix(new double[][] {{1, 2}, {1.0 / 3, 2.0 / 3}});
        Svd svd = Svd.of(one);
        assertThat(svd.rank()).isEqualTo(1);
        assertThat(Vectors.norm(svd.solve(2, new double[] {1, -1}))).isLessThan(1);
    }

    @Test
    void refusesWhatCannotBeDecomposedOrInverted() {
        RealMatrix broken = MatrixUtils.createRealMatrix(new double[][] {{1, 2}, {3, Double.NaN}});
        assertThatThrownBy(() -> Svd.of(broken)).hasMessageContaining("NaN at [1, 1]");
        Svd zero = Svd.of(MatrixUtils.createRealMatrix(2, 3));
        assertThat(zero.rank()).isZero();
        assertThat(zero.truncated(1).getFrobeniusNorm()).isZero();
        assertThatThrownBy(() -> zero.solve(1, new double[2])).hasMessageContaining("W is zero");
        assertThatThrownBy(() -> zero.truncated(0)).hasMessageContaining("rank 0; expected 1");
    }

    public static RealMatrix random(int rows, int columns, Rng rng) {
        RealMatrix matrix = MatrixUtils.createRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix.setEntry(i, j, rng.nextGaussian());
            }
        }
        return matrix;
    }

    private static RealMatrix inverse(Svd svd, int rows, int columns) {
        RealMatrix inverse = MatrixUtils.createRealMatrix(columns, rows);
        for (int i = 0; i < rows; i++) {
            double[] unit = new double[rows];
            unit[i] = 1;
            inverse.setColumn(i, svd.solve(8, unit));
        }
        return inverse;
    }

    private static void near(RealMatrix actual, RealMatrix expected, double scale) {
        assertThat(actual.subtract(expected).getFrobeniusNorm()).isLessThan(TOLERANCE * scale);
    }
}
