package io.reprise.backend.cpu.simd;

import static io.reprise.backend.cpu.simd.SimdTile.PANEL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link SimdTile} for six rows whose elements are adjacent, two of each at a time: steps that the JIT knows to be constant need no
 * bounds checks, which are a fifth of the time. The sums are added up in the same order. A loop of its own in a method of its own:
 * where two loops share the sums, they may end up as objects on the heap.
 */
final class SimdPairTile {
    private SimdPairTile() {}

    private static final VectorSpecies<Float> S = SimdMath.S;
    private static final int LANES = S.length();

    /**
     * C = start + A·panel for six rows.
     *
     * @param depth even
     * @param start null for none; row i at {@code startAt + i·startRow}
     */
    static void multiply(
            int depth,
            float[] a,
            int aAt,
            int aRow,
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
        int b0 = aAt;
        int b1 = aAt + aRow;
        int b2 = aAt + 2 * aRow;
        int b3 = aAt + 3 * aRow;
        int b4 = aAt + 4 * aRow;
        int b5 = aAt + 5 * aRow;
        for (int k = 0; k < depth; k += 2) {
            int p = panelAt + k * PANEL;
            FloatVector left = FloatVector.fromArray(S, panel, p);
            FloatVector right = FloatVector.fromArray(S, panel, p + LANES);
            FloatVector a0 = FloatVector.broadcast(S, a[b0 + k]);
            l0 = a0.fma(left, l0);
            r0 = a0.fma(right, r0);
            FloatVector a1 = FloatVector.broadcast(S, a[b1 + k]);
            l1 = a1.fma(left, l1);
            r1 = a1.fma(right, r1);
            FloatVector a2 = FloatVector.broadcast(S, a[b2 + k]);
            l2 = a2.fma(left, l2);
            r2 = a2.fma(right, r2);
            FloatVector a3 = FloatVector.broadcast(S, a[b3 + k]);
            l3 = a3.fma(left, l3);
            r3 = a3.fma(right, r3);
            FloatVector a4 = FloatVector.broadcast(S, a[b4 + k]);
            l4 = a4.fma(left, l4);
            r4 = a4.fma(right, r4);
            FloatVector a5 = FloatVector.broadcast(S, a[b5 + k]);
            l5 = a5.fma(left, l5);
            r5 = a5.fma(right, r5);
            FloatVector leftNext = FloatVector.fromArray(S, panel, p + PANEL);
            FloatVector rightNext = FloatVector.fromArray(S, panel, p + PANEL + LANES);
            FloatVector a0Next = FloatVector.broadcast(S, a[b0 + k + 1]);
            l0 = a0Next.fma(leftNext, l0);
            r0 = a0Next.fma(rightNext, r0);
            FloatVector a1Next = FloatVector.broadcast(S, a[b1 + k + 1]);
            l1 = a1Next.fma(leftNext, l1);
            r1 = a1Next.fma(rightNext, r1);
            FloatVector a2Next = FloatVector.broadcast(S, a[b2 + k + 1]);
            l2 = a2Next.fma(leftNext, l2);
            r2 = a2Next.fma(rightNext, r2);
            FloatVector a3Next = FloatVector.broadcast(S, a[b3 + k + 1]);
            l3 = a3Next.fma(leftNext, l3);
            r3 = a3Next.fma(rightNext, r3);
            FloatVector a4Next = FloatVector.broadcast(S, a[b4 + k + 1]);
            l4 = a4Next.fma(leftNext, l4);
            r4 = a4Next.fma(rightNext, r4);
            FloatVector a5Next = FloatVector.broadcast(S, a[b5 + k + 1]);
            l5 = a5Next.fma(leftNext, l5);
            r5 = a5Next.fma(rightNext, r5);
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
}
