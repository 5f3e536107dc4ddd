package io.reprise.backend.cpu;

import io.reprise.backend.Activation;
import io.reprise.backend.AdamSettings;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.ProductKernel.Start;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Float32 on this machine's cores. A row's bits depend neither on the rows beside it nor on threads, and are the same from SIMD
 * and plain kernels.
 */
public final class CpuBackend implements Backend {
    private final Engine engine;

    /** With one thread per core. */
    public CpuBackend() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /** @param threads the calling thread included */
    public CpuBackend(int threads) {
        this(threads, Kernels.choose());
    }

    CpuBackend(int threads, Kernels kernels) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads = " + threads + ", expected at least 1");
        }
        this.engine = new Engine(kernels, threads);
    }

    /** Lets the JIT compile the kernels. */
    @Override
    public void warmUp() {
        WarmUp.start(engine.kernels());
    }

    @Override
    public void warmUpDerivatives() {
        WarmUp.startDerivatives(engine.kernels());
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        int threads = engine.workers().threads();
        return "cpu, " + threads + (threads == 1 ? " thread, " : " threads, ")
                + engine.kernels().description();
    }

    @Override
    public DType dtype() {
        return DType.FLOAT32;
    }

    private CpuTensor allocate(Shape shape) {
        return engine.memory().allocate(shape);
    }

    @Override
    public Tensor upload(Shape shape, float[] values) {
        CpuTensor tensor = allocate(checkSize(shape, values.length));
        System.arraycopy(values, 0, tensor.data(), 0, values.length);
        return tensor;
    }

    @Override
    public Tensor upload(Shape shape, double[] values) {
        CpuTensor tensor = allocate(checkSize(shape, values.length));
        float[] data = tensor.data();
        for (int i = 0; i < values.length; i++) {
            data[i] = (float) values[i];
        }
        return tensor;
    }

    @Override
    public Tensor upload(Shape shape, Consumer<float[]> fill) {
        CpuTensor tensor = allocate(shape);
        try {
            fill.accept(tensor.data());
            return tensor;
        } catch (RuntimeException | Error e) {
            tensor.close();
            throw e;
        }
    }

    private static Shape checkSize(Shape shape, int length) {
        if (shape.size() != length) {
            throw new IllegalArgumentException(length + " values for a tensor " + shape + ", expected " + shape.size());
        }
        return shape;
    }

    @Override
    public Tensor zeros(Shape shape) {
        CpuTensor tensor = allocate(shape);
        Arrays.fill(tensor.data(), 0f);
        return tensor;
    }

    @Override
    public float[] download(Tensor tensor) {
        return Arguments.tensor(tensor, "tensor").data().clone();
    }

    @Override
    public double[] downloadDoubles(Tensor tensor) {
        float[] data = Arguments.tensor(tensor, "tensor").data();
        double[] values = new double[data.length];
        for (int i = 0; i < data.length; i++) {
            values[i] = data[i];
        }
        return values;
    }

    @Override
    public void write(Tensor target, float[] values) {
        CpuTensor to = Arguments.tensor(target, "target");
        checkSize(to.shape(), values.length);
        System.arraycopy(values, 0, to.data(), 0, values.length);
    }

    @Override
    public void clear(Tensor target) {
        Arrays.fill(Arguments.tensor(target, "target").data(), 0f);
    }

    @Override
    public Scope scope() {
        return engine.memory().open();
    }

    @Override
    public <T> T outsideScopes(Supplier<T> make) {
        return engine.memory().outsideScopes(make);
    }

    @Override
    public void parallel(int tasks, IntConsumer task) {
        engine.workers().run(tasks, task);
    }

    @Override
    public Tensor embed(Tensor table, int[] ids) {
        return pickRows(Arguments.matrix(table, "table"), "table", ids);
    }

    @Override
    public Tensor rows(Tensor x, int[] rows) {
        return pickRows(Arguments.matrix(x, "x"), "x", rows);
    }

    private Tensor pickRows(CpuTensor from, String name, int[] rows) {
        int d = from.columns();
        checkRows(from, name, rows);
        CpuTensor out = engine.allocate(rows.length, d);
        float[] x = from.data();
        float[] y = out.data();
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(x, rows[i] * d, y, i * d, d);
        }
        return out;
    }

    private static void checkRows(CpuTensor tensor, String name, int[] rows) {
        for (int row : rows) {
            if (row < 0 || row >= tensor.rows()) {
                throw new IllegalArgumentException("row " + row + " of " + name + " " + tensor.shape()
                        + " was asked for; expected 0.." + (tensor.rows() - 1));
            }
        }
    }

    @Override
    public void embedPullback(int[] ids, Tensor cotangent, Tensor tableGradient) {
        CpuTensor sum = Arguments.matrix(tableGradient, "tableGradient");
        int d = sum.columns();
        CpuTensor u = Arguments.matrix(cotangent, "cotangent", d);
        if (u.rows() != ids.length) {
            throw new IllegalArgumentException(
                    "cotangent is " + u.shape() + ", expected one row for each of " + ids.length + " ids");
        }
        checkRows(sum, "tableGradient", ids);
        PointwiseKernel kernel = engine.kernels().pointwise();
        float[] to = sum.data();
        float[] from = u.data();
        for (int i = 0; i < ids.length; i++) {
            kernel.add(to, ids[i] * d, from, i * d, to, ids[i] * d, d);
        }
    }

    @Override
    public Applied linear(Tensor x, Tensor weight, Layout layout, Optional<Tensor> bias, Activation activation) {
        return new LinearBlock(engine, x, weight, layout, bias, activation);
    }

    @Override
    public Applied layerNorm(Tensor x, Optional<Tensor> gain, Optional<Tensor> bias, double epsilon) {
        return new LayerNormBlock(engine, x, gain, bias, epsilon);
    }

    @Override
    public Applied activation(Tensor x, Activation activation) {
        return new ActivationBlock(engine, x, activation);
    }

    @Override
    public Applied rotary(Tensor qkv, AttentionSpec spec, int rotaryDim, double base, int firstPosition) {
        return new RotaryBlock(engine, qkv, spec, rotaryDim, base, firstPosition);
    }

    @Override
    public Attention attention(Tensor qkv, AttentionSpec spec) {
        return new AttentionBlock(engine, qkv, spec);
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        CpuTensor x = Arguments.tensor(a, "a");
        CpuTensor y = Arguments.tensor(b, "b");
        int n = y.shape().size();
        checkFolds(x, "a", y, "b");
        CpuTensor out = allocate(x.shape());
        float[] from = x.data();
        float[] repeated = y.data();
        float[] to = out.data();
        for (int at = 0; at < from.length; at += n) {
            int first = at;
            engine.split(n, 1024, 2L * n, (begin, end) -> engine.kernels()
                    .pointwise()
                    .add(from, first + begin, repeated, begin, to, first + begin, end - begin));
        }
        return out;
    }

    /** The rows of {@code small} are repeated to those of {@code large}. */
    private static void checkFolds(CpuTensor large, String largeName, CpuTensor small, String smallName) {
        boolean folds = large.columns() == small.columns()
                && (small.rows() == 0 ? large.rows() == 0 : large.rows() % small.rows() == 0);
        if (!folds) {
            throw new IllegalArgumentException(smallName + " is " + small.shape() + ", expected " + large.columns()
                    + " columns and rows that divide those of " + largeName + " " + large.shape());
        }
    }

    @Override
    public void addFolded(Tensor target, Tensor x) {
        CpuTensor sum = Arguments.tensor(target, "target");
        CpuTensor from = Arguments.tensor(x, "x");
        checkFolds(from, "x", sum, "target");
        int n = sum.shape().size();
        if (n > 0) {
            float[] to = sum.data();
            float[] parts = from.data();
            engine.split(n, 1024, parts.length, (begin, end) -> engine.kernels()
                    .pointwise()
                    .addRows(to, begin, parts, begin, n, parts.length / n, end - begin));
        }
    }

    @Override
    public Tensor matmul(Tensor a, Tensor b) {
        CpuTensor x = Arguments.matrix(a, "a");
        CpuTensor y = Arguments.matrix(b, "b");
        int k = x.columns();
        int n = y.columns();
        if (y.rows() != k) {
            throw new IllegalArgumentException("b is " + y.shape() + ", expected [" + k + ", n] for a " + x.shape());
        }
        CpuTensor out = engine.allocate(x.rows(), n);
        engine.multiply(x.rows(), n, k, x.data(), k, 1, y.data(), n, 1, out.data(), n, Start.EMPTY, null);
        return out;
    }

    @Override
    public CrossEntropy crossEntropy(Tensor logits, int[] targets) {
        return new CrossEntropyBlock(engine, logits, targets);
    }

    @Override
    public Tensor columns(Tensor x, int from, int to) {
        CpuTensor source = Arguments.matrix(x, "x");
        int d = source.columns();
        if (from < 0 || to < from || to > d) {
            throw new IllegalArgumentException(
                    "columns " + from + " to " + to + " of x " + source.shape() + " are not there");
        }
        CpuTensor out = engine.allocate(source.rows(), to - from);
        float[] data = source.data();
        float[] copy = out.data();
        for (int row = 0; row < source.rows(); row++) {
            System.arraycopy(data, row * d + from, copy, row * (to - from), to - from);
        }
        return out;
    }

    @Override
    public Tensor joinColumns(List<Tensor> parts) {
        int rows = Arguments.matrix(parts.get(0), "parts[0]").rows();
        int columns = parts.stream().mapToInt(part -> part.shape().columns()).sum();
        CpuTensor out = engine.allocate(rows, columns);
        float[] to = out.data();
        int at = 0;
        for (Tensor tensor : parts) {
            CpuTensor part = Arguments.matrix(tensor, "a part");
            if (part.rows() != rows) {
                throw new IllegalArgumentException(
                        "a part is " + part.shape() + ", expected " + rows + " rows as parts[0] has");
            }
            float[] from = part.data();
            for (int row = 0; row < rows; row++) {
                System.arraycopy(from, row * part.columns(), to, row * columns + at, part.columns());
            }
            at += part.columns();
        }
        return out;
    }

    @Override
    public void addMixed(Tensor target, Tensor weights, Tensor stack) {
        new Stacks(engine).addMixed(target, weights, stack);
    }

    @Override
    public Tensor dots(List<Tensor> a, List<Tensor> b, int rows) {
        return new Stacks(engine).dots(a, b, rows);
    }

    @Override
    public Tensor linearByBlock(Tensor x, Tensor weight, Layout layout, int blocks) {
        return new Stacks(engine).linearByBlock(x, weight, layout, blocks);
    }

    @Override
    public void sum(Tensor target, List<Tensor> parts) {
        CpuTensor to = Arguments.tensor(target, "target");
        float[] sum = to.data();
        if (parts.isEmpty()) {
            Arrays.fill(sum, 0f);
            return;
        }
        PointwiseKernel kernel = engine.kernels().pointwise();
        float[] first = Arguments.shaped(parts.get(0), "parts[0]", to.shape()).data();
        if (parts.size() == 1) {
            System.arraycopy(first, 0, sum, 0, sum.length);
        }
        for (int i = 1; i < parts.size(); i++) {
            float[] part = Arguments.shaped(parts.get(i), "a part", to.shape()).data();
            kernel.add(i == 1 ? first : sum, 0, part, 0, sum, 0, sum.length);
        }
    }

    @Override
    public double sumOfSquares(Tensor x) {
        return Sums.ofSquares(Arguments.tensor(x, "x").data());
    }

    @Override
    public void adamStep(
            Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamSettings settings) {
        CpuTensor w = Arguments.tensor(weight, "weight");
        float[] g = Arguments.shaped(gradient, "gradient", w.shape()).data();
        float[] m = Arguments.shaped(firstMoment, "firstMoment", w.shape()).data();
        float[] v = Arguments.shaped(secondMoment, "secondMoment", w.shape()).data();
        float[] weights = w.data();
        AdamFactors factors = AdamFactors.of(settings);
        engine.split(g.length, 1024, 8L * g.length, (from, to) -> engine.kernels()
                .pointwise()
                .adam(weights, g, m, v, from, to, factors));
    }

    @Override
    public void close() {
        engine.workers().close();
    }
}
