package io.reprise.backend.cpu;

import io.reprise.backend.Layout;
import io.reprise.backend.StackShapes;
import io.reprise.backend.cpu.ProductKernel.Start;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Products of stacks of matrices, which lie in memory as one long row each. */
final class Stacks {
    /** Elements of a matrix that {@link #dots} takes at once: what they are turned into stays in the second-level cache. */
    private static final int CHUNK = 1 << 11;

    /** Elements of a matrix that are turned before the next matrix's: they stay in the first-level cache. */
    private static final int BLOCK = 64;

    /** Matrices that share one turned chunk. */
    private static final int GROUP = 48;

    /** Products are fastest on so many columns. */
    private static final int PADDING = 16;

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
    CpuTensor dots(List<Tensor> first, List<Tensor> second, int rows) {
        Shape shape = StackShapes.dots(first, second, rows);
        int m = shape.rows();
        int n = shape.columns();
        int size = rows * second.get(0).shape().columns();
        Matrices a = new Matrices(first, size, m);
        Matrices b = new Matrices(second, size, n);
        int padded = (n + PADDING - 1) / PADDING * PADDING;
        int chunks = (size + CHUNK - 1) / CHUNK;
        float[] sums = new float[chunks * m * padded];
        engine.split(chunks, 1, (long) m * n * size, (from, to) -> {
            Scratch scratch = engine.scratch();
            float[] turned = scratch.floats(Scratch.CALLER, CHUNK * padded);
            Arrays.fill(turned, 0f);
            float[] gathered = scratch.floats(Scratch.CALLER + 1, CHUNK * GROUP);
            for (int chunk = from; chunk < to; chunk++) {
                int at = chunk * CHUNK;
                int depth = Math.min(CHUNK, size - at);
                b.turn(at, depth, turned, padded);
                for (int next = 0; next < m; next += GROUP) {
                    int group = Math.min(GROUP, m - next);
                    a.gather(next, group, at, depth, gathered);
                    int out = (chunk * m + next) * padded;
                    engine.kernels()
                            .product()
                            .multiply(
                                    group,
                                    padded,
                                    depth,
                                    gathered,
                                    0,
                                    depth,
                                    1,
                                    turned,
                                    0,
                                    padded,
                                    1,
                                    sums,
                                    out,
                                    padded,
                                    Start.EMPTY,
                                    null,
                                    0,
                                    scratch);
                }
            }
        });
        CpuTensor result = engine.allocate(m, n);
        float[] to = result.data();
        for (int i = 0; i < m * n; i++) {
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                sum += sums[(chunk * m + i / n) * padded + i % n];
            }
            to[i] = (float) sum;
        }
        return result;
    }

    /** Matrices of one size, each in an array from an element on. */
    private static final class Matrices {
        private final float[][] arrays;
        private final int[] starts;

        Matrices(List<Tensor> stacks, int size, int count) {
            this.arrays = new float[count][];
            this.starts = new int[count];
            int next = 0;
            for (Tensor stack : stacks) {
                float[] data = Arguments.tensor(stack, "a stack").data();
                for (int at = 0; at < data.length; at += size) {
                    arrays[next] = data;
                    starts[next++] = at;
                }
            }
        }

        /** Elements {@code at} … of {@code count} matrices, a matrix per row. */
        void gather(int first, int count, int at, int depth, float[] rows) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(arrays[first + i], starts[first + i] + at, rows, i * depth, depth);
            }
        }

        /** Elements {@code at} … of each matrix, a matrix per column: [depth, padded]. */
        void turn(int at, int depth, float[] turned, int padded) {
            for (int block = 0; block < depth; block += BLOCK) {
                int end = Math.min(depth, block + BLOCK);
                for (int j = 0; j < arrays.length; j++) {
                    float[] from = arrays[j];
                    int start = starts[j] + at;
                    for (int k = block; k < end; k++) {
                        turned[k * padded + j] = from[start + k];
                    }
                }
            }
        }
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
