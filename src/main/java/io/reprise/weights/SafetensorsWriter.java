package io.reprise.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes safetensors: the same entries give the same bytes. The header is padded with spaces to a multiple of 8, and tensors
 * lie in the order given, except that wider element types come first, as the reference writer does: PyTorch refuses a tensor
 * that doesn't start at a multiple of its element size.
 */
public final class SafetensorsWriter {
    private static final int PIECE_BYTES = 1 << 16;

    private SafetensorsWriter() {}

    /** {@link #write(WritableByteChannel, Map, List)} through {@link AtomicFile}. */
    public static void writeAtomically(Path path, Map<String, String> metadata, List<TensorEntry> tensors)
            throws IOException {
        writeAtomically(new AtomicFile(), path, metadata, tensors);
    }

    /** {@link #write(WritableByteChannel, Map, List)} through {@code files}, whose observer is told of every step. */
    public static void writeAtomically(
            AtomicFile files, Path path, Map<String, String> metadata, List<TensorEntry> tensors) throws IOException {
        files.replace(path, temporary -> write(temporary, metadata, tensors));
    }

    /** {@link #write(WritableByteChannel, Map, List)} to a new file, which a crash leaves unfinished. */
    public static void write(Path path, Map<String, String> metadata, List<TensorEntry> tensors) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(channel, metadata, tensors);
        }
    }

    /**
     * @param metadata free text to carry along; {@code format} is {@code pt}, as readers in Python ask for, and comes first
     * @throws IllegalArgumentException if two tensors have one name, a name can't be written, or a producer gives the wrong count
     */
    public static void write(WritableByteChannel out, Map<String, String> metadata, List<TensorEntry> tensors)
            throws IOException {
        List<TensorEntry> ordered = tensors.stream()
                .sorted(Comparator.comparingInt(
                        (TensorEntry entry) -> -entry.dtype().bytes()))
                .toList(); // a stable sort
        byte[] header = header(metadata, ordered);
        ByteBuffer buffer = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        drain(buffer.putLong(header.length), out);
        drain(ByteBuffer.wrap(header).position(header.length), out);
        for (TensorEntry tensor : ordered) {
            int size = tensor.shape().size();
            int most = PIECE_BYTES / tensor.dtype().bytes();
            for (int from = 0; from < size; from += most) {
                buffer.clear();
                tensor.fill(from, Math.min(most, size - from), buffer);
                drain(buffer, out);
            }
        }
    }

    private static void drain(ByteBuffer buffer, WritableByteChannel out) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private static byte[] header(Map<String, String> metadata, List<TensorEntry> tensors) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart(SafetensorsHeader.METADATA);
            json.writeStringField("format", "pt");
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                if (!entry.getKey().equals("format")) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
            }
            json.writeEndObject();
            long begin = 0;
            Set<String> names = new HashSet<>();
            for (TensorEntry tensor : tensors) {
                checkName(tensor.name(), names);
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().name());
                int[] dims = tensor.shape().toArray();
                json.writeFieldName("shape");
                json.writeArray(dims, 0, dims.length);
                long end = Math.addExact(begin, tensor.bytes());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, end}, 0, 2);
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        while (bytes.size() % 8 != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > SafetensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException("the header of " + tensors.size() + " tensors has " + bytes.size()
                    + " bytes; the format allows " + SafetensorsHeader.MAX_BYTES);
        }
        return bytes.toByteArray();
    }

    private static void checkName(String name, Set<String> seen) {
        if (name.equals(SafetensorsHeader.METADATA)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException("a tensor can't be named \"" + name + "\"");
        }
        if (!seen.add(name)) {
            throw new IllegalArgumentException("two tensors are named \"" + name + "\"");
        }
    }
}
