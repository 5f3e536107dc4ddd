package io.reprise.model;

import io.reprise.tensor.Shape;
import io.reprise.weights.StoredDType;
import io.reprise.weights.WeightSource;
import io.reprise.weights.WeightsFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The gradients of a golden, under the names that the files of weights have. */
record Renamed(WeightSource source) implements WeightSource {
    private static final String PREFIX = "grad/";

    @Override
    public String origin() {
        return source.origin();
    }

    @Override
    public List<String> names() {
        return source.names().stream()
                .filter(name -> name.startsWith(PREFIX))
                .map(name -> name.substring(PREFIX.length()))
                .toList();
    }

    @Override
    public boolean has(String name) {
        return source.has(PREFIX + name);
    }

    @Override
    public Shape shape(String name) throws WeightsFormatException {
        return source.shape(PREFIX + name);
    }

    @Override
    public StoredDType dtype(String name) throws WeightsFormatException {
        return source.dtype(PREFIX + name);
    }

    @Override
    public Map<String, String> metadata() {
        return source.metadata();
    }

    @Override
    public void readRows(String name, int from, int to, float[] target, int offset) throws IOException {
        source.readRows(PREFIX + name, from, to, target, offset);
    }

    @Override
    public double[] readDoubles(String name) throws IOException {
        return source.readDoubles(PREFIX + name);
    }

    @Override
    public long[] readLongs(String name) throws IOException {
        return source.readLongs(PREFIX + name);
    }

    @Override
    public void readStored(String name, int from, int count, ByteBuffer target) throws IOException {
        source.readStored(PREFIX + name, from, count, target);
    }

    @Override
    public void close() {}
}
