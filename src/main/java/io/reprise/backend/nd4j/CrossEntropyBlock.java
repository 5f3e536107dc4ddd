package io.reprise.backend.nd4j;

import io.reprise.backend.CrossEntropy;
import io.reprise.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Keeps softmax(logits) - onehot(target), zero in rows without a target: the gradient of the sum. */
final class CrossEntropyBlock implements CrossEntropy {
    private final Memory memory;
    private final Arguments arguments;
    private final int rows;
    private final int classes;
    private final Nd4jTensor gradient; // [rows, d_vocab]
    private final double sum;
    private final int count;

    CrossEntropyBlock(Memory memory, Arguments arguments, Tensor logits, int[] targets) {
        this.memory = memory;
        this.arguments = arguments;
        this.rows = logits.shape().dim(0);
        this.classes = logits.shape().dim(1);
        this.gradient = memory.make(rows, classes);
        if (rows == 0) {
            this.sum = 0;
            this.count = 0;
            return;
        }
        try (Memory.Arena arena = memory.arena()) {
            INDArray x = arguments.array("logits", logits);
            INDArray perRow = arena.take(rows, 1);
            INDArray shifted = arena.take(rows, classes);
            Ops.maxLast(x, perRow);
            Ops.subtract(x, perRow, shifted);
            double[] atTarget = pick(shifted, targets, arena);

            INDArray p = gradient.array("logits");
            Ops.exp(shifted, p);
            Ops.sumLast(p, perRow);
            Ops.divide(p, perRow, p);
            Ops.log(perRow, perRow);
            double[] logOfSum = perRow.data().asDouble();

            double total = 0;
            int scored = 0;
            double[] hasTarget = new double[rows];
            for (int r = 0; r < rows; r++) {
                if (targets[r] >= 0) {
                    total += logOfSum[r] - atTarget[r];
                    scored++;
                    hasTarget[r] = 1;
                }
            }
            this.sum = total;
            this.count = scored;
            subtractTargets(p, targets, hasTarget, arena);
        }
    }

    /** a[r, targets[r]], or some number of the row where there is no target. */
    private double[] pick(INDArray a, int[] targets, Memory.Arena arena) {
        int[] flat = new int[rows];
        for (int r = 0; r < rows; r++) {
            flat[r] = r * classes + Math.max(0, targets[r]);
        }
        INDArray picked = arena.take(rows);
        Ops.gather(Ops.view(a, rows * classes), arena.indices(flat), 0, picked);
        return picked.data().asDouble();
    }

    private void subtractTargets(INDArray p, int[] targets, double[] hasTarget, Memory.Arena arena) {
        INDArray mask = arena.take(rows, 1);
        mask.data().setData(hasTarget);
        Ops.multiply(p, mask, p);
        INDArray oneHot = arena.take(rows, classes);
        Ops.oneHot(arena.indices(targets), classes, oneHot);
        Ops.subtract(p, oneHot, p);
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
        Nd4jTensor result = memory.make(rows, classes);
        if (rows > 0) {
            Ops.scale(gradient.array("logits"), scale, result.array("result"));
        }
        return result;
    }

    @Override
    public double[] pushforward(Tensor tangents) {
        if (rows == 0) {
            arguments.ofShape("tangents", tangents, 0, classes);
            return new double[0];
        }
        int k = arguments.copies("tangents", tangents, rows, classes);
        double[] derivatives = new double[k];
        if (k == 0) {
            return derivatives;
        }
        double[] byRow;
        try (Memory.Arena arena = memory.arena()) {
            INDArray products = arena.take(k, rows, classes);
            Ops.multiply(
                    Ops.view(arguments.array("tangents", tangents), k, rows, classes),
                    Ops.view(gradient.array("logits"), 1, rows, classes),
                    products);
            INDArray sums = arena.take(k, rows, 1);
            Ops.sumLast(products, sums);
            byRow = sums.data().asDouble();
        }
        for (int i = 0; i < byRow.length; i++) {
            derivatives[i / rows] += byRow[i];
        }
        return derivatives;
    }
}
