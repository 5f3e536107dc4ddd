package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;

/** Where a tensor's elements stand in a file. */
interface StoredTensor {
    Shape shape();

    StoredDType dtype();

    /** Rows [from, to); indices count from the first of them, row-major. A sink may get the elements in any order. */
    void read(PositionalReader reader, int from, int to, PositionalReader.Chunk sink) throws IOException;
}
