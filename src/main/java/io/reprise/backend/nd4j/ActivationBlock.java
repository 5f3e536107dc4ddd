package io.reprise.backend.nd4j;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/** f(x) point by point; the Jacobian is diagonal, so both directions are one product. */
final class ActivationBlock implements Applied {
    private final Memory memory;
    private final Arguments arguments;
    private final Tensor x; // [rows, d]
    private final Activation activation;
    private final int rows;
    private final int d;
    private final Nd4jTensor value; // [rows, d]

    ActivationBlock(Memory memory, Arguments arguments, Tensor x, Activation activation) {
        this.memory = memory;
        this.arguments = arguments;
        this.x = x;
        this.activation = activation;
        this.rows = x.shape().dim(0);
        this.d = x.shape().dim(1);
        this.value = memory.make(rows, d);
        Activations.value(activation, arguments.array("x", x), value.array("value"));
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        return timesDerivative("tangents", tangents, arguments.copies("tangents", tangents, rows, d));
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        return timesDerivative("cotangents", cotangents, arguments.cotangentCopies(cotangents, rows, d, gradients));
    }

    private Tensor timesDerivative(String name, Tensor a, int k) {
        Nd4jTensor result = memory.make(k * rows, d);
        if (k == 0) {
            return result;
        }
        try (Memory.Arena arena = memory.arena()) {
            INDArray derivative = arena.take(rows, d);
            Activations.derivative(activation, arguments.array("x", x), derivative, arena.take(rows, d));
            Ops.multiply(
                    Ops.view(arguments.array(name, a), k, rows, d),
                    Ops.view(derivative, 1, rows, d),
                    Ops.view(result.array("result"), k, rows, d));
        }
        return result;
    }
}
