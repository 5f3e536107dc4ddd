package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;

/** Where a tensor's elements stand in a file. */
interface StoredTensor {
    Shape shape();

    StoredDType dtype();

    /** Rows [from, to); indices count from the first of them, row-major. A sink may get the elements in any order. */
    void read(PositionalReader reader, int from, int to, PositionalReader.Chunk sink) throws IOException;

    /** Elements [from, from + count), row-major; indices count from the first of them. */
    default void readElements(PositionalReader reader, int from, int count, PositionalReader.Chunk sink)
            throws IOException {
        if (count == 0) {
            return;
        }
        int columns = shape().columns();
        int firstRow = from / columns;
        int before = from - firstRow * columns;
        int width = dtype().bytes();
        read(reader, firstRow, (from + count - 1) / columns + 1, (bytes, index, n) -> {
            int start = Math.max(index, before);
            int end = Math.min(index + n, before + count);
            if (start < end) {
                sink.accept(bytes.position(bytes.position() + (start - index) * width), start - before, end - start);
            }
        });
    }
}
