package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;

/**
 * A tensor whose elements follow each other, row-major.
 *
 * @param position of its first byte in the file
 */
record ContiguousTensor(StoredDType dtype, Shape shape, long position) implements StoredTensor {
    @Override
    public void read(PositionalReader reader, int from, int to, PositionalReader.Chunk sink) throws IOException {
        long first = (long) from * shape.columns();
        reader.read(position + first * dtype.bytes(), (to - from) * shape.columns(), dtype.bytes(), sink);
    }

    @Override
    public void readElements(PositionalReader reader, int from, int count, PositionalReader.Chunk sink)
            throws IOException {
        reader.read(position + (long) from * dtype.bytes(), count, dtype.bytes(), sink);
    }
}
