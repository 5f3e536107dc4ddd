package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Named tensors that are read when asked for: one file, the shards of a model, or anything else that can find a row. Opening
 * one checks it whole; reading loads nothing but what is asked for. Safe for use by several threads.
 *
 * <p>Rows are those of the tensor seen as a matrix: the last axis is the columns, all others together are the rows (a vector
 * and a scalar have one row). Reading a tensor that isn't there is a {@link WeightsFormatException}.
 */
public interface WeightSource extends Closeable {
    /** What people call it: a path. */
    String origin();

    /** The files that hold the tensors. */
    default List<Path> files() {
        return List.of(Path.of(origin()));
    }

    /** The file that holds a tensor. */
    default Path file(String name) throws WeightsFormatException {
        return Path.of(origin());
    }

    /** In the file's order. */
    List<String> names();

    boolean has(String name);

    Shape shape(String name) throws WeightsFormatException;

    StoredDType dtype(String name) throws WeightsFormatException;

    /** Free text that the file carries. */
    Map<String, String> metadata();

    /**
     * Reads rows from (inclusive) to to (exclusive) as float32 into {@code target} from {@code offset} on. Exact for F32, F16,
     * BF16 and small integers; F64 is rounded to nearest; an integer beyond ±2^24 is refused.
     */
    void readRows(String name, int from, int to, float[] target, int offset) throws IOException;

    /** All of a floating-point tensor, exactly. */
    double[] readDoubles(String name) throws IOException;

    /** All of an integer or BOOL tensor. */
    long[] readLongs(String name) throws IOException;

    /**
     * Puts the stored bytes (little-endian) of elements [from, from + count), row-major, at {@code target}'s position, and moves
     * it behind them.
     */
    void readStored(String name, int from, int count, ByteBuffer target) throws IOException;

    /** Rows from (inclusive) to to (exclusive), as {@link #readRows}. */
    default float[] rows(String name, int from, int to) throws IOException {
        float[] values =
                new float[Math.multiplyExact(Math.max(0, to - from), shape(name).columns())];
        readRows(name, from, to, values, 0);
        return values;
    }

    /** The whole tensor, row-major, as {@link #readRows}. */
    default float[] read(String name) throws IOException {
        return rows(name, 0, shape(name).rows());
    }
}
