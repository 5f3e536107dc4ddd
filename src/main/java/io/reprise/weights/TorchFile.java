package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of PyTorch's torch.save that holds a state dict, {@code pytorch_model.bin}: the zip archive of torch 1.6 and later, or
 * the container of older ones. Such a file is a Python program that builds tensors; one that would do anything else is refused.
 * {@link #open} reads that program, data is read when asked for. Views and shared storages are read as what they show.
 */
public final class TorchFile implements WeightSource {
    private static final String POINTER = "version https://git-lfs";

    private final Path path;
    private final FileChannel channel;
    private final PositionalReader reader;
    private final Map<String, StridedTensor> tensors = new LinkedHashMap<>();

    private TorchFile(Path path, FileChannel channel, TorchContents contents) throws WeightsFormatException {
        this.path = path;
        this.channel = channel;
        this.reader = new PositionalReader(channel, path);
        for (Map.Entry<String, PickledTensor> entry : contents.tensors().entrySet()) {
            PickledTensor tensor = entry.getValue();
            long storage = contents.positions().get(tensor.storage().key());
            tensors.put(entry.getKey(), StridedTensor.of(entry.getKey(), tensor, storage, path));
        }
    }

    /**
     * @throws WeightsFormatException if there is no such file, it is broken, or it does something else than building tensors
     */
    public static TorchFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new WeightsFormatException(path, Files.exists(path) ? "is not a file" : "no such file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
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
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public String origin() {
        return path.toString();
    }

    @Override
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    @Override
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    @Override
    public Shape shape(String name) throws WeightsFormatException {
        return find(name).shape();
    }

    @Override
    public StoredDType dtype(String name) throws WeightsFormatException {
        return find(name).dtype();
    }

    /** None: a state dict carries no text. */
    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public void readRows(String name, int from, int to, float[] target, int offset) throws IOException {
        StridedTensor tensor = find(name);
        RowRange.check(name, tensor.shape(), from, to, target.length, offset);
        try {
            tensor.read(
                    reader,
                    from,
                    to,
                    (bytes, index, n) -> Codec.decode(tensor.dtype(), bytes, target, offset + index, n));
        } catch (ArithmeticException e) {
            throw WeightsFormatException.ofTensor(path, name, e.getMessage());
        }
    }

    @Override
    public double[] readDoubles(String name) throws IOException {
        StridedTensor tensor = find(name);
        if (!tensor.dtype().isFloatingPoint()) {
            throw WeightsFormatException.ofTensor(
                    path, name, "is " + tensor.dtype() + ", expected F64, F32, F16 or BF16");
        }
        double[] values = new double[tensor.shape().size()];
        tensor.read(
                reader,
                0,
                tensor.shape().rows(),
                (bytes, index, n) -> Codec.decode(tensor.dtype(), bytes, values, index, n));
        return values;
    }

    @Override
    public long[] readLongs(String name) throws IOException {
        StridedTensor tensor = find(name);
        if (tensor.dtype().isFloatingPoint()) {
            throw WeightsFormatException.ofTensor(
                    path, name, "is " + tensor.dtype() + ", expected an integer type or BOOL");
        }
        long[] values = new long[tensor.shape().size()];
        tensor.read(
                reader,
                0,
                tensor.shape().rows(),
                (bytes, index, n) -> Codec.decode(tensor.dtype(), bytes, values, index, n));
        return values;
    }

    private StridedTensor find(String name) throws WeightsFormatException {
        StridedTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw WeightsFormatException.ofTensor(
                    path, name, "is missing; the file holds " + tensors.size() + " others");
        }
        return tensor;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
