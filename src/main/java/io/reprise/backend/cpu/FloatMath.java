package io.reprise.backend.cpu;

/**
 * Functions of one float from + × ÷ fma and blends alone, so that their bits are the same in the interpreter, in compiled code
 * and in SIMD lanes, which repeat them operation by operation.
 */
public final class FloatMath {
    private FloatMath() {}

    public static final float LOG2_E = 1.442695f;
    /** ln 2 in two parts, the first exact under multiplication by small integers (Cephes, expf). */
    public static final float LN2_HIGH = 0.6933594f;

    public static final float LN2_LOW = -2.12194440e-4f;
    /** 1.5·2²³: adding it rounds to an integer and leaves that integer in the low bits. */
    public static final float ROUND = 12582912f;
    /** Below, exp is 0: the result would be subnormal. */
    public static final float EXP_MIN = -87.33654f;
    /** Above, exp is not defined. */
    public static final float EXP_MAX = 88.37f;

    // (e^r - 1 - r)/r² on |r| ≤ ln2/2 (Cephes, expf)
    public static final float E0 = 0.5f;
    public static final float E1 = 0.16666666f;
    public static final float E2 = 0.041665796f;
    public static final float E3 = 0.008333452f;
    public static final float E4 = 0.0013981999f;
    public static final float E5 = 0.00019875691f;

    /** √(2/π). */
    public static final float GELU_NEW_SCALE = 0.7978846f;

    public static final float GELU_NEW_CUBE = 0.044715f;

    /** t = 1/(1 + 0.3·a) with a = |x|/√2, per |x|. */
    public static final float PHI_T = 0.21213204f;

    public static final float INVERSE_SQRT_2PI = 0.3989423f;

    /** e^(-x²/2) is 0 long before; keeps x² finite. */
    public static final float GAUSSIAN_MAX = 64f;

    // erfcx(a)/t as a polynomial in t: least maximum relative error 1.9e-8 on a in [0, 9.6] (Lawson's iteration)
    public static final float P0 = 0.16918917f;
    public static final float P1 = 0.17069833f;
    public static final float P2 = 0.1484431f;
    public static final float P3 = 0.21457066f;
    public static final float P4 = -0.09391086f;
    public static final float P5 = 0.54675835f;
    public static final float P6 = -0.5115148f;
    public static final float P7 = 0.48522443f;
    public static final float P8 = -0.12945843f;

    /** eˣ within 1 ulp for x up to {@link #EXP_MAX}; 0 below {@link #EXP_MIN}, NaN for NaN. */
    public static float exp(float x) {
        float rounded = Math.fma(x, LOG2_E, ROUND);
        float n = rounded - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        float p = Math.fma(E5, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        p = Math.fma(p, r * r, r) + 1;
        float power = Float.intBitsToFloat((Float.floatToRawIntBits(rounded) << 23) + 0x3f800000);
        return x < EXP_MIN ? 0 : p * power;
    }

    /** |u| of the tanh form: √(2/π)(|x| + 0.044715|x|³). */
    private static float geluNewArgument(float x) {
        float a = Math.abs(x);
        return GELU_NEW_SCALE * Math.fma(GELU_NEW_CUBE * a, a * a, a);
    }

    /**
     * 0.5x(1 + tanh u) = x·s with s = 1/(1 + e⁻²ᵘ), u = √(2/π)(x + 0.044715x³). From e = e^(-2|u|), which can't overflow: s is
     * r = 1/(1 + e) for positive x and e·r for negative x, 1-s the other one.
     */
    public static float geluNew(float x) {
        float e = exp(-2 * geluNewArgument(x));
        float r = 1 / (1 + e);
        return x * (x < 0 ? e * r : r);
    }

    /** d geluNew / dx = s + 2·x·s·(1-s)·u'. */
    public static float geluNewSlope(float x) {
        float e = exp(-2 * geluNewArgument(x));
        float r = 1 / (1 + e);
        float du = Math.fma(3 * GELU_NEW_SCALE * GELU_NEW_CUBE * x, x, GELU_NEW_SCALE);
        return Math.fma(2 * x * (r * (e * r)), du, x < 0 ? e * r : r);
    }

    /** e^(-x²/2), with the rounding error of x² put back. */
    static float gaussian(float x) {
        float a = Math.abs(x) > GAUSSIAN_MAX ? GAUSSIAN_MAX : Math.abs(x);
        float square = a * a;
        float error = Math.fma(a, a, -square);
        float e = exp(-0.5f * square);
        return Math.fma(-0.5f * error, e, e);
    }

    /** Φ(x), the normal distribution function, given {@link #gaussian} of x: ½erfc(-x/√2), accurate in both tails. */
    static float phi(float x, float gaussian) {
        float t = 1 / Math.fma(PHI_T, Math.abs(x), 1);
        float p = Math.fma(P8, t, P7);
        p = Math.fma(p, t, P6);
        p = Math.fma(p, t, P5);
        p = Math.fma(p, t, P4);
        p = Math.fma(p, t, P3);
        p = Math.fma(p, t, P2);
        p = Math.fma(p, t, P1);
        p = Math.fma(p, t, P0);
        float tail = 0.5f * gaussian * (t * p);
        return x < 0 ? tail : 1 - tail;
    }

    /** Φ(x). */
    public static float phi(float x) {
        return phi(x, gaussian(x));
    }

    /** x·Φ(x). */
    public static float gelu(float x) {
        return x * phi(x);
    }

    /** Φ(x) + x·φ(x). */
    public static float geluSlope(float x) {
        float g = gaussian(x);
        return Math.fma(x * INVERSE_SQRT_2PI, g, phi(x, g));
    }
}
