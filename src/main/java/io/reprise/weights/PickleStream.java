package io.reprise.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Bytes [position, end) of a file, read in small pieces and one after another. Asking for more than there is, is a {@link
 * WeightsFormatException}, never a short answer; nothing is allocated for bytes that the file doesn't have.
 */
final class PickleStream extends InputStream {
    /** A tensor takes about 150 bytes of pickle: enough for a hundred thousand of them. */
    static final int MOST_BYTES = 16 << 20;

    private final FileChannel channel;
    private final Object file;
    private final long end;
    private final boolean cut;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 13).limit(0);
    private long next;

    /** Of at most {@link #MOST_BYTES}. */
    PickleStream(FileChannel channel, long position, long end, Object file) {
        this.channel = channel;
        this.file = file;
        this.next = position;
        this.end = Math.min(end, position + MOST_BYTES);
        this.cut = end > this.end;
    }

    /** Of the byte that comes next, in the file. */
    long position() {
        return next - buffer.remaining();
    }

    private long remaining() {
        return end - position();
    }

    @Override
    public int read() throws IOException {
        require(1);
        if (!buffer.hasRemaining()) {
            fill();
        }
        return buffer.get() & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        require(length);
        for (int done = 0; done < length; ) {
            if (!buffer.hasRemaining()) {
                fill();
            }
            int count = Math.min(buffer.remaining(), length - done);
            buffer.get(target, offset + done, count);
            done += count;
        }
        return length;
    }

    /** @param count as the file claims it, unsigned */
    byte[] take(long count) throws IOException {
        require(count);
        byte[] bytes = new byte[(int) count];
        read(bytes, 0, bytes.length);
        return bytes;
    }

    /** Little-endian. */
    long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) read() << (8 * i);
        }
        return value;
    }

    /** Up to the end of the line, of at most {@code most} bytes. */
    String line(int most) throws IOException {
        byte[] bytes = new byte[most];
        for (int length = 0; length < most; length++) {
            int next = read();
            if (next == '\n') {
                return new String(bytes, 0, length, StandardCharsets.UTF_8);
            }
            bytes[length] = (byte) next;
        }
        throw new WeightsFormatException(
                file, "has a name of more than " + most + " bytes in its pickle, before byte " + position());
    }

    private void require(long count) throws WeightsFormatException {
        if (count < 0 || count > remaining()) {
            throw new WeightsFormatException(
                    file,
                    cut
                            ? "has a pickle of more than " + MOST_BYTES + " bytes, which is no list of tensors"
                            : "ends within its pickle: " + Long.toUnsignedString(count) + " bytes are claimed at byte "
                                    + position() + ", " + remaining() + " are left; the file is truncated or broken");
        }
    }

    private void fill() throws IOException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - next));
        int count = buffer.limit();
        PositionalReader.readFully(channel, buffer, next, file);
        buffer.flip();
        next += count;
    }
}
