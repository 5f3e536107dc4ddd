package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");

    @TempDir
    Path directory;

    @Test
    void readsTheDirectoriesThatTransformersWrote() throws IOException {
        try (SafetensorsFile model = SafetensorsFile.open(GOLDENS.resolve("gpt2/model.safetensors"));
                SafetensorsFile expected = SafetensorsFile.open(GOLDENS.resolve("gpt2/expected.safetensors"))) {
            assertThat(model.names()).hasSize(28).doesNotContain("lm_head.weight");
            assertThat(model.shape("transformer.h.0.attn.c_attn.weight")).isEqualTo(Shape.of(32, 96));
            assertThat(model.metadata()).containsEntry("format", "pt");
            assertThat(expected.metadata()).containsEntry("transformers", "5.18.0");
            assertThat(expected.dtype("input_ids")).isEqualTo(StoredDType.I64);
            assertThat(Arrays.stream(expected.readLongs("input_ids")))
                    .hasSize(28)
                    .allMatch(id -> id >= 0 && id < 61);
            assertThat(expected.read("loss")).hasSize(1);
        }
    }

    @Test
    void goldenLossIsTheCrossEntropyOfGoldenLogits() throws IOException {
        for (String name : List.of("gpt2", "gpt2-relu-untied")) {
            try (SafetensorsFile golden =
                    SafetensorsFile.open(GOLDENS.resolve(name).resolve("expected.safetensors"))) {
                double[] logits = golden.readDoubles("logits"); // [2, 14, 61]
                long[] ids = golden.readLongs("input_ids"); // [2, 14]
                double loss = 0;
                for (int sequence = 0; sequence < 2; sequence++) {
                    for (int pos = 0; pos < 13; pos++) {
                        int row = (sequence * 14 + pos) * 61;
                        double sum = IntStream.range(0, 61)
                                .mapToDouble(i -> Math.exp(logits[row + i]))
                                .sum();
                        loss += Math.log(sum) - logits[row + (int) ids[sequence * 14 + pos + 1]];
                    }
                }
                // The logits were rounded to float32: 6e-8 relative each.
                assertThat(loss / 26).as(name).isCloseTo(golden.readDoubles("loss")[0], within(1e-6));
            }
        }
    }

    @Test
    void rowsAreThoseOfTheWhole() throws IOException {
        try (SafetensorsFile model = SafetensorsFile.open(GOLDENS.resolve("gpt2/model.safetensors"))) {
            float[] whole = model.read("transformer.wte.weight"); // [61, 32]
            assertThat(model.rows("transformer.wte.weight", 7, 9))
                    .containsExactly(Arrays.copyOfRange(whole, 7 * 32, 9 * 32));
            assertThat(model.rows("transformer.wte.weight", 61, 61)).isEmpty();
            float[] target = new float[40];
            model.readRows("transformer.wte.weight", 60, 61, target, 5);
            assertThat(Arrays.copyOfRange(target, 5, 37)).containsExactly(Arrays.copyOfRange(whole, 60 * 32, 61 * 32));
            assertThat(target[4]).isZero();
            assertThat(target[37]).isZero();
            assertThat(model.read("transformer.ln_f.bias")).hasSize(32);
        }
    }

    @Test
    void readsOutsideTheTensorOrTheArrayAreRefused() throws IOException {
        try (SafetensorsFile model = SafetensorsFile.open(GOLDENS.resolve("gpt2/model.safetensors"))) {
            String wte = "transformer.wte.weight";
            assertThatThrownBy(() -> model.rows(wte, 60, 62))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("rows 60..62 of tensor \"transformer.wte.weight\" [61, 32], which has 61");
            assertThatThrownBy(() -> model.rows(wte, -1, 2)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.rows(wte, 2, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.readRows(wte, 0, 1, new float[32], 1))
                    .hasMessageContaining("don't fit an array of 32");
            assertThatThrownBy(() -> model.read("wte.weight"))
                    .isInstanceOf(WeightsFormatException.class)
                    .hasMessageContaining("tensor \"wte.weight\" is missing; the file holds 28 others");
        }
    }

    @Test
    void everyElementTypeIsDecoded() throws IOException {
        String header = "{\"f64\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
                + "\"i64\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[16,32]},"
                + "\"i32\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[32,40]},"
                + "\"f32\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[40,48]},"
                + "\"f16\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[48,52]},"
                + "\"bf16\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[52,56]},"
                + "\"i16\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[56,60]},"
                + "\"i8\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[60,62]},"
                + "\"u8\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[62,64]},"
                + "\"bool\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[64,66]}}";
        ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 66).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        file.putDouble(0.1)
                .putDouble(-2)
                .putLong(1L << 40)
                .putLong(-3)
                .putInt(16777216)
                .putInt(-4);
        file.putFloat(0.1f).putFloat(-5f).putShort((short) 0x3c00).putShort((short) 0xc000);
        file.putShort((short) 0x3f80)
                .putShort((short) 0xc000)
                .putShort((short) 300)
                .putShort((short) -6);
        file.put((byte) 7)
                .put((byte) -7)
                .put((byte) 200)
                .put((byte) 0)
                .put((byte) 1)
                .put((byte) 0);
        Path path = Files.write(directory.resolve("all.safetensors"), file.array());
        try (SafetensorsFile all = SafetensorsFile.open(path)) {
            assertThat(all.read("f64")).containsExactly(0.1f, -2f);
            assertThat(all.readDoubles("f64")).containsExactly(0.1, -2);
            assertThat(all.readDoubles("f32")).containsExactly(0.1f, -5);
            assertThat(all.read("f16")).containsExactly(1f, -2f);
            assertThat(all.readDoubles("bf16")).containsExactly(1, -2);
            assertThat(all.readLongs("i64")).containsExactly(1L << 40, -3);
            assertThat(all.read("i32")).containsExactly(16777216f, -4f);
            assertThat(all.readLongs("i16")).containsExactly(300, -6);
            assertThat(all.readLongs("i8")).containsExactly(7, -7);
            assertThat(all.read("u8")).containsExactly(200f, 0f);
            assertThat(all.readLongs("bool")).containsExactly(1, 0);
            assertThatThrownBy(() -> all.read("i64"))
                    .isInstanceOf(WeightsFormatException.class)
                    .hasMessageContaining("tensor \"i64\" holds 1099511627776, which float32 can't hold exactly");
            assertThatThrownBy(() -> all.readLongs("f32")).hasMessageContaining("is F32, expected an integer type");
            assertThatThrownBy(() -> all.readDoubles("i32")).hasMessageContaining("is I32, expected F64");
        }
    }

    @Test
    void readingARowOfAGigabyteAllocatesLittleMoreThanTheRow() throws IOException {
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[262144,1024],\"data_offsets\":[0,1073741824]}}";
        Path path = RawFile.write(directory, header, 0);
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            long start = sparse.length();
            sparse.setLength(start + (1L << 30));
            sparse.seek(start + (1L << 30) - 4);
            sparse.writeInt(Integer.reverseBytes(Float.floatToIntBits(42f)));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        float[] row = new float[1024];
        readLastRow(path, row); // loads the classes
        long before = threads.getThreadAllocatedBytes(self);
        readLastRow(path, row);
        assertThat(threads.getThreadAllocatedBytes(self) - before).isLessThan(200_000);
        assertThat(row[1023]).isEqualTo(42f);
        assertThat(row[1022]).isZero();
    }

    private static void readLastRow(Path path, float[] row) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.readRows("w", 262143, 262144, row, 0);
        }
    }

    @Test
    void threadsReadTheSameFileAtTheSameTime() throws IOException {
        Shape shape = Shape.of(1000, 700); // more than two buffers
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Path path = directory.resolve("shared.safetensors");
        SafetensorsWriter.writeAtomically(path, Map.of(), List.of(TensorEntry.of("w", shape, values)));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            IntStream.range(0, 40).parallel().forEach(i -> {
                try {
                    assertThat(Arrays.equals(file.read("w"), values)).isTrue();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
    }
}
