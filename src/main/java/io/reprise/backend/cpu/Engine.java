package io.reprise.backend.cpu;

import io.reprise.backend.cpu.ProductKernel.Start;
import io.reprise.tensor.Shape;

/** What the blocks share: kernels, memory, threads. */
final class Engine {
    /** Multiply-adds (or as much time) below which a second thread costs more than it saves. */
    private static final long WORTH_SPLITTING = 1 << 20;

    private final Kernels kernels;
    private final Memory memory = new Memory();
    private final Workers workers;

    Engine(Kernels kernels, int threads) {
        this.kernels = kernels;
        this.workers = new Workers(threads, memory);
    }

    Kernels kernels() {
        return kernels;
    }

    Memory memory() {
        return memory;
    }

    Workers workers() {
        return workers;
    }

    CpuTensor allocate(int rows, int columns) {
        return memory.allocate(Shape.of(rows, columns));
    }

    Scratch scratch() {
        return memory.local().scratch();
    }

    /** A range of indices. */
    @FunctionalInterface
    interface Range {
        void run(int from, int to);
    }

    /**
     * Runs {@code part} over 0..n, cut at multiples of {@code grain} if the work is worth it.
     *
     * @param work of the whole, in multiply-adds
     */
    void split(int n, int grain, long work, Range part) {
        if (work < WORTH_SPLITTING || n <= grain || !workers.idle()) {
            part.run(0, n);
            return;
        }
        int grains = (n + grain - 1) / grain;
        int parts = Math.min(workers.threads(), grains);
        workers.run(parts, i -> {
            int from = (int) ((long) grains * i / parts) * grain;
            int to = (int) Math.min(n, (long) grains * (i + 1) / parts * grain);
            part.run(from, to);
        });
    }

    /** {@link ProductKernel#multiply} on the threads that are free, cut by output columns, or by rows if there are few. */
    void multiply(
            int m,
            int n,
            int k,
            float[] a,
            int aRow,
            int aColumn,
            float[] b,
            int bRow,
            int bColumn,
            float[] c,
            int cRow,
            Start start,
            float[] bias) {
        long work = (long) m * n * k;
        ProductKernel product = kernels.product();
        if (work < WORTH_SPLITTING || !workers.idle()) {
            product.multiply(m, n, k, a, 0, aRow, aColumn, b, 0, bRow, bColumn, c, 0, cRow, start, bias, 0, scratch());
        } else if (n >= 64 * workers.threads()) {
            split(
                    n,
                    32,
                    work,
                    (from, to) -> product.multiply(
                            m,
                            to - from,
                            k,
                            a,
                            0,
                            aRow,
                            aColumn,
                            b,
                            from * bColumn,
                            bRow,
                            bColumn,
                            c,
                            from,
                            cRow,
                            start,
                            bias,
                            from,
                            scratch()));
        } else {
            split(
                    m,
                    6,
                    work,
                    (from, to) -> product.multiply(
                            to - from,
                            n,
                            k,
                            a,
                            from * aRow,
                            aRow,
                            aColumn,
                            b,
                            0,
                            bRow,
                            bColumn,
                            c,
                            from * cRow,
                            cRow,
                            start,
                            bias,
                            0,
                            scratch()));
        }
    }
}
