package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SIMD kernels repeat the plain ones operation by operation, so the bits are compared, not the numbers. */
class SimdAgreementTest {
    private static final Kernels SIMD = Kernels.choose();
    private static final Kernels PLAIN = Kernels.plain("as a reference");

    @BeforeAll
    static void needsWideVectors() {
        assumeTrue(SIMD.description().startsWith("SIMD"), SIMD.description());
    }

    @Test
    void everySimdKernelHasTheBitsOfItsPlainTwin() {
        int compared = 0;
        for (int size : KernelCalls.SIZES) {
            for (int other : new int[] {1, 3, 6, 17, 33}) {
                Map<String, Supplier<float[]>> simd = KernelCalls.of(SIMD, size, other, size * 100L + other);
                Map<String, Supplier<float[]>> plain = KernelCalls.of(PLAIN, size, other, size * 100L + other);
                for (String name : plain.keySet()) {
                    assertThat(bits(simd.get(name).get()))
                            .as("%s, size %d, other %d", name, size, other)
                            .isEqualTo(bits(plain.get(name).get()));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(4000);
    }

    @Test
    void nanAndInfinityComeOutOfBothAlike() {
        float[] special = {
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, 1f
        };
        for (io.reprise.backend.Activation activation : io.reprise.backend.Activation.values()) {
            float[] a = new float[8];
            float[] b = new float[8];
            SIMD.pointwise().activate(activation, special, a, 0, 8);
            PLAIN.pointwise().activate(activation, special, b, 0, 8);
            assertThat(a).as("%s", activation).containsExactly(b);
            assertThat(a[0]).isNaN();
            assertThat(a[1]).isEqualTo(Float.POSITIVE_INFINITY);
        }
        float[] e = new float[8];
        float[] stats = new float[2];
        SIMD.softmax().exponentials(special, e, stats, 8, 0, 1);
        assertThat(stats[1]).isNaN();
    }

    private static int[] bits(float[] x) {
        int[] bits = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            bits[i] = Float.floatToIntBits(x[i]);
        }
        return bits;
    }
}
