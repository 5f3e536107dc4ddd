package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch wrote, against the same tensors as safetensors. */
class TorchFileTest {
    private static final Path PICKLES = Path.of("src/test/resources/pickles");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zip-f32",
                "zip-f16",
                "zip-bf16",
                "zip-protocol4",
                "zip-parameters",
                "zip-views",
                "zip-types",
                "legacy-f32",
                "legacy-f16",
                "legacy-bf16",
                "legacy-parameters",
                "legacy-views",
                "legacy-types"
            })
    void everyTensorIsThatOfSafetensorsBitForBit(String name) throws IOException {
        try (TorchFile torch = TorchFile.open(PICKLES.resolve(name + ".bin"));
                SafetensorsFile expected = SafetensorsFile.open(PICKLES.resolve(name + ".safetensors"))) {
            assertThat(torch.names()).containsExactlyInAnyOrderElementsOf(expected.names());
            for (String tensor : expected.names()) {
                Shape shape = expected.shape(tensor);
                assertThat(torch.shape(tensor)).as(tensor).isEqualTo(shape);
                assertThat(torch.dtype(tensor)).as(tensor).isEqualTo(expected.dtype(tensor));
                assertThat(torch.read(tensor)).as(tensor).containsExactly(expected.read(tensor));
                if (expected.dtype(tensor).isFloatingPoint()) {
                    assertThat(torch.readDoubles(tensor)).as(tensor).containsExactly(expected.readDoubles(tensor));
                } else {
                    assertThat(torch.readLongs(tensor)).as(tensor).containsExactly(expected.readLongs(tensor));
                }
                for (int from = 0; from <= shape.rows(); from++) {
                    for (int to = from; to <= shape.rows(); to++) {
                        assertThat(torch.rows(tensor, from, to))
                                .as(tensor)
                                .containsExactly(expected.rows(tensor, from, to));
                    }
                }
            }
        }
    }

    @Test
    void namesAreInTheStateDictsOrderAndTiedTensorsShareTheirStorage() throws IOException {
        for (String name : new String[] {"zip-f32", "legacy-f32"}) {
            try (TorchFile file = TorchFile.open(PICKLES.resolve(name + ".bin"))) {
                assertThat(file.names())
                        .containsExactly(
                                "mask",
                                "wte.weight",
                                "block.0.weight",
                                "block.0.bias",
                                "block.1.weight",
                                "block.1.bias",
                                "block.2.weight",
                                "block.2.bias",
                                "lm_head.weight");
                assertThat(file.read("lm_head.weight")).containsExactly(file.read("wte.weight"));
                assertThat(file.metadata()).isEmpty();
                assertThat(file.origin()).endsWith(name + ".bin");
            }
        }
    }

    @Test
    void readsAStridedViewOfManyBuffers() throws IOException {
        int rows = 3000;
        int columns = 500; // 6 MB, against buffers of 1 MB
        byte[] pickle = Pickle.start()
                .op('}')
                .text("t")
                .tensor(rows * columns, 0, new long[] {columns, rows}, new long[] {1, columns})
                .op('s')
                .text("half")
                .tensor(rows * columns, 1, new long[] {rows, columns / 2}, new long[] {columns, 2})
                .op('s')
                .text("long")
                .tensor(rows * columns, 0, new long[] {rows * columns / 2}, new long[] {2})
                .op('s')
                .stop();
        try (TorchFile file = TorchFile.open(Pickle.archive(directory.resolve("m.bin"), pickle, rows * columns))) {
            float[] transposed = file.read("t");
            float[] half = file.read("half");
            float[] all = file.read("long");
            for (int i = 0; i < rows; i += 7) {
                for (int j = 0; j < columns; j++) {
                    assertThat(transposed[j * rows + i]).isEqualTo(i * columns + j);
                    if (j % 2 == 1) {
                        assertThat(half[i * (columns / 2) + j / 2]).isEqualTo(i * columns + j);
                    }
                }
            }
            for (int i = 0; i < all.length; i++) {
                assertThat(all[i]).isEqualTo(2f * i);
            }
            assertThat(file.rows("t", 17, 18)).containsExactly(Arrays.copyOfRange(transposed, 17 * rows, 18 * rows));
        }
    }

    @Test
    void readsOutsideTheTensorOrTheArrayAreRefused() throws IOException {
        try (TorchFile file = TorchFile.open(PICKLES.resolve("zip-views.bin"))) {
            assertThatThrownBy(() -> file.rows("transposed", 4, 6))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("rows 4..6 of tensor \"transposed\" [5, 6], which has 5");
            assertThatThrownBy(() -> file.readRows("whole", 0, 1, new float[5], 1))
                    .hasMessageContaining("don't fit an array of 5");
            assertThatThrownBy(() -> file.read("hole"))
                    .isInstanceOf(WeightsFormatException.class)
                    .hasMessageContaining("tensor \"hole\" is missing; the file holds 20 others");
            assertThatThrownBy(() -> file.readLongs("whole")).hasMessageContaining("is F32, expected an integer type");
        }
        try (TorchFile file = TorchFile.open(PICKLES.resolve("zip-types.bin"))) {
            assertThatThrownBy(() -> file.readDoubles("int64")).hasMessageContaining("is I64, expected F64");
        }
    }

    /** 5 GB of zeros that take no room on the disk, but for one number at the end. */
    @Test
    void readsARowBehindFourGigabytesWithoutReadingTheRest() throws IOException {
        int rows = 1_310_720;
        byte[] pickle = Pickle.one(rows * 1024L, 0, new long[] {rows, 1024}, new long[] {1024, 1});
        Path path = directory.resolve("large.bin");
        writeSparse(path, pickle, rows * 4096L);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        float[] row = new float[1024];
        readLastRow(path, rows, row); // loads the classes
        long before = threads.getThreadAllocatedBytes(self);
        readLastRow(path, rows, row);
        assertThat(threads.getThreadAllocatedBytes(self) - before).isLessThan(400_000);
        assertThat(row[1023]).isEqualTo(42f);
        assertThat(row[1022]).isZero();
    }

    private static void readLastRow(Path path, int rows, float[] row) throws IOException {
        try (TorchFile file = TorchFile.open(path)) {
            assertThat(file.shape("w").rows()).isEqualTo(rows);
            file.readRows("w", rows - 1, rows, row, 0);
        }
    }

    /** A zip64 archive whose storage is a hole. */
    private static void writeSparse(Path path, byte[] pickle, long dataBytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.write(local("m/data/0", -1, new byte[0]));
            long data = file.getFilePointer();
            file.seek(data + dataBytes - 4);
            file.writeInt(Integer.reverseBytes(Float.floatToIntBits(42f)));
            long second = file.getFilePointer();
            file.write(local("m/data.pkl", pickle.length, pickle));
            long start = file.getFilePointer();
            file.write(central("m/data/0", dataBytes, 0));
            file.write(central("m/data.pkl", pickle.length, second));
            long end = file.getFilePointer();
            ByteBuffer tail = ByteBuffer.allocate(56 + 20 + 22).order(ByteOrder.LITTLE_ENDIAN);
            tail.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
            tail.putInt(0).putInt(0).putLong(2).putLong(2).putLong(end - start).putLong(start);
            tail.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
            tail.putInt(0x06054b50).putInt(0).putShort((short) 2).putShort((short) 2);
            tail.putInt(-1).putInt(-1).putShort((short) 0);
            file.write(tail.array());
        }
    }

    private static byte[] local(String name, int bytes, byte[] content) {
        ByteBuffer header = ByteBuffer.allocate(30 + name.length() + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x04034b50)
                .position(18)
                .putInt(bytes)
                .putInt(bytes)
                .putShort((short) name.length())
                .putShort((short) 0);
        return header.put(name.getBytes(StandardCharsets.US_ASCII)).put(content).array();
    }

    private static byte[] central(String name, long bytes, long position) {
        ByteBuffer header = ByteBuffer.allocate(46 + name.length() + 28).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0x02014b50).position(20).putInt(-1).putInt(-1);
        header.putShort((short) name.length()).putShort((short) 28).position(42).putInt(-1);
        header.put(name.getBytes(StandardCharsets.US_ASCII)).putShort((short) 1).putShort((short) 24);
        return header.putLong(bytes).putLong(bytes).putLong(position).array();
    }

    @Test
    void shardsAreReadThroughTheirIndex() throws IOException {
        try (WeightSource sharded = WeightFiles.open(PICKLES.resolve("shards"));
                SafetensorsFile expected = SafetensorsFile.open(PICKLES.resolve("zip-f32.safetensors"))) {
            assertThat(sharded).isInstanceOf(ShardedTorchFiles.class);
            assertThat(sharded.names()).containsExactlyInAnyOrderElementsOf(expected.names());
            assertThat(sharded.dtype("mask")).isEqualTo(StoredDType.BOOL);
            // the same random model, rounded to bfloat16 and back when it came to the shards
            assertThat(sharded.shape("lm_head.weight")).isEqualTo(Shape.of(11, 4));
            assertThat(sharded.read("lm_head.weight")).containsExactly(sharded.read("wte.weight"));
        }
        for (String name : new String[] {"pytorch_model-00002-of-00002.bin", ShardedTorchFiles.INDEX}) {
            Files.copy(PICKLES.resolve("shards").resolve(name), directory.resolve(name));
        }
        assertThatThrownBy(() -> WeightFiles.open(directory))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageContaining(
                        "the shard pytorch_model-00001-of-00002.bin is missing; copy it beside the index");
    }

    @Test
    void safetensorsWinWhereADirectoryHasBoth() throws IOException {
        Path model = PICKLES.resolve("gpt2/pytorch_model.bin");
        Files.copy(model, directory.resolve("pytorch_model.bin"));
        try (WeightSource source = WeightFiles.open(directory)) {
            assertThat(source).isInstanceOf(TorchFile.class);
        }
        Files.copy(
                PICKLES.resolve("shards").resolve(ShardedTorchFiles.INDEX), directory.resolve(ShardedTorchFiles.INDEX));
        assertThatThrownBy(() -> WeightFiles.open(directory))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageContaining("has both pytorch_model.bin and pytorch_model.bin.index.json");
        Files.copy(
                Path.of("src/test/resources/goldens/gpt2/model.safetensors"),
                directory.resolve("model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        try (WeightSource source = WeightFiles.open(directory)) {
            assertThat(source).isInstanceOf(SafetensorsFile.class);
        }
    }

    @Test
    void filesAreOpenedAsTheKindThatTheirNameSays() throws IOException {
        Files.copy(PICKLES.resolve("zip-f32.bin"), directory.resolve("checkpoint.pt"));
        for (Path file : new Path[] {directory.resolve("checkpoint.pt"), PICKLES.resolve("legacy-f32.bin")}) {
            try (WeightSource source = WeightFiles.openFile(file)) {
                assertThat(source).isInstanceOf(TorchFile.class);
            }
        }
        try (WeightSource source =
                WeightFiles.openFile(PICKLES.resolve("shards").resolve(ShardedTorchFiles.INDEX))) {
            assertThat(source).isInstanceOf(ShardedTorchFiles.class);
        }
        try (WeightSource source = WeightFiles.openFile(PICKLES.resolve("zip-f32.safetensors"))) {
            assertThat(source).isInstanceOf(SafetensorsFile.class);
        }
    }
}
