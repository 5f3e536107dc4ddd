package io.reprise.backend.cpu;

/**
 * Matrix product on the calling thread. The bits of an element of C depend on its row of A, its column of B, k and its start
 * value only: the products of each {@link #DEPTH} consecutive k are chained by fma from zero, in order of k, and the partial
 * sums are added to the start value in order.
 */
public interface ProductKernel {
    /** Length of a chain of fma. */
    int DEPTH = 256;

    /** What an element of C starts from. */
    enum Start {
        /** Nothing: C is overwritten with the sum. */
        EMPTY,
        /** The element of {@code bias} that belongs to the column. */
        BIAS,
        /** What C holds. */
        SUM
    }

    /**
     * C = start + A·B. Element (i, j) of A stands at {@code a[aAt + i·aRow + j·aColumn]}, of B likewise; C's columns are
     * adjacent. C must not overlap A, B or bias.
     *
     * @param bias read from {@code biasAt} if {@code start} is BIAS, else ignored
     */
    void multiply(
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
            Scratch scratch);
}
