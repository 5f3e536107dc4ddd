package io.reprise.backend.nd4j;

import io.reprise.backend.Applied;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y = x ⊙ cos + partner(x) ⊙ sin over whole packed rows, where partner swaps the two halves of the rotated features and sin
 * carries the sign of the rotation; v and the features past rotaryDim have cos 1 and sin 0. A rotation's transpose turns the
 * other way: the same with -sin.
 */
final class RotaryBlock implements Applied {
    private final Memory memory;
    private final Arguments arguments;
    private final int rows;
    private final int length;
    private final int columns;
    private final int[] partners; // [3·width]
    private final Nd4jTensor cos; // [1, length·3·width]
    private final Nd4jTensor sin; // [1, length·3·width]
    private final Nd4jTensor value; // [rows, 3·width]

    RotaryBlock(
            Memory memory,
            Arguments arguments,
            Tensor qkv,
            AttentionSpec spec,
            int rotaryDim,
            double base,
            int firstPosition) {
        this.memory = memory;
        this.arguments = arguments;
        this.rows = spec.rows();
        this.length = spec.length();
        this.columns = 3 * spec.width();
        this.partners = new int[columns];
        double[] cosines = new double[length * columns];
        double[] sines = new double[length * columns];
        fill(spec, rotaryDim, base, firstPosition, cosines, sines);
        this.cos = memory.make(1, length * columns);
        this.sin = memory.make(1, length * columns);
        cos.array("cos").data().setData(cosines);
        sin.array("sin").data().setData(sines);
        this.value = memory.make(rows, columns);
        rotate(arguments.array("qkv", qkv), 1, value.array("value"));
    }

    private void fill(
            AttentionSpec spec, int rotaryDim, double base, int firstPosition, double[] cosines, double[] sines) {
        int half = rotaryDim / 2;
        for (int c = 0; c < columns; c++) {
            int feature = c % spec.dHead();
            boolean rotated = c < 2 * spec.width() && feature < rotaryDim;
            boolean firstHalf = feature < half;
            partners[c] = !rotated ? c : firstHalf ? c + half : c - half;
            int pair = firstHalf ? feature : feature - half;
            for (int p = 0; p < length; p++) {
                double angle = rotated ? (firstPosition + p) * Math.pow(base, -2.0 * pair / rotaryDim) : 0.0;
                cosines[p * columns + c] = Math.cos(angle);
                sines[p * columns + c] = firstHalf ? -Math.sin(angle) : Math.sin(angle);
            }
        }
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        int k = arguments.copies("tangents", tangents, rows, columns);
        Nd4jTensor result = memory.make(k * rows, columns);
        if (k > 0) {
            rotate(arguments.array("tangents", tangents), 1, result.array("result"));
        }
        return result;
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        int k = arguments.cotangentCopies(cotangents, rows, columns, gradients);
        Nd4jTensor result = memory.make(k * rows, columns);
        if (k > 0) {
            rotate(arguments.array("cotangents", cotangents), -1, result.array("result"));
        }
        return result;
    }

    private void rotate(INDArray x, int direction, INDArray out) {
        int all = (int) x.size(0);
        try (Memory.Arena arena = memory.arena()) {
            INDArray partner = arena.take(all, columns);
            Ops.gather(x, arena.indices(partners), 1, partner);
            INDArray bySequence = Ops.view(partner, all / length, length * columns);
            Ops.multiply(bySequence, sin.array("sin"), bySequence);
            INDArray outBySequence = Ops.view(out, all / length, length * columns);
            Ops.multiply(Ops.view(x, all / length, length * columns), cos.array("cos"), outBySequence);
            if (direction > 0) {
                Ops.add(out, partner, out);
            } else {
                Ops.subtract(out, partner, out);
            }
        }
    }
}
