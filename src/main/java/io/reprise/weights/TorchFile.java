package io.reprise.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of PyTorch's torch.save that holds a state dict, {@code pytorch_model.bin}: the zip archive of torch 1.6 and later, or
 * the container of older ones. Such a file is a Python program that builds tensors; one that would do anything else is refused.
 * {@link #open} reads that program, data is read when asked for. Views and shared storages are read as what they show.
 */
public final class TorchFile extends TensorFile {
    private static final String POINTER = "version https://git-lfs";

    private TorchFile(Path path, FileChannel channel, TorchContents contents) throws WeightsFormatException {
        super(path, channel, tensors(path, contents));
    }

    /**
     * @throws WeightsFormatException if there is no such file, it is broken, or it does something else than building tensors
     */
    public static TorchFile open(Path path) throws IOException {
        return open(path, channel -> {
            ByteBuffer first = ByteBuffer.allocate(POINTER.length()).order(ByteOrder.LITTLE_ENDIAN);
            first.limit((int) Math.min(first.capacity(), channel.size()));
            PositionalReader.readFully(channel, first, 0, path);
            if (StandardCharsets.US_ASCII.decode(first.flip()).toString().equals(POINTER)) {
                throw new WeightsFormatException(
                        path, "is a pointer of git-lfs, not the weights; fetch them with git lfs pull");
            }
            boolean archive = TorchArchive.starts(first.rewind());
            return new TorchFile(
                    path, channel, archive ? TorchArchive.read(channel, path) : TorchLegacy.read(channel, path));
        });
    }

    private static Map<String, StoredTensor> tensors(Path path, TorchContents contents) throws WeightsFormatException {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, PickledTensor> entry : contents.tensors().entrySet()) {
            PickledTensor tensor = entry.getValue();
            long storage = contents.positions().get(tensor.storage().key());
            tensors.put(entry.getKey(), StridedTensor.of(entry.getKey(), tensor, storage, path));
        }
        return tensors;
    }

    /** None: a state dict carries no text. */
    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }
}
