package io.reprise.backend.nd4j;

import io.reprise.backend.AttentionSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Moves features between packed rows [k·batch·length, parts·width] and one matrix per sequence and head. With n = batch·heads,
 * the k stacked copies go where one product per (sequence, head) serves all of them: into the rows, [n, k·length, dHead], or
 * into the columns, [n, length, k·dHead].
 */
final class Heads {
    private final AttentionSpec spec;

    Heads(AttentionSpec spec) {
        this.spec = spec;
    }

    /** q, k, v of one copy or stacked: [parts, n, k·length, dHead]. */
    INDArray inRows(INDArray packed, int parts, int k, Memory.Arena arena) {
        INDArray out = arena.take(parts, matrices(), k * spec.length(), spec.dHead());
        Ops.copy(
                byHead(packed, parts, k),
                Ops.view(out, parts, spec.batch(), spec.heads(), k, spec.length(), spec.dHead()));
        return out;
    }

    /** [n, k·length, dHead] as [n, length, k·dHead]. */
    INDArray inColumns(INDArray inRows, int k, Memory.Arena arena) {
        INDArray out = arena.take(matrices(), spec.length(), k * spec.dHead());
        Ops.copy(
                Ops.view(inRows, matrices(), k, spec.length(), spec.dHead()).permute(0, 2, 1, 3),
                Ops.view(out, matrices(), spec.length(), k, spec.dHead()));
        return out;
    }

    /** The inverse of {@link #inColumns}, for matrices of any width: [n, length, k·w] as [n, k·length, w]. */
    INDArray fromColumns(INDArray inColumns, int k, Memory.Arena arena) {
        int w = (int) inColumns.size(2) / k;
        INDArray out = arena.take(matrices(), k * spec.length(), w);
        Ops.copy(
                Ops.view(inColumns, matrices(), spec.length(), k, w).permute(0, 2, 1, 3),
                Ops.view(out, matrices(), k, spec.length(), w));
        return out;
    }

    /** Writes [parts, n, k·length, dHead] back into packed rows. */
    void pack(INDArray inRows, int parts, int k, INDArray packed) {
        Ops.copy(
                Ops.view(inRows, parts, spec.batch(), spec.heads(), k, spec.length(), spec.dHead())
                        .permute(3, 1, 4, 0, 2, 5),
                Ops.view(packed, k, spec.batch(), spec.length(), parts, spec.heads(), spec.dHead()));
    }

    /** Sequences times heads. */
    int matrices() {
        return spec.batch() * spec.heads();
    }

    // [parts, batch, heads, k, length, dHead], a strided view
    private INDArray byHead(INDArray packed, int parts, int k) {
        return Ops.view(packed, k, spec.batch(), spec.length(), parts, spec.heads(), spec.dHead())
                .permute(3, 1, 4, 0, 2, 5);
    }
}
