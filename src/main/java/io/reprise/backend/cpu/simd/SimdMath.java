package io.reprise.backend.cpu.simd;

import io.reprise.backend.cpu.FloatMath;
import io.reprise.backend.cpu.NormKernel;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What the kernels share: eight lanes, exp, and the order in which lanes are added. */
final class SimdMath {
    private SimdMath() {}

    static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    static final int LANES = NormKernel.LANES;

    private static final FloatVector LOG2_E = FloatVector.broadcast(S, FloatMath.LOG2_E);
    private static final FloatVector ROUND = FloatVector.broadcast(S, FloatMath.ROUND);
    private static final FloatVector MINUS_LN2_HIGH = FloatVector.broadcast(S, -FloatMath.LN2_HIGH);
    private static final FloatVector MINUS_LN2_LOW = FloatVector.broadcast(S, -FloatMath.LN2_LOW);

    /** {@link FloatMath#exp} in place, operation by operation. */
    static void exp(float[] x, int from, int to) {
        int end = from + ((to - from) & -LANES);
        for (int i = from; i < end; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            FloatVector rounded = v.fma(LOG2_E, ROUND);
            FloatVector n = rounded.sub(ROUND);
            FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, v));
            FloatVector p = FloatVector.broadcast(S, FloatMath.E5).fma(r, FloatVector.broadcast(S, FloatMath.E4));
            p = p.fma(r, FloatVector.broadcast(S, FloatMath.E3));
            p = p.fma(r, FloatVector.broadcast(S, FloatMath.E2));
            p = p.fma(r, FloatVector.broadcast(S, FloatMath.E1));
            p = p.fma(r, FloatVector.broadcast(S, FloatMath.E0));
            p = p.fma(r.mul(r), r).add(1f);
            FloatVector power = rounded.reinterpretAsInts()
                    .lanewise(VectorOperators.LSHL, 23)
                    .add(0x3f800000)
                    .reinterpretAsFloats();
            p.mul(power)
                    .blend(0f, v.compare(VectorOperators.LT, FloatMath.EXP_MIN))
                    .intoArray(x, i);
        }
        for (int i = end; i < to; i++) {
            x[i] = FloatMath.exp(x[i]);
        }
    }

    /** The first eight elements added in order. */
    static float total(float[] lanes) {
        return ((((((lanes[0] + lanes[1]) + lanes[2]) + lanes[3]) + lanes[4]) + lanes[5]) + lanes[6]) + lanes[7];
    }

    /** The greatest of the first eight elements; NaN is passed over. */
    static float greatest(float[] lanes) {
        float max = Float.NEGATIVE_INFINITY;
        for (int lane = 0; lane < LANES; lane++) {
            max = lanes[lane] > max ? lanes[lane] : max;
        }
        return max;
    }
}
