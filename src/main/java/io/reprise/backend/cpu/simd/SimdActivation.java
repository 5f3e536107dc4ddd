package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdMath.LANES;
import static io.reprise.backend.cpu.simd.SimdMath.S;

import io.reprise.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The activations of {@link FloatMath}, operation by operation, over whole vectors. The smooth ones make the argument of their
 * exp in y, take the exp there, and finish from x and y, a stretch at a time.
 */
final class SimdActivation {
    private SimdActivation() {}

    private static final int STRETCH = 1024;

    static void relu(float[] x, float[] y, int from, int end, boolean keepSlope) {
        FloatVector zero = FloatVector.zero(S);
        for (int i = from; i < end; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            v.blend(0f, v.compare(VectorOperators.LT, 0f)).intoArray(y, i);
            if (keepSlope) {
                zero.blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(x, i);
            }
        }
    }

    static void geluNew(float[] x, float[] y, int from, int end, boolean keepSlope) {
        for (int at = from; at < end; at += STRETCH) {
            int to = Math.min(end, at + STRETCH);
            geluNewArgument(x, y, at, to);
            SimdMath.exp(y, at, to);
            if (keepSlope) {
                geluNewFinishKeepingSlope(x, y, at, to);
            } else {
                geluNewFinish(x, y, at, to);
            }
        }
    }

    private static void geluNewArgument(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            FloatVector a = FloatVector.fromArray(S, x, i).abs();
            a.mul(FloatMath.GELU_NEW_CUBE)
                    .fma(a.mul(a), a)
                    .mul(FloatMath.GELU_NEW_SCALE)
                    .mul(-2f)
                    .intoArray(y, i);
        }
    }

    private static void geluNewFinish(float[] x, float[] y, int from, int to) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = from; i < to; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            FloatVector e = FloatVector.fromArray(S, y, i);
            FloatVector r = one.div(e.add(1f));
            v.mul(r.blend(e.mul(r), v.compare(VectorOperators.LT, 0f))).intoArray(y, i);
        }
    }

    private static void geluNewFinishKeepingSlope(float[] x, float[] y, int from, int to) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector scale = FloatVector.broadcast(S, FloatMath.GELU_NEW_SCALE);
        for (int i = from; i < to; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            FloatVector e = FloatVector.fromArray(S, y, i);
            FloatVector r = one.div(e.add(1f));
            FloatVector er = e.mul(r);
            FloatVector share = r.blend(er, v.compare(VectorOperators.LT, 0f));
            v.mul(share).intoArray(y, i);
            FloatVector du = v.mul(3 * FloatMath.GELU_NEW_SCALE * FloatMath.GELU_NEW_CUBE)
                    .fma(v, scale);
            v.mul(2f).mul(r.mul(er)).fma(du, share).intoArray(x, i);
        }
    }

    static void gelu(float[] x, float[] y, int from, int end, boolean keepSlope) {
        for (int at = from; at < end; at += STRETCH) {
            int to = Math.min(end, at + STRETCH);
            geluArgument(x, y, at, to);
            SimdMath.exp(y, at, to);
            geluFinish(x, y, at, to, keepSlope);
        }
    }

    private static void geluArgument(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            FloatVector a = FloatVector.fromArray(S, x, i).abs();
            a = a.blend(FloatMath.GAUSSIAN_MAX, a.compare(VectorOperators.GT, FloatMath.GAUSSIAN_MAX));
            a.mul(a).mul(-0.5f).intoArray(y, i);
        }
    }

    private static void geluFinish(float[] x, float[] y, int from, int to, boolean keepSlope) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector width = FloatVector.broadcast(S, FloatMath.PHI_T);
        for (int i = from; i < to; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            FloatVector a = v.abs();
            FloatVector t = one.div(width.fma(a, one));
            a = a.blend(FloatMath.GAUSSIAN_MAX, a.compare(VectorOperators.GT, FloatMath.GAUSSIAN_MAX));
            FloatVector error = a.fma(a, a.mul(a).neg());
            FloatVector e = FloatVector.fromArray(S, y, i);
            FloatVector gaussian = error.mul(-0.5f).fma(e, e);
            FloatVector p = FloatVector.broadcast(S, FloatMath.P8).fma(t, FloatVector.broadcast(S, FloatMath.P7));
            p = p.fma(t, FloatVector.broadcast(S, FloatMath.P6));
            p = p.fma(t, FloatVector.broadcast(S, FloatMath.P5));
            p = p.fma(t, FloatVector.broadcast(S, FloatMath.P4));
            p = p.fma(t, FloatVector.broadcast(S, FloatMath.P3));
            p = p.fma(t, FloatVector.broadcast(S, FloatMath.P2));
            p = p.fma(t, FloatVector.broadcast(S, FloatMath.P1));
            p = p.fma(t, FloatVector.broadcast(S, FloatMath.P0));
            FloatVector tail = gaussian.mul(0.5f).mul(t.mul(p));
            FloatVector phi = one.sub(tail).blend(tail, v.compare(VectorOperators.LT, 0f));
            v.mul(phi).intoArray(y, i);
            if (keepSlope) {
                v.mul(FloatMath.INVERSE_SQRT_2PI).fma(gaussian, phi).intoArray(x, i);
            }
        }
    }
}
