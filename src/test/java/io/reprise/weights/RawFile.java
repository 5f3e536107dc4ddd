package io.reprise.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files put together by hand, right or wrong. */
final class RawFile {
    private RawFile() {}

    static Path write(Path directory, String header, int dataBytes) {
        return write(directory, header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    static Path write(Path directory, byte[] header, int dataBytes) {
        return write(directory, header.length, header, dataBytes);
    }

    static Path write(Path directory, long claimedLength, byte[] header, int dataBytes) {
        try {
            ByteBuffer file = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(claimedLength).put(header);
            return Files.write(Files.createTempFile(directory, "model", ".safetensors"), file.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
