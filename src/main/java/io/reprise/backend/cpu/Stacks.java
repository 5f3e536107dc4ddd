package io.reprise.backend.cpu;

import io.reprise.backend.Layout;
import io.reprise.backend.StackShapes;
import io.reprise.backend.cpu.ProductKernel.Start;
import io.reprise.tensor.Tensor;

/** Products of stacks of matrices, which lie in memory as one long row each. */
final class Stacks {
    /** Elements of a matrix that one task of {@link #dots} sums up: a few times what a product chains. */
    private static final int CHUNK = 1 << 13;

    private final Engine engine;

    Stacks(Engine engine) {
        this.engine = engine;
    }

    void addMixed(Tensor target, Tensor weights, Tensor stack) {
        int size = StackShapes.mixed(target.shape(), weights.shape(), stack.shape());
        float[] to = Arguments.tensor(target, "target").data();
        CpuTensor w = Arguments.tensor(weights, "weights");
        float[] from = Arguments.tensor(stack, "stack").data();
        int k = w.columns();
        engine.multiply(w.rows(), size, k, w.data(), k, 1, from, size, 1, to, size, Start.SUM, null);
    }

    /** Chunk by chunk, and the chunks' sums in order and in float64: the same on any number of threads. */
    CpuTensor dots(Tensor first, Tensor second, int rows) {
        StackShapes.requireDots(first.shape(), second.shape(), rows);
        CpuTensor a = Arguments.tensor(first, "a");
        CpuTensor b = Arguments.tensor(second, "b");
        int m = a.rows() / rows;
        int n = b.rows() / rows;
        int size = rows * a.columns();
        int chunks = (size + CHUNK - 1) / CHUNK;
        float[] sums = new float[chunks * m * n];
        float[] x = a.data();
        float[] y = b.data();
        engine.split(chunks, 1, (long) m * n * size, (from, to) -> {
            Scratch scratch = engine.scratch();
            for (int chunk = from; chunk < to; chunk++) {
                int at = chunk * CHUNK;
                int depth = Math.min(CHUNK, size - at);
                engine.kernels()
                        .product()
                        .multiply(
                                m,
                                n,
                                depth,
                                x,
                                at,
                                size,
                                1,
                                y,
                                at,
                                1,
                                size,
                                sums,
                                chunk * m * n,
                                n,
                                Start.EMPTY,
                                null,
                                0,
                                scratch);
            }
        });
        CpuTensor out = engine.allocate(m, n);
        float[] to = out.data();
        for (int i = 0; i < m * n; i++) {
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                sum += sums[chunk * m * n + i];
            }
            to[i] = (float) sum;
        }
        return out;
    }

    CpuTensor linearByBlock(Tensor input, Tensor matrix, Layout layout, int blocks) {
        StackShapes.requireBlocks(input.shape(), matrix.shape(), layout, blocks);
        CpuTensor x = Arguments.tensor(input, "x");
        CpuTensor weight = Arguments.tensor(matrix, "weight");
        boolean inOut = layout == Layout.IN_OUT;
        int in = inOut ? weight.rows() : weight.columns();
        int out = inOut ? weight.columns() : weight.rows();
        int rows = x.rows();
        int width = in / blocks;
        CpuTensor stack = engine.allocate(blocks * rows, out);
        float[] from = x.data();
        float[] w = weight.data();
        float[] to = stack.data();
        engine.split(blocks, 1, (long) rows * in * out, (begin, end) -> {
            Scratch scratch = engine.scratch();
            for (int i = begin; i < end; i++) {
                int at = i * width;
                engine.kernels()
                        .product()
                        .multiply(
                                rows,
                                out,
                                width,
                                from,
                                at,
                                in,
                                1,
                                w,
                                inOut ? at * out : at,
                                inOut ? out : 1,
                                inOut ? 1 : in,
                                to,
                                i * rows * out,
                                out,
                                Start.EMPTY,
                                null,
                                0,
                                scratch);
            }
        });
        return stack;
    }
}
