package io.reprise.analysis.relation.jacobian;

import io.reprise.backend.Backend;
import io.reprise.backend.Span;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Vectors in tensors of as many as go through a block together. */
final class Chunks {
    private Chunks() {}

    /** Unit vectors from (inclusive) to to (exclusive) of d_model, in the caller's scope: [vectors, d_model] each. */
    static List<Tensor> units(Backend backend, BlocksBetween blocks, int from, int to) {
        int d = blocks.width();
        List<Tensor> chunks = new ArrayList<>();
        for (int first = from; first < to; first += blocks.chunk()) {
            int count = Math.min(to - first, blocks.chunk());
            int base = first;
            chunks.add(backend.upload(Shape.of(count, d), (float[] values) -> {
                Arrays.fill(values, 0f);
                for (int i = 0; i < count; i++) {
                    values[i * d + base + i] = 1;
                }
            }));
        }
        return chunks;
    }

    /** How many vectors a tensor holds whose rows are those of {@code span}. */
    static int vectors(Tensor chunk, Span span) {
        return chunk.shape().rows() / span.length();
    }

    /** The rows of all chunks, each in an array of its own; the chunks are given back. */
    static List<double[]> download(Backend backend, List<Tensor> chunks) {
        List<double[]> rows = new ArrayList<>();
        for (Tensor chunk : chunks) {
            int d = chunk.shape().columns();
            double[] values = backend.downloadDoubles(chunk);
            for (int row = 0; row < chunk.shape().rows(); row++) {
                rows.add(Arrays.copyOfRange(values, row * d, (row + 1) * d));
            }
            chunk.close();
        }
        return rows;
    }
}
