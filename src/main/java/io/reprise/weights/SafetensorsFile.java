package io.reprise.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** One safetensors file, opened for reading. The header is checked whole by {@link #open}; data is read when asked for. */
public final class SafetensorsFile extends TensorFile {
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, FileChannel channel, SafetensorsHeader header) {
        super(path, channel, tensors(header));
        this.header = header;
    }

    /**
     * @throws WeightsFormatException if there is no such file, or it breaks a rule of the format
     */
    public static SafetensorsFile open(Path path) throws IOException {
        return open(path, channel -> new SafetensorsFile(path, channel, SafetensorsHeader.read(channel, path)));
    }

    private static Map<String, StoredTensor> tensors(SafetensorsHeader header) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (TensorInfo tensor : header.tensors()) {
            tensors.put(
                    tensor.name(),
                    new ContiguousTensor(tensor.dtype(), tensor.shape(), header.dataStart() + tensor.begin()));
        }
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }
}
