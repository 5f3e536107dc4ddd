package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.AdamSettings;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamTest {
    private final CpuBackend backend = new CpuBackend(1);

    /**
     * By hand: g = 2, m = 0.2, v = 0.04; the corrections undo 1-β₁ and 1-β₂, so the first step is lr·g/|g| = 0.1 against the
     * gradient.
     */
    @Test
    void theFirstStepIsTheLearningRateAgainstTheGradient() {
        Tensor w = backend.upload(Shape.of(2), new float[] {1, -1});
        Tensor g = backend.upload(Shape.of(2), new float[] {2, -0.5f});
        Tensor m = backend.zeros(Shape.of(2));
        Tensor v = backend.zeros(Shape.of(2));
        backend.adamStep(w, g, m, v, new AdamSettings(0.1, 0.9, 0.99, 0, 0, false, 1, 1));
        assertThat(backend.downloadDoubles(w)).containsExactly(new double[] {0.9, -0.9}, within(1e-7));
        assertThat(backend.downloadDoubles(m)).containsExactly(new double[] {0.2, -0.05}, within(1e-7));
        assertThat(backend.downloadDoubles(v)).containsExactly(new double[] {0.04, 0.0025}, within(1e-7));
        assertThat(backend.downloadDoubles(g)).containsExactly(2, -0.5);
    }

    /** By hand: AdamW shrinks 1 to 1 - 0.1·0.5 = 0.95 and then steps by 0.1; a zero gradient only shrinks. */
    @Test
    void decoupledDecayShrinksTheWeightFirst() {
        Tensor w = backend.upload(Shape.of(2), new float[] {1, 1});
        Tensor g = backend.upload(Shape.of(2), new float[] {3, 0});
        Tensor m = backend.zeros(Shape.of(2));
        Tensor v = backend.zeros(Shape.of(2));
        backend.adamStep(w, g, m, v, new AdamSettings(0.1, 0.9, 0.99, 1e-8, 0.5, true, 1, 1));
        assertThat(backend.downloadDoubles(w)).containsExactly(new double[] {0.85, 0.95}, within(1e-7));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHundredStepsStayByAFloat64Reference(boolean decoupled) {
        int n = 37;
        double[] w = Numbers.normal(1, n);
        double[] m = new double[n];
        double[] v = new double[n];
        Tensor weight = backend.upload(Shape.of(n), w);
        Tensor first = backend.zeros(Shape.of(n));
        Tensor second = backend.zeros(Shape.of(n));
        for (int step = 1; step <= 100; step++) {
            double[] g = Numbers.normal(step + 10, n);
            AdamSettings s = new AdamSettings(1e-2, 0.9, 0.99, 1e-8, 0.1, decoupled, 0.5, step);
            backend.adamStep(weight, backend.upload(Shape.of(n), g), first, second, s);
            for (int i = 0; i < n; i++) {
                double gradient = 0.5 * g[i] + (decoupled ? 0 : 0.1 * w[i]);
                w[i] *= decoupled ? 1 - 1e-3 : 1;
                m[i] = 0.9 * m[i] + 0.1 * gradient;
                v[i] = 0.99 * v[i] + 0.01 * gradient * gradient;
                w[i] -= 1e-2
                        * (m[i] / (1 - Math.pow(0.9, step)))
                        / (Math.sqrt(v[i] / (1 - Math.pow(0.99, step))) + 1e-8);
            }
        }
        // a hundred float32 roundings of weights of order 1
        Numbers.assertClose(backend.downloadDoubles(weight), w, 5e-6);
    }
}
