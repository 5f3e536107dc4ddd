package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes as they are stored, of any stretch of elements, whatever the file and the tensor's layout in it. */
class StoredBytesTest {
    private static final Path PICKLES = Path.of("src/test/resources/pickles");

    @TempDir
    Path folder;

    @Test
    void everyStretchOfEveryPickledTensorIsThatOfItsNumbers() throws IOException {
        int tensors = 0;
        try (Stream<Path> files = Files.list(PICKLES)) {
            for (Path file : files.filter(f -> f.getFileName().toString().matches("(zip|legacy)-.*\\.bin"))
                    .sorted()
                    .toList()) {
                tensors += check(file);
            }
        }
        assertThat(tensors).isGreaterThan(10);
    }

    private static int check(Path file) throws IOException {
        int tensors = 0;
        try (WeightSource source = WeightFiles.openFile(file)) {
            for (String name : source.names()) {
                if (source.dtype(name) != StoredDType.F32 || source.shape(name).size() == 0) {
                    continue;
                }
                tensors++;
                float[] all = source.read(name);
                int step = Math.max(1, all.length / 13);
                for (int from = 0; from <= all.length; from += step) {
                    for (int count : new int[] {0, 1, 5, all.length - from}) {
                        if (from + count <= all.length) {
                            assertThat(stretch(source, name, from, count))
                                    .as("%s, %s from %d", file, name, from)
                                    .containsExactly(Arrays.copyOfRange(all, from, from + count));
                        }
                    }
                }
            }
        }
        return tensors;
    }

    private static float[] stretch(WeightSource source, String name, int from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(3 + 4 * count).order(ByteOrder.LITTLE_ENDIAN);
        source.readStored(name, from, count, bytes.position(3));
        assertThat(bytes.hasRemaining()).isFalse();
        float[] values = new float[count];
        bytes.position(3).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    @Test
    void aStretchBeyondTheTensorIsRefused() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter.write(file, Map.of(), List.of(TensorEntry.of("a", Shape.of(4), new float[4])));
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(99);
            assertThatThrownBy(() -> source.readStored("a", 2, 3, bytes)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> source.readStored("a", -1, 1, bytes))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> source.readStored("b", 0, 1, bytes)).hasMessageContaining("\"b\" is missing");
        }
    }

    @Test
    void aCopyHasTheBytesOfItsSourceWhateverTheType() throws IOException {
        Path file = folder.resolve("a.safetensors");
        float[] values = new float[3 * 40_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i * 0.37f - 1000;
        }
        Shape shape = Shape.of(3, 40_000);
        SafetensorsWriter.write(
                file,
                Map.of(),
                List.of(
                        TensorEntry.of("f16", StoredDType.F16, shape, values),
                        TensorEntry.of("bf16", StoredDType.BF16, shape, values),
                        TensorEntry.of("f32", shape, values),
                        TensorEntry.of("i64", Shape.of(2), new long[] {Long.MIN_VALUE, 5})));
        Path copy = folder.resolve("b.safetensors");
        long[] copied = {0};
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            List<TensorEntry> entries = new java.util.ArrayList<>();
            for (String name : source.names()) {
                entries.add(TensorEntry.copyOf(source, name, bytes -> copied[0] += bytes));
            }
            SafetensorsWriter.write(copy, Map.of(), entries);
        }
        assertThat(Files.readAllBytes(copy)).isEqualTo(Files.readAllBytes(file));
        assertThat(copied[0]).isEqualTo(8 * 120_000 + 16);
    }
}
