package io.reprise.backend.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner product of a matrix product: a few rows of A times one packed panel, the sums held in registers. A panel is
 * [depth, PANEL], its columns adjacent.
 *
 * <p>Vectors never pass between methods, here and in the other kernels: a helper that the JIT has compiled on its own may be
 * too large to be inlined, and its arguments then become objects on the heap (ten times slower).
 */
final class SimdTile {
    private SimdTile() {}

    private static final VectorSpecies<Float> S = SimdMath.S;
    private static final int LANES = S.length();
    static final int PANEL = 2 * LANES;
    static final int ROWS = 6;

    /**
     * C = start + A·panel for {@code rows} ≤ {@link #ROWS} rows.
     *
     * @param start null for none; row i at {@code startAt + i·startRow}
     */
    static void multiply(
            int rows,
            int depth,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] panel,
            int panelAt,
            float[] c,
            int cAt,
            int cRow,
            float[] start,
            int startAt,
            int startRow) {
        int at = aAt;
        int to = cAt;
        int from = startAt;
        int left = rows;
        if (left == 6 && aColumn == 1 && depth % 2 == 0) {
            SimdPairTile.multiply(depth, a, at, aRow, panel, panelAt, c, to, cRow, start, from, startRow);
            return;
        }
        if (left == 6) {
            tile6(depth, a, at, aRow, aColumn, panel, panelAt, c, to, cRow, start, from, startRow);
            return;
        }
        if (left >= 4) {
            tile4(depth, a, at, aRow, aColumn, panel, panelAt, c, to, cRow, start, from, startRow);
            at += 4 * aRow;
            to += 4 * cRow;
            from += 4 * startRow;
            left -= 4;
        }
        if (left >= 2) {
            tile2(depth, a, at, aRow, aColumn, panel, panelAt, c, to, cRow, start, from, startRow);
            at += 2 * aRow;
            to += 2 * cRow;
            from += 2 * startRow;
            left -= 2;
        }
        if (left == 1) {
            tile1(depth, a, at, aRow, aColumn, panel, panelAt, c, to, cRow, start, from, startRow);
        }
    }

    /** 6 rows of C by one panel. */
    private static void tile6(
            int depth,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] panel,
            int panelAt,
            float[] c,
            int cAt,
            int cRow,
            float[] start,
            int startAt,
            int startRow) {
        FloatVector l0 = FloatVector.zero(S);
        FloatVector r0 = FloatVector.zero(S);
        FloatVector l1 = FloatVector.zero(S);
        FloatVector r1 = FloatVector.zero(S);
        FloatVector l2 = FloatVector.zero(S);
        FloatVector r2 = FloatVector.zero(S);
        FloatVector l3 = FloatVector.zero(S);
        FloatVector r3 = FloatVector.zero(S);
        FloatVector l4 = FloatVector.zero(S);
        FloatVector r4 = FloatVector.zero(S);
        FloatVector l5 = FloatVector.zero(S);
        FloatVector r5 = FloatVector.zero(S);
        int o1 = aRow;
        int o2 = 2 * aRow;
        int o3 = 3 * aRow;
        int o4 = 4 * aRow;
        int o5 = 5 * aRow;
        int p = panelAt;
        int q = aAt;
        for (int k = 0; k < depth; k++) {
            FloatVector left = FloatVector.fromArray(S, panel, p);
            FloatVector right = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector a0 = FloatVector.broadcast(S, a[q]);
            l0 = a0.fma(left, l0);
            r0 = a0.fma(right, r0);
            FloatVector a1 = FloatVector.broadcast(S, a[q + o1]);
            l1 = a1.fma(left, l1);
            r1 = a1.fma(right, r1);
            FloatVector a2 = FloatVector.broadcast(S, a[q + o2]);
            l2 = a2.fma(left, l2);
            r2 = a2.fma(right, r2);
            FloatVector a3 = FloatVector.broadcast(S, a[q + o3]);
            l3 = a3.fma(left, l3);
            r3 = a3.fma(right, r3);
            FloatVector a4 = FloatVector.broadcast(S, a[q + o4]);
            l4 = a4.fma(left, l4);
            r4 = a4.fma(right, r4);
            FloatVector a5 = FloatVector.broadcast(S, a[q + o5]);
            l5 = a5.fma(left, l5);
            r5 = a5.fma(right, r5);
            p += PANEL;
            q += aColumn;
        }
        if (start != null) {
            l0 = l0.add(FloatVector.fromArray(S, start, startAt));
            r0 = r0.add(FloatVector.fromArray(S, start, startAt + LANES));
            l1 = l1.add(FloatVector.fromArray(S, start, startAt + startRow));
            r1 = r1.add(FloatVector.fromArray(S, start, startAt + startRow + LANES));
            l2 = l2.add(FloatVector.fromArray(S, start, startAt + 2 * startRow));
            r2 = r2.add(FloatVector.fromArray(S, start, startAt + 2 * startRow + LANES));
            l3 = l3.add(FloatVector.fromArray(S, start, startAt + 3 * startRow));
            r3 = r3.add(FloatVector.fromArray(S, start, startAt + 3 * startRow + LANES));
            l4 = l4.add(FloatVector.fromArray(S, start, startAt + 4 * startRow));
            r4 = r4.add(FloatVector.fromArray(S, start, startAt + 4 * startRow + LANES));
            l5 = l5.add(FloatVector.fromArray(S, start, startAt + 5 * startRow));
            r5 = r5.add(FloatVector.fromArray(S, start, startAt + 5 * startRow + LANES));
        }
        l0.intoArray(c, cAt);
        r0.intoArray(c, cAt + LANES);
        l1.intoArray(c, cAt + cRow);
        r1.intoArray(c, cAt + cRow + LANES);
        l2.intoArray(c, cAt + 2 * cRow);
        r2.intoArray(c, cAt + 2 * cRow + LANES);
        l3.intoArray(c, cAt + 3 * cRow);
        r3.intoArray(c, cAt + 3 * cRow + LANES);
        l4.intoArray(c, cAt + 4 * cRow);
        r4.intoArray(c, cAt + 4 * cRow + LANES);
        l5.intoArray(c, cAt + 5 * cRow);
        r5.intoArray(c, cAt + 5 * cRow + LANES);
    }
    /** 4 rows of C by one panel. */
    private static void tile4(
            int depth,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] panel,
            int panelAt,
            float[] c,
            int cAt,
            int cRow,
            float[] start,
            int startAt,
            int startRow) {
        FloatVector l0 = FloatVector.zero(S);
        FloatVector r0 = FloatVector.zero(S);
        FloatVector l1 = FloatVector.zero(S);
        FloatVector r1 = FloatVector.zero(S);
        FloatVector l2 = FloatVector.zero(S);
        FloatVector r2 = FloatVector.zero(S);
        FloatVector l3 = FloatVector.zero(S);
        FloatVector r3 = FloatVector.zero(S);
        int o1 = aRow;
        int o2 = 2 * aRow;
        int o3 = 3 * aRow;
        int p = panelAt;
        int q = aAt;
        for (int k = 0; k < depth; k++) {
            FloatVector left = FloatVector.fromArray(S, panel, p);
            FloatVector right = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector a0 = FloatVector.broadcast(S, a[q]);
            l0 = a0.fma(left, l0);
            r0 = a0.fma(right, r0);
            FloatVector a1 = FloatVector.broadcast(S, a[q + o1]);
            l1 = a1.fma(left, l1);
            r1 = a1.fma(right, r1);
            FloatVector a2 = FloatVector.broadcast(S, a[q + o2]);
            l2 = a2.fma(left, l2);
            r2 = a2.fma(right, r2);
            FloatVector a3 = FloatVector.broadcast(S, a[q + o3]);
            l3 = a3.fma(left, l3);
            r3 = a3.fma(right, r3);
            p += PANEL;
            q += aColumn;
        }
        if (start != null) {
            l0 = l0.add(FloatVector.fromArray(S, start, startAt));
            r0 = r0.add(FloatVector.fromArray(S, start, startAt + LANES));
            l1 = l1.add(FloatVector.fromArray(S, start, startAt + startRow));
            r1 = r1.add(FloatVector.fromArray(S, start, startAt + startRow + LANES));
            l2 = l2.add(FloatVector.fromArray(S, start, startAt + 2 * startRow));
            r2 = r2.add(FloatVector.fromArray(S, start, startAt + 2 * startRow + LANES));
            l3 = l3.add(FloatVector.fromArray(S, start, startAt + 3 * startRow));
            r3 = r3.add(FloatVector.fromArray(S, start, startAt + 3 * startRow + LANES));
        }
        l0.intoArray(c, cAt);
        r0.intoArray(c, cAt + LANES);
        l1.intoArray(c, cAt + cRow);
        r1.intoArray(c, cAt + cRow + LANES);
        l2.intoArray(c, cAt + 2 * cRow);
        r2.intoArray(c, cAt + 2 * cRow + LANES);
        l3.intoArray(c, cAt + 3 * cRow);
        r3.intoArray(c, cAt + 3 * cRow + LANES);
    }
    /** 2 rows of C by one panel. */
    private static void tile2(
            int depth,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] panel,
            int panelAt,
            float[] c,
            int cAt,
            int cRow,
            float[] start,
            int startAt,
            int startRow) {
        FloatVector l0 = FloatVector.zero(S);
        FloatVector r0 = FloatVector.zero(S);
        FloatVector l1 = FloatVector.zero(S);
        FloatVector r1 = FloatVector.zero(S);
        int o1 = aRow;
        int p = panelAt;
        int q = aAt;
        for (int k = 0; k < depth; k++) {
            FloatVector left = FloatVector.fromArray(S, panel, p);
            FloatVector right = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector a0 = FloatVector.broadcast(S, a[q]);
            l0 = a0.fma(left, l0);
            r0 = a0.fma(right, r0);
            FloatVector a1 = FloatVector.broadcast(S, a[q + o1]);
            l1 = a1.fma(left, l1);
            r1 = a1.fma(right, r1);
            p += PANEL;
            q += aColumn;
        }
        if (start != null) {
            l0 = l0.add(FloatVector.fromArray(S, start, startAt));
            r0 = r0.add(FloatVector.fromArray(S, start, startAt + LANES));
            l1 = l1.add(FloatVector.fromArray(S, start, startAt + startRow));
            r1 = r1.add(FloatVector.fromArray(S, start, startAt + startRow + LANES));
        }
        l0.intoArray(c, cAt);
        r0.intoArray(c, cAt + LANES);
        l1.intoArray(c, cAt + cRow);
        r1.intoArray(c, cAt + cRow + LANES);
    }
    /** 1 row of C by one panel. */
    private static void tile1(
            int depth,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] panel,
            int panelAt,
            float[] c,
            int cAt,
            int cRow,
            float[] start,
            int startAt,
            int startRow) {
        FloatVector l0 = FloatVector.zero(S);
        FloatVector r0 = FloatVector.zero(S);
        int p = panelAt;
        int q = aAt;
        for (int k = 0; k < depth; k++) {
            FloatVector left = FloatVector.fromArray(S, panel, p);
            FloatVector right = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector a0 = FloatVector.broadcast(S, a[q]);
            l0 = a0.fma(left, l0);
            r0 = a0.fma(right, r0);
            p += PANEL;
            q += aColumn;
        }
        if (start != null) {
            l0 = l0.add(FloatVector.fromArray(S, start, startAt));
            r0 = r0.add(FloatVector.fromArray(S, start, startAt + LANES));
        }
        l0.intoArray(c, cAt);
        r0.intoArray(c, cAt + LANES);
    }
}
