package io.reprise.weights;

/** Conversions between binary32 and the two 16-bit formats; JDK 17 has none (Float.float16ToFloat came with 20). */
final class HalfPrecision {
    private HalfPrecision() {}

    /** The value of a binary16, exactly; a NaN keeps its sign and payload. */
    static float fromF16(short half) {
        int magnitude = half & 0x7fff;
        int sign = (half & 0x8000) << 16;
        if (magnitude >= 0x7c00) {
            return Float.intBitsToFloat(sign | 0x7f800000 | magnitude << 13);
        }
        // Read as a binary32, the shifted bits are too small by 2^(127-15), subnormals included: the product is exact.
        float scaled = Float.intBitsToFloat(magnitude << 13) * 0x1p112f;
        return Float.intBitsToFloat(sign | Float.floatToRawIntBits(scaled));
    }

    /** Rounds to nearest, ties to even; beyond 65,504 + half a unit becomes infinite. */
    static short toF16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | 0x7e00 | (magnitude >>> 13 & 0x1ff));
        }
        if (magnitude >= 0x477ff000) { // 65,520, halfway to 65,536
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) { // below 2^-14: a multiple of 2^-24
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        int roundedUp = magnitude + 0xfff + (magnitude >>> 13 & 1);
        return (short) (sign | (roundedUp >>> 13) - (112 << 10));
    }

    /** The value of a bfloat16, exactly. */
    static float fromBf16(short half) {
        return Float.intBitsToFloat(half << 16);
    }

    /** Rounds to nearest, ties to even. */
    static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }
}
