package io.reprise.backend.cpu;

import io.reprise.backend.Layout;
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
        CpuTensor to = Arguments.matrix(target, "target");
        CpuTensor w = Arguments.matrix(weights, "weights");
        CpuTensor from = Arguments.matrix(stack, "stack", to.columns());
        int m = w.rows();
        int k = w.columns();
        int size = size(from, "stack", k);
        if (size(to, "target", m) != size) {
            throw new IllegalArgumentException("target is " + to.shape() + " and stack " + from.shape()
                    + ", expected as many rows for each of " + m + " and " + k + " matrices, as weights " + w.shape()
                    + " say");
        }
        engine.multiply(m, size, k, w.data(), k, 1, from.data(), size, 1, to.data(), size, Start.SUM, null);
    }

    /** Elements of each of {@code count} matrices. */
    private static int size(CpuTensor stack, String name, int count) {
        if (count == 0 || stack.rows() % count != 0) {
            throw new IllegalArgumentException(
                    name + " is " + stack.shape() + ", expected rows that are a multiple of " + count);
        }
        return stack.shape().size() / count;
    }

    /** Chunk by chunk, and the chunks' sums in order and in float64: the same on any number of threads. */
    CpuTensor dots(Tensor first, Tensor second, int rows) {
        CpuTensor a = Arguments.matrix(first, "a");
        CpuTensor b = Arguments.matrix(second, "b", a.columns());
        int m = copies(a, "a", rows);
        int n = copies(b, "b", rows);
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

    private static int copies(CpuTensor stack, String name, int rows) {
        if (rows < 1 || stack.rows() % rows != 0) {
            throw new IllegalArgumentException(
                    name + " is " + stack.shape() + ", expected rows that are a multiple of " + rows);
        }
        return stack.rows() / rows;
    }

    CpuTensor linearByBlock(Tensor input, Tensor matrix, Layout layout, int blocks) {
        CpuTensor x = Arguments.matrix(input, "x");
        CpuTensor weight = Arguments.matrix(matrix, "weight");
        boolean inOut = layout == Layout.IN_OUT;
        int in = inOut ? weight.rows() : weight.columns();
        int out = inOut ? weight.columns() : weight.rows();
        if (x.columns() != in || blocks < 1 || in % blocks != 0) {
            throw new IllegalArgumentException("x is " + x.shape() + ", expected [rows, " + in + "] for weight "
                    + weight.shape() + " stored as " + layout + ", and " + blocks + " equal blocks of it");
        }
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
