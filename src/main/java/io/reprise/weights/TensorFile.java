package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file of named tensors that was checked whole; data is read when asked for. */
abstract class TensorFile implements WeightSource {
    private final Path path;
    private final FileChannel channel;
    private final PositionalReader reader;
    private final Map<String, ? extends StoredTensor> tensors;

    /** @param channel is closed with this */
    TensorFile(Path path, FileChannel channel, Map<String, ? extends StoredTensor> tensors) {
        this.path = path;
        this.channel = channel;
        this.reader = new PositionalReader(channel, path);
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** Makes a source of an open file. */
    @FunctionalInterface
    interface Opener<T> {
        T open(FileChannel channel) throws IOException;
    }

    /** Opens {@code path}, and closes it again if it is refused. */
    static <T> T open(Path path, Opener<T> opener) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new WeightsFormatException(path, Files.exists(path) ? "is not a file" : "no such file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return opener.open(channel);
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

    @Override
    public void readRows(String name, int from, int to, float[] target, int offset) throws IOException {
        StoredTensor tensor = find(name);
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
        StoredTensor tensor = find(name);
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
        StoredTensor tensor = find(name);
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

    @Override
    public void readStored(String name, int from, int count, ByteBuffer target) throws IOException {
        StoredTensor tensor = find(name);
        if (from < 0 || count < 0 || from > tensor.shape().size() - count) {
            throw new IndexOutOfBoundsException("elements " + from + " to " + (from + (long) count) + " of \"" + name
                    + "\", which has " + tensor.shape().size());
        }
        int width = tensor.dtype().bytes();
        int start = target.position();
        tensor.readElements(
                reader,
                from,
                count,
                (bytes, index, n) -> target.put(start + index * width, bytes, bytes.position(), n * width));
        target.position(start + count * width);
    }

    private StoredTensor find(String name) throws WeightsFormatException {
        StoredTensor tensor = tensors.get(name);
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
