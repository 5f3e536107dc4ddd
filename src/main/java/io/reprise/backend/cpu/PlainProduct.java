package io.reprise.backend.cpu;

import java.util.Arrays;

/**
 * Plain Java. B's rows are copied into arrays of their own, since the compiler vectorises loops over whole arrays but not over
 * offsets into a shared one.
 */
final class PlainProduct implements ProductKernel {
    private static final int COLUMNS = 512;

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
        float[][] rows = scratch.rows(DEPTH, COLUMNS);
        float[] sums = scratch.floats(Scratch.TILE, COLUMNS);
        for (int j = 0; j < n; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n - j);
            // k = 0 still writes the start values
            for (int p = 0; p == 0 || p < k; p += DEPTH) {
                int depth = Math.min(DEPTH, k - p);
                for (int q = 0; q < depth; q++) {
                    copyRow(b, bAt + (p + q) * bRow + j * bColumn, bColumn, rows[q], columns);
                }
                Start from = p == 0 ? start : Start.SUM;
                for (int i = 0; i < m; i++) {
                    sumRow(a, aAt + i * aRow + p * aColumn, aColumn, depth, rows, sums, columns);
                    finish(sums, c, cAt + i * cRow + j, from, bias, biasAt + j, columns);
                }
            }
        }
    }

    private static void copyRow(float[] b, int at, int stride, float[] row, int columns) {
        if (stride == 1) {
            System.arraycopy(b, at, row, 0, columns);
            return;
        }
        for (int j = 0; j < columns; j++) {
            row[j] = b[at + j * stride];
        }
    }

    private static void sumRow(float[] a, int at, int stride, int depth, float[][] rows, float[] sums, int columns) {
        Arrays.fill(sums, 0, columns, 0f);
        int q = 0;
        for (; q + 4 <= depth; q += 4) {
            int i = at + q * stride;
            add4(
                    sums,
                    a[i],
                    rows[q],
                    a[i + stride],
                    rows[q + 1],
                    a[i + 2 * stride],
                    rows[q + 2],
                    a[i + 3 * stride],
                    rows[q + 3],
                    columns);
        }
        for (; q < depth; q++) {
            add1(sums, a[at + q * stride], rows[q], columns);
        }
    }

    private static void add4(
            float[] sums,
            float a0,
            float[] r0,
            float a1,
            float[] r1,
            float a2,
            float[] r2,
            float a3,
            float[] r3,
            int columns) {
        for (int j = 0; j < columns; j++) {
            sums[j] = Math.fma(a3, r3[j], Math.fma(a2, r2[j], Math.fma(a1, r1[j], Math.fma(a0, r0[j], sums[j]))));
        }
    }

    private static void add1(float[] sums, float a, float[] row, int columns) {
        for (int j = 0; j < columns; j++) {
            sums[j] = Math.fma(a, row[j], sums[j]);
        }
    }

    private static void finish(float[] sums, float[] c, int at, Start start, float[] bias, int biasAt, int columns) {
        switch (start) {
            case EMPTY -> System.arraycopy(sums, 0, c, at, columns);
            case BIAS -> {
                for (int j = 0; j < columns; j++) {
                    c[at + j] = sums[j] + bias[biasAt + j];
                }
            }
            case SUM -> {
                for (int j = 0; j < columns; j++) {
                    c[at + j] = sums[j] + c[at + j];
                }
            }
        }
    }
}
