package io.reprise.weights;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** Elements between little-endian bytes and Java arrays. Every method moves {@code count} elements from the buffer's position. */
final class Codec {
    private Codec() {}

    /**
     * F64 is rounded to nearest, everything else is exact.
     *
     * @throws ArithmeticException if an integer has no exact float, in words for the user
     */
    static void decode(StoredDType type, ByteBuffer in, float[] out, int offset, int count) {
        switch (type) {
            case F32 -> in.asFloatBuffer().get(out, offset, count);
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    out[offset + i] = (float) in.getDouble();
                }
            }
            case F16 -> {
                ShortBuffer halves = in.asShortBuffer();
                for (int i = 0; i < count; i++) {
                    out[offset + i] = HalfPrecision.fromF16(halves.get(i));
                }
            }
            case BF16 -> {
                ShortBuffer halves = in.asShortBuffer();
                for (int i = 0; i < count; i++) {
                    out[offset + i] = HalfPrecision.fromBf16(halves.get(i));
                }
            }
            case I64, I32, I16, I8, U8, BOOL -> {
                for (int i = 0; i < count; i++) {
                    long value = integer(type, in);
                    if (Math.abs(value) > 1 << 24 || value == Long.MIN_VALUE) {
                        throw new ArithmeticException("holds " + value + ", which float32 can't hold exactly");
                    }
                    out[offset + i] = value;
                }
            }
        }
    }

    /** Every floating-point type, exactly; not for integers. */
    static void decode(StoredDType type, ByteBuffer in, double[] out, int offset, int count) {
        switch (type) {
            case F64 -> in.asDoubleBuffer().get(out, offset, count);
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    out[offset + i] = in.getFloat();
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[offset + i] = HalfPrecision.fromF16(in.getShort());
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[offset + i] = HalfPrecision.fromBf16(in.getShort());
                }
            }
            default -> throw new IllegalArgumentException(type + " is not a floating-point type");
        }
    }

    /** Every integer type and BOOL (0 or 1); not for floating point. */
    static void decode(StoredDType type, ByteBuffer in, long[] out, int offset, int count) {
        for (int i = 0; i < count; i++) {
            out[offset + i] = integer(type, in);
        }
    }

    private static long integer(StoredDType type, ByteBuffer in) {
        return switch (type) {
            case I64 -> in.getLong();
            case I32 -> in.getInt();
            case I16 -> in.getShort();
            case I8 -> in.get();
            case U8 -> in.get() & 0xff;
            case BOOL -> in.get() == 0 ? 0 : 1;
            case F64, F32, F16, BF16 -> throw new IllegalArgumentException(type + " is not an integer type");
        };
    }

    /** To F32, or rounded to F16 or BF16 (nearest, ties to even). */
    static void encode(StoredDType type, float[] in, int offset, int count, ByteBuffer out) {
        for (int i = offset; i < offset + count; i++) {
            switch (type) {
                case F32 -> out.putInt(Float.floatToRawIntBits(in[i]));
                case F16 -> out.putShort(HalfPrecision.toF16(in[i]));
                case BF16 -> out.putShort(HalfPrecision.toBf16(in[i]));
                case F64, I64, I32, I16, I8, U8, BOOL ->
                    throw new IllegalArgumentException("floats are not written as " + type);
            }
        }
    }
}
