package io.reprise.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Pickles put together by hand, instruction by instruction, and the containers they come in. */
final class Pickle {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Protocol 2, as torch.save's. */
    static Pickle start() {
        return new Pickle().op(0x80, 2);
    }

    static Pickle raw() {
        return new Pickle();
    }

    Pickle op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    Pickle ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    Pickle repeat(int times, int... bytes) {
        for (int i = 0; i < times; i++) {
            op(bytes);
        }
        return this;
    }

    Pickle little(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >> (8 * i)));
        }
        return this;
    }

    /** BINUNICODE. */
    Pickle text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X').little(bytes.length, 4);
        out.writeBytes(bytes);
        return this;
    }

    /** GLOBAL. */
    Pickle global(String module, String name) {
        return ascii("c" + module + "\n" + name + "\n");
    }

    /** LONG1. */
    Pickle number(long value) {
        return op(0x8a, 8).little(value, 8);
    }

    Pickle tuple(long... values) {
        op('(');
        for (long value : values) {
            number(value);
        }
        return op('t');
    }

    /** A storage by its persistent id. */
    Pickle storage(String type, String key, long count) {
        return op('(').text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .number(count)
                .op('t', 'Q');
    }

    /** A tensor of float32 in the storage "0". */
    Pickle tensor(long count, long offset, long[] sizes, long[] strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage("FloatStorage", "0", count)
                .number(offset)
                .tuple(sizes)
                .tuple(strides)
                .op(0x89, '}', 't', 'R');
    }

    /** A state dict with one tensor, finished. */
    static byte[] one(long count, long offset, long[] sizes, long[] strides) {
        return start().op('}')
                .text("w")
                .tensor(count, offset, sizes, strides)
                .op('s')
                .stop();
    }

    byte[] stop() {
        return op('.').bytes();
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** An archive as torch.save's, whose storage "0" has so many float32. */
    static Path archive(Path path, byte[] pickle, int floats) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("m/data.pkl", pickle);
        entries.put("m/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer data = ByteBuffer.allocate(4 * floats).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < floats; i++) {
            data.putFloat(i);
        }
        entries.put("m/data/0", data.array());
        return archive(path, entries);
    }

    static Path archive(Path path, Map<String, byte[]> entries) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry stored = new ZipEntry(entry.getKey());
                stored.setMethod(ZipEntry.STORED);
                stored.setSize(entry.getValue().length);
                CRC32 crc = new CRC32();
                crc.update(entry.getValue());
                stored.setCrc(crc.getValue());
                zip.putNextEntry(stored);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the old container has before its tensors. */
    static Pickle legacyStart() {
        return start().op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.')
                .op(0x80, 2, 'M', 0xe9, 0x03, '.')
                .op(0x80, 2, '}')
                .text("little_endian")
                .op(0x88, 's', '.');
    }
}
