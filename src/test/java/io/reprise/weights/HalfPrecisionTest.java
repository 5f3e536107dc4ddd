package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
    @Test
    void everyF16PatternIsSignTimesMantissaTimesPowerOfTwo() {
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            float value = HalfPrecision.fromF16((short) pattern);
            int exponent = pattern >> 10 & 0x1f;
            int mantissa = pattern & 0x3ff;
            double sign = pattern < 0x8000 ? 1 : -1;
            if (exponent == 31 && mantissa != 0) {
                assertThat(value).as("pattern %04x", pattern).isNaN();
                continue;
            }
            double expected = exponent == 31
                    ? sign * Double.POSITIVE_INFINITY
                    : exponent == 0
                            ? sign * Math.scalb((double) mantissa, -24)
                            : sign * Math.scalb(1024.0 + mantissa, exponent - 25);
            if (Double.doubleToRawLongBits(value) != Double.doubleToRawLongBits(expected)) {
                assertThat((double) value).as("pattern %04x", pattern).isEqualTo(expected);
            }
        }
    }

    @Test
    void allPatternsAgreeWithNumPyAndPyTorch() {
        // CRC-32 of the 65,536 float32 as little-endian bytes, each NaN as 7fc00000, from numpy 2 and torch 2.13 (F16),
        // torch (BF16).
        assertThat(crcOfAllPatterns(StoredDType.F16)).isEqualTo(0x3020c7a7L);
        assertThat(crcOfAllPatterns(StoredDType.BF16)).isEqualTo(0x28c5ed34L);
    }

    @Test
    void roundingAgreesWithPyTorchOnAMillionBitPatterns() {
        // Bits i·2654435761 mod 2^32 for i < 2^20; CRC-32 of the halves as little-endian bytes, 0 in a NaN's place;
        // torch 2.13.
        assertThat(crcOfRounded(StoredDType.F16)).isEqualTo(0x61541ad7L);
        assertThat(crcOfRounded(StoredDType.BF16)).isEqualTo(0xe3f1007eL);
    }

    @Test
    void decodingAndEncodingAgainGivesEveryPatternBack() {
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            short half = (short) pattern;
            float f16 = HalfPrecision.fromF16(half);
            float bf16 = HalfPrecision.fromBf16(half);
            if (Float.isNaN(f16) ? !isNaN(half, 0x7c00) : HalfPrecision.toF16(f16) != half) {
                assertThat(HalfPrecision.toF16(f16)).as("F16 %04x", pattern).isEqualTo(half);
            }
            if (Float.isNaN(bf16) ? !isNaN(half, 0x7f80) : HalfPrecision.toBf16(bf16) != half) {
                assertThat(HalfPrecision.toBf16(bf16)).as("BF16 %04x", pattern).isEqualTo(half);
            }
        }
    }

    @Test
    void nanStaysNanWhenRounded() {
        for (int bits : new int[] {0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff}) {
            float nan = Float.intBitsToFloat(bits);
            assertThat(HalfPrecision.fromF16(HalfPrecision.toF16(nan))).isNaN();
            assertThat(HalfPrecision.fromBf16(HalfPrecision.toBf16(nan))).isNaN();
        }
    }

    @Test
    void tiesGoToTheEvenNeighbour() {
        // Between 1 and 1 + 2^-10 (odd), and between that and 1 + 2^-9 (even).
        assertThat(HalfPrecision.toF16(1 + 0x1p-11f)).isEqualTo((short) 0x3c00);
        assertThat(HalfPrecision.toF16(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02);
        assertThat(HalfPrecision.toF16(0x1p-25f)).isEqualTo((short) 0);
        assertThat(HalfPrecision.toF16(3 * 0x1p-25f)).isEqualTo((short) 2);
        assertThat(HalfPrecision.toF16(65519.996f)).isEqualTo((short) 0x7bff);
        assertThat(HalfPrecision.toF16(65520f)).isEqualTo((short) 0x7c00);
        assertThat(HalfPrecision.toBf16(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
        assertThat(HalfPrecision.toBf16(1 + 3 * 0x1p-8f)).isEqualTo((short) 0x3f82);
    }

    private static boolean isNaN(short half, int infinity) {
        return (half & 0x7fff) > infinity;
    }

    private static long crcOfAllPatterns(StoredDType type) {
        ByteBuffer bytes = ByteBuffer.allocate(4 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            short half = (short) pattern;
            float value = type == StoredDType.F16 ? HalfPrecision.fromF16(half) : HalfPrecision.fromBf16(half);
            bytes.putInt(Float.floatToIntBits(value));
        }
        return crc(bytes);
    }

    private static long crcOfRounded(StoredDType type) {
        ByteBuffer bytes = ByteBuffer.allocate(2 << 20).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 1 << 20; i++) {
            float value = Float.intBitsToFloat(i * (int) 2654435761L);
            short half = type == StoredDType.F16 ? HalfPrecision.toF16(value) : HalfPrecision.toBf16(value);
            bytes.putShort(Float.isNaN(value) ? 0 : half);
        }
        return crc(bytes);
    }

    private static long crc(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.array());
        return crc.getValue();
    }
}
