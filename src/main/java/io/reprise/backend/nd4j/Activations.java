package io.reprise.backend.nd4j;

import io.reprise.backend.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Values and derivatives of the pointwise non-linearities, composed: M2.1's GELU is a sigmoid approximation and its PreciseGELU
 * drops the cubic term.
 */
final class Activations {
    private static final double SQRT_2_OVER_PI = Math.sqrt(2.0 / Math.PI);
    /** Hendrycks and Gimpel 2016, section 2. */
    private static final double CUBIC = 0.044715;

    private Activations() {}

    /** out = f(x); out is not x. */
    static void value(Activation activation, INDArray x, INDArray out) {
        switch (activation) {
            case NONE -> Ops.copy(x, out);
            case RELU -> Ops.relu(x, out);
            case GELU -> {
                cumulative(x, out);
                Ops.multiply(out, x, out);
            }
            case GELU_NEW -> {
                tanhOfInner(x, out);
                Ops.shift(out, 1.0, out);
                Ops.multiply(out, x, out);
                Ops.scale(out, 0.5, out);
            }
        }
    }

    /** out = f'(x); out is not x. At 0, relu's is 0, as in PyTorch. */
    static void derivative(Activation activation, INDArray x, INDArray out, INDArray scratch) {
        switch (activation) {
            case NONE -> out.assign(1.0);
            case RELU -> Ops.step(x, out);
            case GELU -> {
                // Φ(x) + x·φ(x), φ(x) = exp(-x²/2)/√(2π)
                Ops.multiply(x, x, scratch);
                Ops.scale(scratch, -0.5, scratch);
                Ops.exp(scratch, scratch);
                Ops.multiply(scratch, x, scratch);
                Ops.scale(scratch, 1.0 / Math.sqrt(2.0 * Math.PI), scratch);
                cumulative(x, out);
                Ops.add(out, scratch, out);
            }
            case GELU_NEW -> {
                // 0.5(1 + t) + 0.5x(1 - t²)·√(2/π)(1 + 3·0.044715x²), t = tanh(√(2/π)(x + 0.044715x³))
                tanhOfInner(x, out);
                Ops.multiply(out, out, scratch);
                Ops.scale(scratch, -1.0, scratch);
                Ops.shift(scratch, 1.0, scratch);
                Ops.multiply(scratch, x, scratch);
                Ops.shift(out, 1.0, out);
                // scratch·√(2/π) + scratch·√(2/π)·3·0.044715·x·x is added to out term by term
                Ops.scale(scratch, SQRT_2_OVER_PI, scratch);
                Ops.add(out, scratch, out);
                Ops.multiply(scratch, x, scratch);
                Ops.multiply(scratch, x, scratch);
                Ops.scale(scratch, 3.0 * CUBIC, scratch);
                Ops.add(out, scratch, out);
                Ops.scale(out, 0.5, out);
            }
        }
    }

    /** out = Φ(x) = (1 + erf(x/√2))/2. */
    private static void cumulative(INDArray x, INDArray out) {
        Ops.scale(x, Math.sqrt(0.5), out);
        Ops.erf(out, out);
        Ops.shift(out, 1.0, out);
        Ops.scale(out, 0.5, out);
    }

    private static void tanhOfInner(INDArray x, INDArray out) {
        Ops.multiply(x, x, out);
        Ops.scale(out, CUBIC, out);
        Ops.shift(out, 1.0, out);
        Ops.multiply(out, x, out);
        Ops.scale(out, SQRT_2_OVER_PI, out);
        Ops.tanh(out, out);
    }
}
