package io.reprise.analysis.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolTest {
    /** Three positions of two features, and a padding position after them. */
    private final double[] values = {9, 9, 1, 6, 5, 2, 3, 4, 100, 100};

    @Test
    void poolsByHand() {
        assertThat(pooled(new Pool.Mean())).containsExactly(3, 4);
        assertThat(pooled(new Pool.Last())).containsExactly(3, 4);
        assertThat(pooled(new Pool.Max())).containsExactly(5, 6);
        assertThat(pooled(new Pool.Position(1))).containsExactly(5, 2);
        assertThat(pooled(new Pool.Position(-3))).containsExactly(1, 6);
    }

    @Test
    void aPositionThatTheSequenceLacksIsRefused() {
        assertThatThrownBy(() -> pooled(new Pool.Position(3)))
                .hasMessageContaining("pool position 3 is outside a sequence of 3 tokens");
        assertThatThrownBy(() -> pooled(new Pool.Position(-4))).hasMessageContaining("outside");
        assertThatThrownBy(() -> Pool.parse("median")).hasMessageContaining("choose mean, last, max, or a position");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean", "last", "max", "1", "-1"})
    void thePullbackIsTheTransposeOfTheDerivative(String name) {
        Pool pool = Pool.parse(name);
        Rng rng = Rng.of(4);
        double[] x = new double[5 * 3];
        Arrays.setAll(x, i -> rng.nextGaussian());
        double[] u = {0.3, -1.2, 0.7};
        double[] into = new double[x.length];
        pool.pullback(x, 3, 4, 3, u, 0, into);
        double h = 1e-6;
        for (int i = 0; i < x.length; i++) {
            double before = x[i];
            x[i] = before + h;
            double up = dot(pool, x, u);
            x[i] = before - h;
            double down = dot(pool, x, u);
            x[i] = before;
            // linear away from ties: only rounding, 1e-16 / h
            assertThat(into[i]).isCloseTo((up - down) / (2 * h), within(1e-9));
        }
    }

    private static double dot(Pool pool, double[] x, double[] u) {
        double[] out = new double[3];
        pool.pool(x, 3, 4, 3, out, 0);
        return out[0] * u[0] + out[1] * u[1] + out[2] * u[2];
    }

    private double[] pooled(Pool pool) {
        double[] out = new double[4];
        pool.pool(values, 2, 3, 2, out, 1);
        return Arrays.copyOfRange(out, 1, 3);
    }
}
