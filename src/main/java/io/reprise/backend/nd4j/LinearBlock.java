package io.reprise.backend.nd4j;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.tensor.Tensor;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** f(x·W + b); keeps x·W + b where f needs it. */
final class LinearBlock implements Applied {
    private final Memory memory;
    private final Arguments arguments;
    private final Tensor x; // [rows, in]
    private final Tensor weight;
    private final Layout layout;
    private final Optional<Tensor> bias; // [out]
    private final Activation activation;
    private final int rows;
    private final int in;
    private final int out;
    private final Nd4jTensor before; // [rows, out], x·W + b
    private final Nd4jTensor value; // [rows, out]

    LinearBlock(
            Memory memory,
            Arguments arguments,
            Tensor x,
            Tensor weight,
            Layout layout,
            Optional<Tensor> bias,
            Activation activation) {
        this.memory = memory;
        this.arguments = arguments;
        this.x = x;
        this.weight = weight;
        this.layout = layout;
        this.bias = bias;
        this.activation = activation;
        this.rows = x.shape().dim(0);
        this.in = x.shape().dim(1);
        this.out = width(weight, layout);
        this.before = memory.make(rows, out);
        INDArray sum = before.array("value");
        Ops.product(input(), false, weights(), layout == Layout.OUT_IN, sum);
        bias.ifPresent(b -> Ops.add(sum, arguments.array("bias", b), sum));
        if (activation == Activation.NONE) {
            this.value = before;
        } else {
            this.value = memory.make(rows, out);
            Activations.value(activation, sum, value.array("value"));
        }
    }

    /** Features out of a linear map with this weight. */
    static int width(Tensor weight, Layout layout) {
        return weight.shape().dim(layout == Layout.IN_OUT ? 1 : 0);
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        int k = arguments.copies("tangents", tangents, rows, in);
        Nd4jTensor result = memory.make(k * rows, out);
        if (k == 0) {
            return result;
        }
        INDArray pushed = result.array("result");
        Ops.product(arguments.array("tangents", tangents), false, weights(), layout == Layout.OUT_IN, pushed);
        try (Memory.Arena arena = memory.arena()) {
            timesDerivative(pushed, k, pushed, arena);
        }
        return result;
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        int k = arguments.cotangentCopies(cotangents, rows, out, gradients);
        Nd4jTensor result = memory.make(k * rows, in);
        if (k == 0) {
            return result;
        }
        try (Memory.Arena arena = memory.arena()) {
            INDArray inner = arguments.array("cotangents", cotangents);
            if (activation != Activation.NONE) {
                INDArray product = arena.take(k * rows, out);
                timesDerivative(inner, k, product, arena);
                inner = product;
            }
            Ops.product(inner, false, weights(), layout == Layout.IN_OUT, result.array("result"));
            addWeightGradient(inner, gradients, arena);
            addBiasGradient(inner, gradients, arena);
        }
        return result;
    }

    /** out = a ⊙ f'(x·W + b), the derivative repeated over the k copies in a. */
    private void timesDerivative(INDArray a, int k, INDArray product, Memory.Arena arena) {
        if (activation == Activation.NONE) {
            return;
        }
        INDArray derivative = arena.take(rows, out);
        Activations.derivative(activation, before.array("value"), derivative, arena.take(rows, out));
        Ops.multiply(Ops.view(a, k, rows, out), Ops.view(derivative, 1, rows, out), Ops.view(product, k, rows, out));
    }

    private void addWeightGradient(INDArray inner, Gradients gradients, Memory.Arena arena) {
        arguments.accumulator("weight", weight, gradients).ifPresent(target -> {
            INDArray gradient = arena.take(weight.shape().toArray());
            if (layout == Layout.IN_OUT) {
                Ops.product(input(), true, inner, false, gradient);
            } else {
                Ops.product(inner, true, input(), false, gradient);
            }
            Ops.add(target, gradient, target);
        });
    }

    private void addBiasGradient(INDArray inner, Gradients gradients, Memory.Arena arena) {
        bias.flatMap(b -> arguments.accumulator("bias", b, gradients)).ifPresent(target -> {
            INDArray gradient = arena.take(out);
            Ops.sumFirst(inner, gradient);
            Ops.add(target, gradient, target);
        });
    }

    private INDArray input() {
        return arguments.array("x", x);
    }

    private INDArray weights() {
        return arguments.array("weight", weight);
    }
}
