package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsRoundTripTest {
    @TempDir
    Path directory;

    @Property(tries = 200)
    void whatIsWrittenIsReadBackBitForBit(
            @ForAll("names") List<String> names, @ForAll long seed, @ForAll Map<String, String> metadata)
            throws IOException {
        Map<String, String> writable = new LinkedHashMap<>();
        metadata.forEach((key, value) -> writable.put(printable(key), printable(value)));
        Rng rng = Rng.of(seed);
        List<TensorEntry> entries = new ArrayList<>();
        Map<String, Object> expected = new LinkedHashMap<>();
        for (String name : names) {
            int[] dims = new int[rng.nextInt(4)];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = rng.nextInt(6);
            }
            Shape shape = Shape.of(dims);
            Object values = randomValues(rng, rng.nextInt(4), shape.size());
            expected.put(name, values);
            entries.add(entry(name, shape, values));
        }
        Path path = Files.createTempFile("roundtrip", ".safetensors");
        try {
            SafetensorsWriter.writeAtomically(path, writable, entries);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.names()).containsExactlyInAnyOrderElementsOf(names);
                writable.put("format", "pt");
                assertThat(file.metadata()).isEqualTo(writable);
                for (TensorEntry entry : entries) {
                    assertThat(file.shape(entry.name())).isEqualTo(entry.shape());
                    assertThat(file.dtype(entry.name())).isEqualTo(entry.dtype());
                    assertThat(bits(readAs(file, entry.name(), expected.get(entry.name()))))
                            .isEqualTo(bits(expected.get(entry.name())));
                }
            }
        } finally {
            Files.delete(path);
        }
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.strings()
                .ofMaxLength(12)
                .map(SafetensorsRoundTripTest::printable)
                .filter(name -> !name.equals("__metadata__"))
                .list()
                .ofMaxSize(6)
                .uniqueElements();
    }

    /** Half a surrogate pair can't be written as UTF-8. */
    private static String printable(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints().filter(c -> c < 0xd800 || c > 0xdfff).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private static Object randomValues(Rng rng, int kind, int size) {
        float[] floats = new float[size];
        double[] doubles = new double[size];
        long[] longs = new long[size];
        boolean[] booleans = new boolean[size];
        for (int i = 0; i < size; i++) {
            floats[i] = Float.intBitsToFloat(rng.nextInt());
            longs[i] = rng.nextLong();
            doubles[i] = Double.longBitsToDouble(longs[i]);
            booleans[i] = rng.nextInt(2) == 1;
        }
        return switch (kind) {
            case 0 -> floats;
            case 1 -> doubles;
            case 2 -> longs;
            default -> booleans;
        };
    }

    private static TensorEntry entry(String name, Shape shape, Object values) {
        if (values instanceof float[] floats) {
            return TensorEntry.of(name, shape, floats);
        }
        if (values instanceof double[] doubles) {
            return TensorEntry.of(name, shape, doubles);
        }
        return values instanceof long[] longs
                ? TensorEntry.of(name, shape, longs)
                : TensorEntry.of(name, shape, (boolean[]) values);
    }

    private static Object readAs(SafetensorsFile file, String name, Object like) throws IOException {
        if (like instanceof float[]) {
            return file.read(name);
        }
        return like instanceof double[] ? file.readDoubles(name) : file.readLongs(name);
    }

    private static long[] bits(Object values) {
        if (values instanceof float[] floats) {
            long[] bits = new long[floats.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Float.floatToRawIntBits(floats[i]);
            }
            return bits;
        }
        if (values instanceof double[] doubles) {
            long[] bits = new long[doubles.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Double.doubleToRawLongBits(doubles[i]);
            }
            return bits;
        }
        if (values instanceof boolean[] booleans) {
            long[] bits = new long[booleans.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = booleans[i] ? 1 : 0;
            }
            return bits;
        }
        return (long[]) values;
    }

    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafetensorsWriter.write(
                Channels.newChannel(out),
                Map.of("step", "7", "format", "ignored"),
                List.of(
                        TensorEntry.of("b", Shape.of(2), new byte[] {5, -1}),
                        TensorEntry.of("w", Shape.of(1, 2), new float[] {1f, -2f}),
                        TensorEntry.of("n", Shape.of(), new long[] {258})));
        String header = "{\"__metadata__\":{\"format\":\"pt\",\"step\":\"7\"},"
                + "\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[16,18]}}";
        int padded = (header.length() + 7) / 8 * 8;
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.write(new byte[] {(byte) padded, (byte) (padded >> 8), 0, 0, 0, 0, 0, 0});
        expected.write(header.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        expected.write(" ".repeat(padded - header.length()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        expected.write(new byte[] {2, 1, 0, 0, 0, 0, 0, 0});
        expected.write(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0});
        expected.write(new byte[] {5, -1});
        assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void piecesAndLazyTensorsGiveTheSameBytesAsArrays() throws IOException {
        Shape shape = Shape.of(300, 171); // several pieces, the last one not full
        float[] values = randomFloats(shape.size());
        byte[] whole = bytes(TensorEntry.of("w", shape, values));
        assertThat(bytes(TensorEntry.pieces(
                        "w",
                        StoredDType.F32,
                        shape,
                        (from, count, target) -> System.arraycopy(values, from, target, 0, count))))
                .isEqualTo(whole);
        assertThat(bytes(TensorEntry.lazy("w", shape, () -> values))).isEqualTo(whole);
    }

    @Test
    void halvesAreTheRoundedValues() throws IOException {
        float[] values = randomFloats(100_000);
        for (StoredDType type : List.of(StoredDType.F16, StoredDType.BF16)) {
            Path path = directory.resolve(type + ".safetensors");
            SafetensorsWriter.writeAtomically(
                    path, Map.of(), List.of(TensorEntry.of("w", type, Shape.of(values.length), values)));
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                float[] read = file.read("w");
                double[] asDoubles = file.readDoubles("w");
                for (int i = 0; i < values.length; i++) {
                    float rounded = type == StoredDType.F16
                            ? HalfPrecision.fromF16(HalfPrecision.toF16(values[i]))
                            : HalfPrecision.fromBf16(HalfPrecision.toBf16(values[i]));
                    if (read[i] != rounded || asDoubles[i] != rounded) {
                        assertThat(read[i]).as("%s %d", type, i).isEqualTo(rounded);
                        assertThat(asDoubles[i]).as("%s %d", type, i).isEqualTo(rounded);
                    }
                }
            }
        }
    }

    @Test
    void anInterruptedWriteLeavesTheOldFileAndNoOther() throws IOException {
        Path path = directory.resolve("model.safetensors");
        SafetensorsWriter.writeAtomically(path, Map.of(), List.of(TensorEntry.of("w", Shape.of(1), new float[] {1})));
        TensorEntry failing = TensorEntry.lazy("w", Shape.of(1), () -> {
            throw new IOException("disk on fire");
        });
        assertThatThrownBy(() -> SafetensorsWriter.writeAtomically(path, Map.of(), List.of(failing)))
                .hasMessage("disk on fire");
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Stream<Path> files = Files.list(directory)) {
            assertThat(file.read("w")).containsExactly(1f);
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void refusesWhatCannotBeWritten() {
        TensorEntry w = TensorEntry.of("w", Shape.of(1), new float[1]);
        assertThatThrownBy(() -> bytes(w, w)).hasMessage("two tensors are named \"w\"");
        assertThatThrownBy(() -> bytes(TensorEntry.of("__metadata__", Shape.of(1), new float[1])))
                .hasMessageContaining("can't be named");
        assertThatThrownBy(() -> bytes(TensorEntry.of("\ud800", Shape.of(1), new float[1])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TensorEntry.of("w", Shape.of(2, 3), new float[5]))
                .hasMessage("tensor \"w\" is given 5 values, expected 6 for [2, 3]");
        assertThatThrownBy(() -> bytes(TensorEntry.lazy("w", Shape.of(2), () -> new float[3])))
                .hasMessage("tensor \"w\" is given 3 values, expected 2 for [2]");
        assertThatThrownBy(() -> TensorEntry.of("w", StoredDType.I64, Shape.of(1), new float[1]))
                .hasMessageContaining("not as I64");
    }

    @Test
    void aHeaderBeyondTheFormatsLimitIsNotWritten() {
        String name = "x".repeat(1 << 20);
        List<TensorEntry> entries = new ArrayList<>();
        for (int i = 0; i < 96; i++) {
            entries.add(TensorEntry.of(name + i, Shape.of(0), new float[0]));
        }
        assertThatThrownBy(() -> bytes(entries.toArray(new TensorEntry[0])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the format allows 100000000");
    }

    private static float[] randomFloats(int size) {
        Rng rng = Rng.of(5);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (rng.nextGaussian() * Math.scalb(1, rng.nextInt(40) - 25));
        }
        return values;
    }

    private static byte[] bytes(TensorEntry... entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafetensorsWriter.write(Channels.newChannel(out), Collections.emptyMap(), List.of(entries));
        return out.toByteArray();
    }
}
