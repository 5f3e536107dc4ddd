package io.reprise.analysis.overlap.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

class OperatorViewTest {
    private static final int N = 10;
    private static final double ROUNDING = 1e-9; // float64, sums of a hundred terms

    @Test
    void anOperatorIsItselfWhateverItsScaleAndConstants() {
        RealMatrix operator = gaussian(Rng.of(1));
        RealMatrix same = operator.scalarMultiply(3);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                same.addToEntry(i, j, 5 * i - 2 * j); // a constant for each token out and for each token in
            }
        }
        OperatorView a = new OperatorView(operator);
        OperatorView b = new OperatorView(same);
        assertThat(a.cka(b)).isCloseTo(1, within(ROUNDING));
        assertThat(a.cosine(b)).isCloseTo(1, within(ROUNDING));
        assertThat(a.written(b, 3)).isCloseTo(1, within(ROUNDING));
        assertThat(a.read(b, 3)).isCloseTo(1, within(ROUNDING));
    }

    @Test
    void ckaAllowsForAnotherOrderOfTheLogitsAndTheCosineDoesNot() {
        RealMatrix operator = gaussian(Rng.of(1));
        RealMatrix turned = new Array2DRowRealMatrix(N, N);
        for (int i = 0; i < N; i++) {
            turned.setRow((i + 1) % N, operator.getRow(i));
        }
        OperatorView a = new OperatorView(operator);
        OperatorView b = new OperatorView(turned);
        assertThat(a.cka(b)).isCloseTo(1, within(ROUNDING));
        assertThat(a.read(b, 3)).isCloseTo(1, within(ROUNDING));
        assertThat(Math.abs(a.cosine(b))).isLessThan(0.5);
        assertThat(a.written(b, 3)).isLessThan(0.9);
    }

    @Test
    void ofUnrelatedOperatorsCkaIsZeroInTheMeanAndAnglesAreByDimension() {
        int draws = 400;
        double[] cka = new double[draws];
        double[] angles = new double[draws];
        for (int i = 0; i < draws; i++) {
            OperatorView a = new OperatorView(gaussian(Rng.of(2 * i)));
            OperatorView b = new OperatorView(gaussian(Rng.of(2 * i + 1)));
            cka[i] = a.cka(b);
            angles[i] = a.written(b, 3);
        }
        // 4 standard errors of about 0.3/√400 and 0.13/√400
        assertThat(Arrays.stream(cka).average().orElseThrow()).isCloseTo(0, within(0.06));
        // centring leaves N − 1 dimensions
        assertThat(Arrays.stream(angles).average().orElseThrow()).isCloseTo(3.0 / (N - 1), within(0.03));
    }

    @Test
    void aZeroOperatorIsLikeNothing() {
        OperatorView zero = new OperatorView(new Array2DRowRealMatrix(N, N));
        OperatorView other = new OperatorView(gaussian(Rng.of(1)));
        assertThat(zero.cka(other)).isZero();
        assertThat(zero.cosine(other)).isZero();
        assertThat(zero.written(other, 2)).isZero();
    }

    private static RealMatrix gaussian(Rng rng) {
        RealMatrix matrix = new Array2DRowRealMatrix(N, N);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                matrix.setEntry(i, j, rng.nextGaussian());
            }
        }
        return matrix;
    }
}
