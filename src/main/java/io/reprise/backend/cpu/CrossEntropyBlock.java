package io.reprise.backend.cpu;

import io.reprise.backend.CrossEntropy;
import io.reprise.tensor.Tensor;

/** Cross entropy; e^(x - max) and its sum are kept. */
final class CrossEntropyBlock implements CrossEntropy {
    private final Engine engine;
    private final int[] targets;
    private final CpuTensor exponentials;
    private final CpuTensor stats;
    private final double sum;
    private final int count;

    CrossEntropyBlock(Engine engine, Tensor tensor, int[] targets) {
        this.engine = engine;
        CpuTensor logits = Arguments.matrix(tensor, "logits");
        int classes = logits.columns();
        check(logits, targets);
        this.targets = targets.clone();
        this.exponentials = engine.allocate(logits.rows(), classes);
        this.stats = engine.allocate(logits.rows(), 2);
        float[] x = logits.data();
        float[] e = exponentials.data();
        float[] kept = stats.data();
        engine.split(logits.rows(), 1, 16L * x.length, (from, to) -> engine.kernels()
                .softmax()
                .exponentials(x, e, kept, classes, from, to));
        double total = 0;
        int counted = 0;
        for (int row = 0; row < targets.length; row++) {
            if (targets[row] >= 0) {
                total += StrictMath.log(kept[2 * row + 1]) + kept[2 * row] - x[row * classes + targets[row]];
                counted++;
            }
        }
        this.sum = total;
        this.count = counted;
    }

    private static void check(CpuTensor logits, int[] targets) {
        if (targets.length != logits.rows()) {
            throw new IllegalArgumentException(
                    "targets has " + targets.length + " classes, expected one per row of logits " + logits.shape());
        }
        for (int target : targets) {
            if (target < -1 || target >= logits.columns()) {
                throw new IllegalArgumentException("target " + target + " is not a class of logits " + logits.shape()
                        + "; expected 0.." + (logits.columns() - 1) + ", or -1 for none");
            }
        }
    }

    @Override
    public double sum() {
        return sum;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public Tensor pullback(double scale) {
        int classes = exponentials.columns();
        CpuTensor out = engine.allocate(exponentials.rows(), classes);
        float[] e = exponentials.data();
        float[] kept = stats.data();
        float[] to = out.data();
        float factor = (float) scale;
        engine.split(out.rows(), 1, 2L * to.length, (begin, end) -> {
            SoftmaxKernel kernel = engine.kernels().softmax();
            for (int row = begin; row < end; row++) {
                int at = row * classes;
                if (targets[row] < 0) {
                    java.util.Arrays.fill(to, at, at + classes, 0f);
                } else {
                    kernel.scaled(e, at, factor / kept[2 * row + 1], to, at, classes);
                    to[at + targets[row]] -= factor;
                }
            }
        });
        return out;
    }

    @Override
    public double[] pushforward(Tensor tangents) {
        int rows = exponentials.rows();
        int classes = exponentials.columns();
        CpuTensor v = Arguments.copies(tangents, "tangents", rows, classes);
        float[] from = v.data();
        float[] e = exponentials.data();
        float[] kept = stats.data();
        double[] sums = new double[rows == 0 ? 0 : v.rows() / rows];
        for (int copy = 0; copy < sums.length; copy++) {
            for (int row = 0; row < rows; row++) {
                if (targets[row] >= 0) {
                    int at = (copy * rows + row) * classes;
                    double mean = 0;
                    for (int j = 0; j < classes; j++) {
                        mean += (double) e[row * classes + j] * from[at + j];
                    }
                    sums[copy] += mean / kept[2 * row + 1] - from[at + targets[row]];
                }
            }
        }
        return sums;
    }
}
