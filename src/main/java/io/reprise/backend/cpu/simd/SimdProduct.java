package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdMath.LANES;
import static io.reprise.backend.cpu.simd.SimdMath.S;
import static io.reprise.backend.cpu.simd.SimdTile.PANEL;

import io.reprise.backend.cpu.ProductKernel;
import io.reprise.backend.cpu.Scratch;
import jdk.incubator.vector.FloatVector;

/**
 * Blocks of B are packed into panels (Goto and van de Geijn 2008) and multiplied with rows of A as they stand. A block stays in
 * the second-level cache, a panel in the first.
 */
public final class SimdProduct implements ProductKernel {
    /** Columns of B packed at once. */
    private static final int COLUMNS = 768;
    /** Rows of A that pass a packed block before the next panel is taken. */
    private static final int ROWS = 384;

    @Override
    public void multiply(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] b,
            int bAt,
            int bRow,
            int bColumn,
            float[] c,
            int cAt,
            int cRow,
            Start start,
            float[] bias,
            int biasAt,
            Scratch scratch) {
        int widest = (Math.min(n, COLUMNS) + PANEL - 1) / PANEL * PANEL;
        float[] packed = scratch.floats(Scratch.PACKED, widest * Math.min(Math.max(k, 1), DEPTH));
        float[] tile = scratch.floats(Scratch.TILE, SimdTile.ROWS * PANEL);
        for (int j = 0; j < n; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n - j);
            // k = 0 still writes the start values
            for (int p = 0; p == 0 || p < k; p += DEPTH) {
                int depth = Math.min(DEPTH, k - p);
                SimdPack.pack(b, bAt + p * bRow + j * bColumn, bRow, bColumn, depth, columns, packed);
                Start from = p == 0 ? start : Start.SUM;
                float[] first = from == Start.EMPTY ? null : from == Start.BIAS ? bias : c;
                int firstAt = from == Start.BIAS ? biasAt + j : cAt + j;
                int firstRow = from == Start.BIAS ? 0 : cRow;
                for (int i = 0; i < m; i += ROWS) {
                    int rows = Math.min(ROWS, m - i);
                    block(
                            rows,
                            columns,
                            depth,
                            a,
                            aAt + i * aRow + p * aColumn,
                            aRow,
                            aColumn,
                            packed,
                            c,
                            cAt + i * cRow + j,
                            cRow,
                            first,
                            firstAt + i * firstRow,
                            firstRow,
                            tile);
                }
            }
        }
    }

    private static void block(
            int m,
            int n,
            int depth,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] packed,
            float[] c,
            int cAt,
            int cRow,
            float[] start,
            int startAt,
            int startRow,
            float[] tile) {
        for (int j = 0; j < n; j += PANEL) {
            int columns = Math.min(PANEL, n - j);
            for (int i = 0; i < m; i += SimdTile.ROWS) {
                int rows = Math.min(SimdTile.ROWS, m - i);
                int to = cAt + i * cRow + j;
                int from = startAt + i * startRow + j;
                if (columns == PANEL) {
                    SimdTile.multiply(
                            rows,
                            depth,
                            a,
                            aAt + i * aRow,
                            aRow,
                            aColumn,
                            packed,
                            j * depth,
                            c,
                            to,
                            cRow,
                            start,
                            from,
                            startRow);
                } else {
                    SimdTile.multiply(
                            rows,
                            depth,
                            a,
                            aAt + i * aRow,
                            aRow,
                            aColumn,
                            packed,
                            j * depth,
                            tile,
                            0,
                            PANEL,
                            null,
                            0,
                            0);
                    for (int row = 0; row < rows; row++) {
                        finish(tile, row * PANEL, c, to + row * cRow, start, from + row * startRow, columns);
                    }
                }
            }
        }
    }

    /** Fewer columns than a panel has: a vector if it fits, then one by one. */
    private static void finish(float[] tile, int at, float[] c, int to, float[] start, int from, int columns) {
        int j = 0;
        if (columns >= LANES) {
            FloatVector v = FloatVector.fromArray(S, tile, at);
            if (start != null) {
                v = v.add(FloatVector.fromArray(S, start, from));
            }
            v.intoArray(c, to);
            j = LANES;
        }
        if (start == null) {
            for (; j < columns; j++) {
                c[to + j] = tile[at + j];
            }
        } else {
            for (; j < columns; j++) {
                c[to + j] = tile[at + j] + start[from + j];
            }
        }
    }
}
