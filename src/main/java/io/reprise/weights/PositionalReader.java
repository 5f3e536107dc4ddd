package io.reprise.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads a file by position through small reused direct buffers. Not mapped: every touched page of a mapping counts as the
 * process's memory, a buffer that is read into again doesn't.
 */
final class PositionalReader {
    /** A multiple of every element size. */
    static final int BUFFER_BYTES = 1 << 20;

    /** Shared by all files: as many buffers as ever read at the same time. */
    private static final ConcurrentLinkedQueue<ByteBuffer> IDLE = new ConcurrentLinkedQueue<>();

    private final FileChannel channel;
    private final Object file;

    PositionalReader(FileChannel channel, Object file) {
        this.channel = channel;
        this.file = file;
    }

    /** Takes {@code count} elements, the first of which is the {@code index}-th of the read, from the buffer's position. */
    interface Chunk {
        void accept(ByteBuffer bytes, int index, int count);
    }

    void read(long position, int elements, int elementBytes, Chunk chunk) throws IOException {
        ByteBuffer buffer = IDLE.poll();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        }
        try {
            int most = BUFFER_BYTES / elementBytes;
            for (int done = 0; done < elements; ) {
                int count = Math.min(most, elements - done);
                buffer.clear().limit(count * elementBytes);
                readFully(channel, buffer, position + (long) done * elementBytes, file);
                chunk.accept(buffer.flip(), done, count);
                done += count;
            }
        } finally {
            IDLE.add(buffer);
        }
    }

    /** Fills {@code buffer} up to its limit from {@code position} of the channel on. */
    static void readFully(FileChannel channel, ByteBuffer buffer, long position, Object file) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new WeightsFormatException(file, "ends at byte " + at + ", it was longer when it was opened");
            }
            at += read;
        }
    }
}
