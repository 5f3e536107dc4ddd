package io.reprise.weights;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The container of torch.save before 1.6: pickles of a magic number, a protocol number, facts of the machine, the tensors and
 * the storages' keys; then for every key eight bytes of its number of elements, and the elements.
 */
final class TorchLegacy {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final int PROTOCOL = 1001;

    private TorchLegacy() {}

    static TorchContents read(FileChannel channel, Object file) throws IOException {
        long fileBytes = channel.size();
        PickleStream bytes = new PickleStream(channel, 0, fileBytes, file);
        if (!MAGIC.equals(new TensorUnpickler(bytes, file).read())) {
            throw new WeightsFormatException(file, "is a pickle, but not one of torch.save");
        }
        Object protocol = new TensorUnpickler(bytes, file).read();
        if (!(protocol instanceof Integer number) || number != PROTOCOL) {
            throw new WeightsFormatException(
                    file, "is of another version of torch.save, expected protocol " + PROTOCOL);
        }
        Object machine = new TensorUnpickler(bytes, file).read();
        if (!(machine instanceof Map<?, ?> facts) || !Boolean.TRUE.equals(facts.get("little_endian"))) {
            throw new WeightsFormatException(file, "is of a big-endian machine, expected little-endian");
        }
        TensorUnpickler state = new TensorUnpickler(bytes, file);
        Map<String, PickledTensor> tensors = TorchContents.stateDict(state.read(), file);
        Object keys = new TensorUnpickler(bytes, file).read();
        if (!(keys instanceof List<?> list)) {
            throw new WeightsFormatException(file, "has no list of storages after its tensors");
        }
        return new TorchContents(tensors, positions(list, state.storages(), bytes.position(), channel, file));
    }

    private static Map<String, Long> positions(
            List<?> keys, Map<String, PickledStorage> storages, long start, FileChannel channel, Object file)
            throws IOException {
        long fileBytes = channel.size();
        long at = start;
        Map<String, Long> positions = new HashMap<>();
        for (Object key : keys) {
            PickledStorage storage = key instanceof String name ? storages.get(name) : null;
            if (storage == null || positions.containsKey(storage.key())) {
                throw new WeightsFormatException(
                        file, "lists a storage " + (storage == null ? "that no tensor has" : "twice"));
            }
            if (fileBytes - at < 8 || storage.bytes() > fileBytes - at - 8) {
                throw new WeightsFormatException(file, "ends within its storages; the file is truncated");
            }
            long count = new PickleStream(channel, at, at + 8, file).number(8);
            if (count != storage.count()) {
                throw new WeightsFormatException(
                        file,
                        "has a storage of " + count + " elements at byte " + at + ", expected " + storage.count()
                                + " from its pickle");
            }
            positions.put(storage.key(), at + 8);
            at += 8 + storage.bytes();
        }
        Set<String> missing = new HashSet<>(storages.keySet());
        missing.removeAll(positions.keySet());
        if (!missing.isEmpty()) {
            throw new WeightsFormatException(file, "lacks " + missing.size() + " of its tensors' storages");
        }
        if (at != fileBytes) {
            throw new WeightsFormatException(
                    file, "goes on for " + (fileBytes - at) + " bytes after its storages; something was appended");
        }
        return positions;
    }
}
