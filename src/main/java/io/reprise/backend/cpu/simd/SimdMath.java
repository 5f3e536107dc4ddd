package io.reprise.backend.cpu.simd;

import io.reprise.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link FloatMath}, operation by operation, on eight lanes. */
final class SimdMath {
    private SimdMath() {}

    static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    static final int LANES = 8;

    static FloatVector exp(FloatVector x) {
        FloatVector c = x.max(FloatMath.EXP_MIN).min(FloatMath.EXP_MAX);
        FloatVector rounded = c.fma(broadcast(FloatMath.LOG2_E), broadcast(FloatMath.ROUND));
        FloatVector n = rounded.sub(FloatMath.ROUND);
        FloatVector r = n.fma(broadcast(-FloatMath.LN2_LOW), n.fma(broadcast(-FloatMath.LN2_HIGH), c));
        FloatVector p = broadcast(FloatMath.E5).fma(r, broadcast(FloatMath.E4));
        p = p.fma(r, broadcast(FloatMath.E3));
        p = p.fma(r, broadcast(FloatMath.E2));
        p = p.fma(r, broadcast(FloatMath.E1));
        p = p.fma(r, broadcast(FloatMath.E0));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent =
                rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(0x3f800000);
        FloatVector y = p.mul(exponent.reinterpretAsFloats());
        VectorMask<Float> small = x.compare(VectorOperators.LT, FloatMath.EXP_MIN);
        VectorMask<Float> large = x.compare(VectorOperators.GT, FloatMath.EXP_MAX);
        return y.blend(0f, small).blend(Float.POSITIVE_INFINITY, large);
    }

    private static FloatVector broadcast(float value) {
        return FloatVector.broadcast(S, value);
    }

    /** e⁻²ᵘ of the tanh form's argument, kept finite. */
    static FloatVector geluNewExp(FloatVector x) {
        FloatVector u = x.mul(FloatMath.GELU_NEW_CUBE).fma(x.mul(x), x).mul(FloatMath.GELU_NEW_SCALE);
        return exp(u.mul(-2f).min(88f));
    }

    /** 1/(1 + e). */
    static FloatVector logistic(FloatVector e) {
        return broadcast(1f).div(e.add(1f));
    }

    static FloatVector geluNewSlope(FloatVector x, FloatVector e, FloatVector s) {
        FloatVector du = x.mul(3 * FloatMath.GELU_NEW_SCALE * FloatMath.GELU_NEW_CUBE)
                .fma(x, broadcast(FloatMath.GELU_NEW_SCALE));
        return x.mul(2f).mul(s).mul(s.mul(e)).fma(du, s);
    }

    static FloatVector gaussian(FloatVector x) {
        FloatVector a = x.abs().min(FloatMath.GAUSSIAN_MAX);
        FloatVector square = a.mul(a);
        FloatVector error = a.fma(a, square.neg());
        FloatVector e = exp(square.mul(-0.5f));
        return error.mul(-0.5f).fma(e, e);
    }

    static FloatVector phi(FloatVector x, FloatVector gaussian) {
        FloatVector one = broadcast(1f);
        FloatVector t = one.div(broadcast(FloatMath.PHI_T).fma(x.abs(), one));
        FloatVector p = broadcast(FloatMath.P8).fma(t, broadcast(FloatMath.P7));
        p = p.fma(t, broadcast(FloatMath.P6));
        p = p.fma(t, broadcast(FloatMath.P5));
        p = p.fma(t, broadcast(FloatMath.P4));
        p = p.fma(t, broadcast(FloatMath.P3));
        p = p.fma(t, broadcast(FloatMath.P2));
        p = p.fma(t, broadcast(FloatMath.P1));
        p = p.fma(t, broadcast(FloatMath.P0));
        FloatVector tail = gaussian.mul(0.5f).mul(t.mul(p));
        return one.sub(tail).blend(tail, x.compare(VectorOperators.LT, 0f));
    }

    static FloatVector geluSlope(FloatVector x, FloatVector gaussian, FloatVector phi) {
        return x.mul(FloatMath.INVERSE_SQRT_2PI).fma(gaussian, phi);
    }

    /** The lanes added in order; {@code lanes} is working memory. */
    static float total(FloatVector v, float[] lanes) {
        v.intoArray(lanes, 0);
        return ((((((lanes[0] + lanes[1]) + lanes[2]) + lanes[3]) + lanes[4]) + lanes[5]) + lanes[6]) + lanes[7];
    }
}
