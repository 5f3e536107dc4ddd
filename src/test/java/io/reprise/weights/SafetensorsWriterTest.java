package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
    @TempDir
    Path directory;

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
        expected.write(header.getBytes(StandardCharsets.UTF_8));
        expected.write(" ".repeat(padded - header.length()).getBytes(StandardCharsets.UTF_8));
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
