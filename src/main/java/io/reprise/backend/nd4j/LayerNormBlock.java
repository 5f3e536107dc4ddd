package io.reprise.backend.nd4j;

import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * (x - mean)/√(var + ε)·gain + bias, composed: M2.1's layer norm has no ε. With x̂ the normalised x and s = 1/√(var + ε), the
 * Jacobian of x ↦ x̂ is the symmetric s·(I - 11ᵀ/d - x̂x̂ᵀ/d), so one function serves both directions.
 */
final class LayerNormBlock implements Applied {
    private final Memory memory;
    private final Arguments arguments;
    private final Optional<Tensor> gain; // [d]
    private final Optional<Tensor> bias; // [d]
    private final int rows;
    private final int d;
    private final Nd4jTensor normalized; // [rows, d], x̂
    private final Nd4jTensor inverse; // [rows, 1], s
    private final Nd4jTensor value; // [rows, d]

    LayerNormBlock(
            Memory memory,
            Arguments arguments,
            Tensor x,
            Optional<Tensor> gain,
            Optional<Tensor> bias,
            double epsilon) {
        this.memory = memory;
        this.arguments = arguments;
        this.gain = gain;
        this.bias = bias;
        this.rows = x.shape().dim(0);
        this.d = x.shape().dim(1);
        this.normalized = memory.make(rows, d);
        this.inverse = memory.make(rows, 1);
        this.value = memory.make(rows, d);
        normalize(arguments.array("x", x), epsilon);
        INDArray out = value.array("value");
        Ops.copy(normalized.array("value"), out);
        gain.ifPresent(g -> Ops.multiply(out, arguments.array("gain", g), out));
        bias.ifPresent(b -> Ops.add(out, arguments.array("bias", b), out));
    }

    private void normalize(INDArray x, double epsilon) {
        INDArray centered = normalized.array("value");
        INDArray s = inverse.array("value");
        try (Memory.Arena arena = memory.arena()) {
            INDArray mean = arena.take(rows, 1);
            Ops.sumLast(x, mean);
            Ops.scale(mean, 1.0 / d, mean);
            Ops.subtract(x, mean, centered);
            INDArray squares = arena.take(rows, d);
            Ops.multiply(centered, centered, squares);
            Ops.sumLast(squares, s);
            Ops.scale(s, 1.0 / d, s);
            Ops.shift(s, epsilon, s);
            Ops.sqrt(s, s);
            Ops.reciprocal(s, s);
            Ops.multiply(centered, s, centered);
        }
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        int k = arguments.copies("tangents", tangents, rows, d);
        Nd4jTensor result = memory.make(k * rows, d);
        if (k > 0) {
            INDArray out = result.array("result");
            jacobian(arguments.array("tangents", tangents), k, out);
            gain.ifPresent(g -> Ops.multiply(out, arguments.array("gain", g), out));
        }
        return result;
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        int k = arguments.cotangentCopies(cotangents, rows, d, gradients);
        Nd4jTensor result = memory.make(k * rows, d);
        if (k == 0) {
            return result;
        }
        INDArray u = arguments.array("cotangents", cotangents);
        try (Memory.Arena arena = memory.arena()) {
            INDArray inner = u;
            if (gain.isPresent()) {
                inner = arena.take(k * rows, d);
                Ops.multiply(u, arguments.array("gain", gain.get()), inner);
            }
            jacobian(inner, k, result.array("result"));
            gain.flatMap(g -> arguments.accumulator("gain", g, gradients)).ifPresent(target -> {
                INDArray products = arena.take(rows, d);
                Ops.multiply(u, normalized.array("value"), products);
                addColumnSums(products, target, arena);
            });
            bias.flatMap(b -> arguments.accumulator("bias", b, gradients))
                    .ifPresent(target -> addColumnSums(u, target, arena));
        }
        return result;
    }

    private void addColumnSums(INDArray a, INDArray target, Memory.Arena arena) {
        INDArray sums = arena.take(d);
        Ops.sumFirst(a, sums);
        Ops.add(target, sums, target);
    }

    /** out = s·(v - mean(v) - x̂·mean(v ⊙ x̂)) per row of the k copies in v. */
    private void jacobian(INDArray v, int k, INDArray out) {
        INDArray v3 = Ops.view(v, k, rows, d);
        INDArray out3 = Ops.view(out, k, rows, d);
        INDArray x3 = Ops.view(normalized.array("value"), 1, rows, d);
        INDArray s3 = Ops.view(inverse.array("value"), 1, rows, 1);
        try (Memory.Arena arena = memory.arena()) {
            INDArray products = arena.take(k, rows, d);
            INDArray mean = arena.take(k, rows, 1);
            Ops.multiply(v3, x3, products);
            Ops.sumLast(products, mean);
            Ops.scale(mean, 1.0 / d, mean);
            Ops.multiply(mean, x3, products);
            Ops.sumLast(v3, mean);
            Ops.scale(mean, 1.0 / d, mean);
            Ops.subtract(v3, mean, out3);
            Ops.subtract(out3, products, out3);
            Ops.multiply(out3, s3, out3);
        }
    }
}
