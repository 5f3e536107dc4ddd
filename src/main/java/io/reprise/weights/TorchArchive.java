package io.reprise.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The container of torch.save since 1.6: a zip archive, its entries stored uncompressed, {@code <any>/data.pkl} and {@code
 * <any>/data/<key>} per storage. Only the zip's directory is read, and of each entry where it lies (PKWARE, APPNOTE.TXT 6.3.9,
 * sections 4.3 and 4.5.3).
 */
final class TorchArchive {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int END64 = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_BYTES = 20;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;

    /** An entry takes about 100 bytes. */
    private static final int MOST_DIRECTORY_BYTES = 16 << 20;

    private static final String PICKLE = "/data.pkl";

    private final FileChannel channel;
    private final Object file;
    private final Map<String, Entry> entries = new HashMap<>();
    private long directoryStart;

    /**
     * @param header where its local header is
     */
    private record Entry(int flags, int method, long packed, long bytes, long header) {}

    /** Bytes [begin, end) of the file. */
    private record Range(long begin, long end) {
        long bytes() {
            return end - begin;
        }
    }

    private TorchArchive(FileChannel channel, Object file) {
        this.channel = channel;
        this.file = file;
    }

    static boolean starts(ByteBuffer firstBytes) {
        return firstBytes.remaining() >= 4 && firstBytes.getInt(firstBytes.position()) == LOCAL;
    }

    static TorchContents read(FileChannel channel, Object file) throws IOException {
        TorchArchive archive = new TorchArchive(channel, file);
        archive.readDirectory();
        return archive.contents();
    }

    private TorchContents contents() throws IOException {
        String prefix = prefix();
        if (entries.containsKey(prefix + "/byteorder")) {
            String order = text(prefix + "/byteorder");
            if (!order.equals("little")) {
                throw problem("is of a machine with byte order \"" + order + "\", expected \"little\"");
            }
        }
        if (entries.containsKey(prefix + "/constants.pkl")) {
            throw problem("is a TorchScript program, expected the tensors of model.state_dict()");
        }
        Range pickle = range(prefix + PICKLE);
        if (pickle.bytes() > PickleStream.MOST_BYTES) {
            throw problem(
                    "has a pickle of " + pickle.bytes() + " bytes, at most " + PickleStream.MOST_BYTES + " are read");
        }
        TensorUnpickler unpickler =
                new TensorUnpickler(new PickleStream(channel, pickle.begin(), pickle.end(), file), file);
        Map<String, PickledTensor> tensors = TorchContents.stateDict(unpickler.read(), file);
        Map<String, Long> positions = new HashMap<>();
        for (PickledStorage storage : unpickler.storages().values()) {
            Range range = range(prefix + "/data/" + storage.key());
            if (range.bytes() != storage.bytes()) {
                throw problem("has " + range.bytes() + " bytes in data/" + storage.key() + ", expected "
                        + storage.bytes() + " from its pickle");
            }
            positions.put(storage.key(), range.begin());
        }
        return new TorchContents(tensors, positions);
    }

    private String prefix() throws WeightsFormatException {
        String found = "";
        for (String name : entries.keySet()) {
            int slash = name.indexOf('/');
            if (slash > 0 && name.substring(slash).equals(PICKLE)) {
                if (!found.isEmpty()) {
                    throw problem("holds both " + found + PICKLE + " and " + name);
                }
                found = name.substring(0, slash);
            }
        }
        if (found.isEmpty()) {
            throw problem("is a zip archive without a data.pkl, expected one of torch.save");
        }
        return found;
    }

