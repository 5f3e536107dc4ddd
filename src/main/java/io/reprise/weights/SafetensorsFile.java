package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One safetensors file, opened for reading. The header is checked whole by {@link #open}; data is read when asked for. */
public final class SafetensorsFile implements WeightSource {
    private final Path path;
    private final FileChannel channel;
    private final PositionalReader reader;
    private final SafetensorsHeader header;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
        this.path = path;
        this.channel = channel;
        this.header = header;
        this.reader = new PositionalReader(channel, path);
        header.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    /**
     * @throws WeightsFormatException if there is no such file, or it breaks a rule of the format
     */
    public static SafetensorsFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new WeightsFormatException(path, Files.exists(path) ? "is not a file" : "no such file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new SafetensorsFile(path, channel, SafetensorsHeader.read(channel, path));
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
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public void readRows(String name, int from, int to, float[] target, int offset) throws IOException {
        TensorInfo tensor = find(name);
        int count = RowRange.check(name, tensor.shape(), from, to, target.length, offset);
        StoredDType type = tensor.dtype();
        long start = header.dataStart()
                + tensor.begin()
                + (long) from * tensor.shape().columns() * type.bytes();
        try {
            reader.read(
                    start,
                    count,
                    type.bytes(),
                    (bytes, index, n) -> Codec.decode(type, bytes, target, offset + index, n));
        } catch (ArithmeticException e) {
            throw WeightsFormatException.ofTensor(path, name, e.getMessage());
        }
    }

    @Override
    public double[] readDoubles(String name) throws IOException {
        TensorInfo tensor = find(name);
        StoredDType type = tensor.dtype();
        if (!type.isFloatingPoint()) {
            throw WeightsFormatException.ofTensor(path, name, "is " + type + ", expected F64, F32, F16 or BF16");
        }
        double[] values = new double[tensor.shape().size()];
        long start = header.dataStart() + tensor.begin();
        reader.read(
                start, values.length, type.bytes(), (bytes, index, n) -> Codec.decode(type, bytes, values, index, n));
        return values;
    }

    @Override
    public long[] readLongs(String name) throws IOException {
        TensorInfo tensor = find(name);
        StoredDType type = tensor.dtype();
        if (type.isFloatingPoint()) {
            throw WeightsFormatException.ofTensor(path, name, "is " + type + ", expected an integer type or BOOL");
        }
        long[] values = new long[tensor.shape().size()];
        long start = header.dataStart() + tensor.begin();
        reader.read(
                start, values.length, type.bytes(), (bytes, index, n) -> Codec.decode(type, bytes, values, index, n));
        return values;
    }

    private TensorInfo find(String name) throws WeightsFormatException {
        TensorInfo tensor = tensors.get(name);
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
