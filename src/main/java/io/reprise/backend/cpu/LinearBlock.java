package io.reprise.backend.cpu;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Gradients;
import io.reprise.backend.Layout;
import io.reprise.backend.cpu.ProductKernel.Start;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/** f(x·W + b). With an activation, f'(x·W + b) is made along with the value and kept for the derivatives. */
final class LinearBlock implements Applied {
    private final Engine engine;
    private final CpuTensor x;
    private final CpuTensor weight;
    private final Layout layout;
    private final CpuTensor bias;
    private final CpuTensor slope;
    private final CpuTensor value;
    private final int in;
    private final int out;

    LinearBlock(Engine engine, Tensor x, Tensor weight, Layout layout, Optional<Tensor> bias, Activation activation) {
        this.engine = engine;
        this.x = Arguments.matrix(x, "x");
        this.weight = Arguments.matrix(weight, "weight");
        this.layout = layout;
        this.in = weight.shape().dim(layout == Layout.IN_OUT ? 0 : 1);
        this.out = weight.shape().dim(layout == Layout.IN_OUT ? 1 : 0);
        if (this.x.columns() != in) {
            throw new IllegalArgumentException("x is " + x.shape() + ", expected [rows, " + in + "] for weight "
                    + weight.shape() + " stored as " + layout);
        }
        this.bias = Arguments.vector(bias, "bias", out);
        int rows = this.x.rows();
        CpuTensor sum = engine.allocate(rows, out);
        product(this.x.data(), rows, sum.data(), this.bias);
        if (activation == Activation.NONE) {
            this.value = sum;
            this.slope = null;
        } else {
            this.value = engine.allocate(rows, out);
            this.slope = sum;
            float[] from = sum.data();
            float[] to = value.data();
            engine.split(from.length, 1024, 32L * from.length, (begin, end) -> engine.kernels()
                    .pointwise()
                    .activateKeepingSlope(activation, from, to, begin, end));
        }
    }

    /** y = v·W (+ bias). */
    private void product(float[] v, int rows, float[] y, CpuTensor start) {
        boolean inOut = layout == Layout.IN_OUT;
        engine.multiply(
                rows,
                out,
                in,
                v,
                in,
                1,
                weight.data("weight"),
                inOut ? out : 1,
                inOut ? 1 : in,
                y,
                out,
                start == null ? Start.EMPTY : Start.BIAS,
                Arguments.dataOrNull(start));
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        CpuTensor v = Arguments.copies(tangents, "tangents", x.rows(), in);
        CpuTensor y = engine.allocate(v.rows(), out);
        product(v.data(), v.rows(), y.data(), null);
        if (slope != null) {
            Slopes.multiply(engine, y.data(), slope.data(), y.data());
        }
        return y;
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        CpuTensor u = Arguments.copies(cotangents, "cotangents", x.rows(), out);
        float[] inner = u.data();
        CpuTensor product = null;
        if (slope != null) {
            product = engine.allocate(u.rows(), out);
            Slopes.multiply(engine, inner, slope.data(), product.data());
            inner = product.data();
        }
        boolean inOut = layout == Layout.IN_OUT;
        CpuTensor result = engine.allocate(u.rows(), in);
        engine.multiply(
                u.rows(),
                in,
                out,
                inner,
                out,
                1,
                weight.data("weight"),
                inOut ? 1 : in,
                inOut ? out : 1,
                result.data(),
                in,
                Start.EMPTY,
                null);
        Optional<Tensor> weightGradient = gradients.of(weight);
        if (weightGradient.isPresent()) {
            Arguments.one(u, x.rows());
            addWeightGradient(inner, weightGradient.get());
        }
        Optional<Tensor> biasGradient = bias == null ? Optional.empty() : gradients.of(bias);
        if (biasGradient.isPresent()) {
            Arguments.one(u, x.rows());
            float[] sum = Arguments.shaped(biasGradient.get(), "gradient of bias", bias.shape())
                    .data();
            engine.kernels().pointwise().addRows(sum, 0, inner, 0, out, u.rows(), out);
        }
        if (product != null) {
            product.close();
        }
        return result;
    }

    /** += xᵀ·u, or uᵀ·x if the weight is stored [out, in]. */
    private void addWeightGradient(float[] u, Tensor gradient) {
        Shape shape = weight.shape();
        float[] sum = Arguments.shaped(gradient, "gradient of weight", shape).data();
        boolean inOut = layout == Layout.IN_OUT;
        float[] a = inOut ? x.data("x") : u;
        float[] b = inOut ? u : x.data("x");
        engine.multiply(
                shape.dim(0),
                shape.dim(1),
                x.rows(),
                a,
                1,
                shape.dim(0),
                b,
                shape.dim(1),
                1,
                sum,
                shape.dim(1),
                Start.SUM,
                null);
    }
}