    private String text(String name) throws IOException {
        Range range = range(name);
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(16, range.bytes()));
        PositionalReader.readFully(channel, bytes, range.begin(), file);
        return new String(bytes.array(), StandardCharsets.US_ASCII).replaceAll("[^a-z]", "?");
    }

    /** Where an entry's bytes are. */
    private Range range(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw problem("has no entry " + name + ", which its pickle needs");
        }
        if (entry.method() != 0 || entry.packed() != entry.bytes()) {
            throw problem("has " + name + " compressed, expected stored as torch.save does; load and save it again");
        }
        if ((entry.flags() & 1) != 0) {
            throw problem("has " + name + " encrypted");
        }
        ByteBuffer local = at(entry.header(), LOCAL_BYTES, directoryStart, "the header of " + name);
        if (local.getInt(0) != LOCAL) {
            throw problem("has no header of " + name + " where its directory says");
        }
        long begin = entry.header() + LOCAL_BYTES + unsigned(local, 26) + unsigned(local, 28);
        if (begin > directoryStart || entry.bytes() > directoryStart - begin) {
            throw problem("ends within " + name + "; it is truncated or broken");
        }
        return new Range(begin, begin + entry.bytes());
    }

    private void readDirectory() throws IOException {
        long size = channel.size();
        long end = findEnd(size);
        ByteBuffer record = at(end, END_BYTES, size, "the end of its directory");
        long count = unsigned(record, 10);
        long bytes = record.getInt(12) & 0xffffffffL;
        long start = record.getInt(16) & 0xffffffffL;
        long most = end;
        if (end >= LOCATOR64_BYTES) {
            ByteBuffer locator = at(end - LOCATOR64_BYTES, LOCATOR64_BYTES, size, "its zip64 locator");
            if (locator.getInt(0) == LOCATOR64) {
                most = locator.getLong(8);
                ByteBuffer record64 = at(most, END64_BYTES, end, "the zip64 end of its directory");
                if (record64.getInt(0) != END64) {
                    throw problem("has no zip64 end of its directory where the locator says");
                }
                count = record64.getLong(32);
                bytes = record64.getLong(40);
                start = record64.getLong(48);
            }
        }
        if (start < 0 || bytes < 0 || start > most || bytes > most - start || bytes > MOST_DIRECTORY_BYTES) {
            throw problem("claims a directory of " + bytes + " bytes at " + start + ", which can't be there");
        }
        directoryStart = start;
        readEntries(at(start, (int) bytes, most, "its directory"), count);
    }

    /** The end record is at the very end, but for a comment of at most 65,535 bytes. */
    private long findEnd(long size) throws IOException {
        int tail = (int) Math.min(size, END_BYTES + 0xffff);
        ByteBuffer last = at(size - tail, tail, size, "its end");
        for (int at = tail - END_BYTES; at >= 0; at--) {
            if (last.getInt(at) == END && unsigned(last, at + 20) == tail - END_BYTES - at) {
                return size - tail + at;
            }
        }
        throw problem("is a zip archive without its directory at the end; it is truncated or broken");
    }

    private void readEntries(ByteBuffer directory, long count) throws WeightsFormatException {
        long seen = 0;
        while (directory.hasRemaining()) {
            int at = directory.position();
            if (directory.remaining() < ENTRY_BYTES || directory.getInt(at) != ENTRY) {
                throw problem("has a broken directory, at entry " + seen);
            }
            int nameBytes = unsigned(directory, at + 28);
            int extraBytes = unsigned(directory, at + 30);
            int bytes = ENTRY_BYTES + nameBytes + extraBytes + unsigned(directory, at + 32);
            if (bytes > directory.remaining()) {
                throw problem("has a broken directory, at entry " + seen);
            }
            String name = StandardCharsets.UTF_8
                    .decode(directory.slice(at + ENTRY_BYTES, nameBytes))
                    .toString();
            ByteBuffer extra =
                    directory.slice(at + ENTRY_BYTES + nameBytes, extraBytes).order(directory.order());
            if (entries.put(name, entry(directory, at, extra, name)) != null) {
                throw problem("holds " + name + " twice");
            }
            directory.position(at + bytes);
            seen++;
        }
        if (seen != count) {
            throw problem("has " + seen + " entries in its directory, expected " + count);
        }
    }

    /** Sizes and position of 32 bits are all ones where the 64-bit ones are in the extra field, in this order. */
    private Entry entry(ByteBuffer directory, int at, ByteBuffer extra, String name) throws WeightsFormatException {
        long[] values = {directory.getInt(at + 24), directory.getInt(at + 20), directory.getInt(at + 42)};
        ByteBuffer wide = zip64(extra);
        for (int i = 0; i < values.length; i++) {
            values[i] &= 0xffffffffL;
            if (values[i] == 0xffffffffL && wide.remaining() >= 8) {
                values[i] = wide.getLong();
            }
            if (values[i] < 0) {
                throw problem("has " + name + " at an impossible place");
            }
        }
        return new Entry(unsigned(directory, at + 8), unsigned(directory, at + 10), values[1], values[0], values[2]);
    }

    /** The part of an extra field that holds 64-bit numbers; empty if there is none. */
    private static ByteBuffer zip64(ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int id = extra.getShort();
            int bytes = Math.min(extra.getShort() & 0xffff, extra.remaining());
            ByteBuffer part = extra.slice(extra.position(), bytes).order(extra.order());
            if (id == 1) {
                return part;
            }
            extra.position(extra.position() + bytes);
        }
        return ByteBuffer.allocate(0);
    }

    private ByteBuffer at(long position, int bytes, long end, String what) throws IOException {
        if (position < 0 || position > end || bytes > end - position) {
            throw problem("is too short for " + what + "; it is truncated or broken");
        }
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        PositionalReader.readFully(channel, buffer, position, file);
        return buffer.flip();
    }

    private static int unsigned(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private WeightsFormatException problem(String problem) {
        return new WeightsFormatException(file, problem);
    }
}
