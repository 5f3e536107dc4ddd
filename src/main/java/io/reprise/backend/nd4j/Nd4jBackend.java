package io.reprise.backend.nd4j;

import io.reprise.backend.Activation;
import io.reprise.backend.AdamSettings;
import io.reprise.backend.Applied;
import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The building blocks as library operations of ND4J, in float32 or float64, on the CPU or (Maven profile `cuda`) a GPU. The
 * reference for the other backend and the precision of gradient checks; slower, since each operation costs 10–100 µs.
 *
 * <p>ND4J starts when the first instance is made. Tasks of {@link #parallel} run one after the other on the caller's thread:
 * the library spreads single operations over the cores itself.
 */
public final class Nd4jBackend implements Backend {
    private final Memory memory;
    private final Arguments arguments;
    private final String description;

    /**
     * @throws IllegalArgumentException if ND4J is the CUDA build and a GPU is missing or not one it can serve
     * @throws IllegalStateException if ND4J has no native library for this machine
     */
    public Nd4jBackend(DType dtype) {
        this(dtype, array -> {});
    }

    /** @param onReturn sees every array that is given back, before it is used again; for tests */
    Nd4jBackend(DType dtype, Consumer<INDArray> onReturn) {
        if (Cuda.onClassPath()) {
            Cuda.requireServed();
        }
        this.memory = new Memory(dtype, onReturn);
        this.arguments = new Arguments(memory);
        this.description = start(dtype);
    }

    private static String start(DType dtype) {
        try {
            Properties facts = Nd4j.getExecutioner().getEnvironmentInformation();
            return "ND4J " + facts.getProperty("backend", "CPU") + " (" + facts.get("blas.vendor") + "), "
                    + dtype.name().toLowerCase(Locale.ROOT) + ", " + facts.get("omp.threads") + " threads";
        } catch (LinkageError | RuntimeException broken) {
            throw new IllegalStateException(
                    "ND4J could not start on this machine (" + broken + "); use backend: cpu", broken);
        }
    }

    Memory memory() {
        return memory;
    }

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public DType dtype() {
        return memory.dtype();
    }

    @Override
    public Tensor upload(Shape shape, float[] values) {
        requireSize("values", values.length, shape);
        Nd4jTensor tensor = memory.make(shape);
        if (values.length > 0) {
            tensor.array("values").data().setData(values);
        }
        return tensor;
    }

    @Override
    public Tensor upload(Shape shape, double[] values) {
        requireSize("values", values.length, shape);
        Nd4jTensor tensor = memory.make(shape);
        if (values.length > 0) {
            tensor.array("values").data().setData(values);
        }
        return tensor;
    }

    @Override
    public Tensor zeros(Shape shape) {
        Tensor tensor = memory.make(shape);
        clear(tensor);
        return tensor;
    }

    @Override
    public float[] download(Tensor tensor) {
        INDArray array = arguments.array("tensor", tensor);
        return array.isEmpty() ? new float[0] : array.data().asFloat();
    }

    @Override
    public double[] downloadDoubles(Tensor tensor) {
        INDArray array = arguments.array("tensor", tensor);
        return array.isEmpty() ? new double[0] : array.data().asDouble();
    }

    @Override
    public void write(Tensor target, float[] values) {
        INDArray array = arguments.array("target", target);
        requireSize("values", values.length, target.shape());
        if (values.length > 0) {
            array.data().setData(values);
        }
    }

    @Override
    public void clear(Tensor target) {
        INDArray array = arguments.array("target", target);
        if (!array.isEmpty()) {
            array.assign(0.0);
        }
    }

    @Override
    public Scope scope() {
        return memory.open();
    }

    @Override
    public <T> T outsideScopes(Supplier<T> make) {
        return memory.outsideScopes(make);
    }

    @Override
    public void parallel(int tasks, IntConsumer task) {
        for (int i = 0; i < tasks; i++) {
            task.accept(i);
        }
    }

    @Override
    public Tensor embed(Tensor table, int[] ids) {
        return gatherRows("table", table, "ids", ids);
    }

    @Override
    public Tensor rows(Tensor x, int[] rows) {
        return gatherRows("x", x, "rows", rows);
    }

    private Tensor gatherRows(String name, Tensor table, String indexName, int[] ids) {
        INDArray from = arguments.matrix(name, table);
        Arguments.inRange(indexName, ids, 0, table.shape().dim(0), name, table);
        Nd4jTensor result = memory.make(ids.length, table.shape().dim(1));
        if (ids.length > 0) {
            try (Memory.Arena arena = memory.arena()) {
                Ops.gather(from, arena.indices(ids), 0, result.array("result"));
            }
        }
        return result;
    }

    @Override
    public void embedPullback(int[] ids, Tensor cotangent, Tensor tableGradient) {
        INDArray target = arguments.matrix("tableGradient", tableGradient);
        INDArray rows = arguments.ofShape(
                "cotangent", cotangent, ids.length, tableGradient.shape().dim(1));
        Arguments.inRange("ids", ids, 0, tableGradient.shape().dim(0), "tableGradient", tableGradient);
        if (ids.length > 0) {
            try (Memory.Arena arena = memory.arena()) {
                Ops.scatterAdd(target, arena.indices(ids), rows);
            }
        }
    }

    @Override
    public Applied linear(Tensor x, Tensor weight, Layout layout, Optional<Tensor> bias, Activation activation) {
        arguments.matrix("weight", weight);
        int in = weight.shape().dim(layout == Layout.IN_OUT ? 0 : 1);
        int out = LinearBlock.width(weight, layout);
        arguments.withColumns("x", x, in);
        bias.ifPresent(b -> arguments.ofShape("bias", b, out));
        if (x.shape().dim(0) == 0) {
            return new NoRows(memory, arguments, in, out);
        }
        return new LinearBlock(memory, arguments, x, weight, layout, bias, activation);
    }

    @Override
    public Applied layerNorm(Tensor x, Optional<Tensor> gain, Optional<Tensor> bias, double epsilon) {
        arguments.matrix("x", x);
        int d = x.shape().dim(1);
        gain.ifPresent(g -> arguments.ofShape("gain", g, d));
        bias.ifPresent(b -> arguments.ofShape("bias", b, d));
        if (x.shape().dim(0) == 0) {
            return new NoRows(memory, arguments, d, d);
        }
        return new LayerNormBlock(memory, arguments, x, gain, bias, epsilon);
    }

    @Override
    public Applied activation(Tensor x, Activation activation) {
        arguments.matrix("x", x);
        int d = x.shape().dim(1);
        if (x.shape().dim(0) == 0) {
            return new NoRows(memory, arguments, d, d);
        }
        return new ActivationBlock(memory, arguments, x, activation);
    }

    @Override
    public Applied rotary(Tensor qkv, AttentionSpec spec, int rotaryDim, double base, int firstPosition) {
        arguments.ofShape("qkv", qkv, spec.rows(), 3 * spec.width());
        if (rotaryDim < 0 || rotaryDim > spec.dHead() || rotaryDim % 2 != 0) {
            throw new IllegalArgumentException(
                    "rotary_dim = " + rotaryDim + ", expected an even number from 0 to d_head = " + spec.dHead());
        }
        if (spec.rows() == 0) {
            return new NoRows(memory, arguments, 3 * spec.width(), 3 * spec.width());
        }
        return new RotaryBlock(memory, arguments, qkv, spec, rotaryDim, base, firstPosition);
    }

    @Override
    public Attention attention(Tensor qkv, AttentionSpec spec) {
        arguments.ofShape("qkv", qkv, spec.rows(), 3 * spec.width());
        if (spec.rows() == 0) {
            Shape pattern = Shape.of(spec.batch(), spec.heads(), spec.length(), spec.length());
            return new NoRows(memory, arguments, 3 * spec.width(), spec.width(), pattern);
        }
        return new AttentionBlock(memory, arguments, qkv, spec);
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        INDArray left = arguments.array("a", a);
        INDArray right = arguments.array("b", b);
        int period = requireRepeats("b", b, "a", a);
        Nd4jTensor result = memory.make(a.shape());
        if (!left.isEmpty()) {
            addRepeated(left, right, result.array("result"), period, a.shape().columns());
        }
        return result;
    }

    @Override
    public void addFolded(Tensor target, Tensor x) {
        INDArray into = arguments.array("target", target);
        INDArray from = arguments.array("x", x);
        int period = requireRepeats("target", target, "x", x);
        if (from.isEmpty()) {
            return;
        }
        int columns = x.shape().columns();
        int k = x.shape().rows() / period;
        try (Memory.Arena arena = memory.arena()) {
            INDArray sums = arena.take(period * columns);
            Ops.sumFirst(Ops.view(from, k, period * columns), sums);
            INDArray flat = Ops.view(into, period * columns);
            Ops.add(flat, sums, flat);
        }
    }

    private static void addRepeated(INDArray a, INDArray b, INDArray out, int period, int columns) {
        int width = period * columns;
        int k = Math.toIntExact(a.length() / width);
        Ops.add(Ops.view(a, k, width), Ops.view(b, 1, width), Ops.view(out, k, width));
    }

    /** Rows of {@code part}, which divide those of {@code whole}. */
    private static int requireRepeats(String partName, Tensor part, String wholeName, Tensor whole) {
        int rows = part.shape().rows();
        int all = whole.shape().rows();
        boolean fits = rows == 0 ? all == 0 : all % rows == 0;
        if (part.shape().columns() != whole.shape().columns() || !fits) {
            throw new IllegalArgumentException(partName + " is " + part.shape() + ", expected the columns of "
                    + wholeName + " " + whole.shape() + " and a number of rows that divides its rows");
        }
        return rows;
    }

    @Override
    public Tensor matmul(Tensor a, Tensor b) {
        INDArray left = arguments.matrix("a", a);
        INDArray right = arguments.matrix("b", b);
        if (a.shape().dim(1) != b.shape().dim(0)) {
            throw new IllegalArgumentException(
                    "b is " + b.shape() + ", expected " + a.shape().dim(1) + " rows to follow a " + a.shape());
        }
        Nd4jTensor result = memory.make(a.shape().dim(0), b.shape().dim(1));
        if (a.shape().dim(1) == 0) {
            clear(result);
        } else if (result.shape().size() > 0) {
            Ops.product(left, false, right, false, result.array("result"));
        }
        return result;
    }

    @Override
    public CrossEntropy crossEntropy(Tensor logits, int[] targets) {
        arguments.matrix("logits", logits);
        if (targets.length != logits.shape().dim(0)) {
            throw new IllegalArgumentException("targets has " + targets.length
                    + " entries, expected one for each row of logits " + logits.shape());
        }
        Arguments.inRange("targets", targets, -1, logits.shape().dim(1), "logits", logits);
        return new CrossEntropyBlock(memory, arguments, logits, targets);
    }

    @Override
    public Tensor columns(Tensor x, int from, int to) {
        return Columns.of(memory, arguments, x, from, to);
    }

    @Override
    public Tensor joinColumns(List<Tensor> parts) {
        return Columns.join(memory, arguments, parts);
    }

    @Override
    public void sum(Tensor target, List<Tensor> parts) {
        INDArray out = arguments.array("target", target);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("parts is empty, expected at least one tensor " + target.shape());
        }
        int[] shape = target.shape().toArray();
        for (int i = 0; i < parts.size(); i++) {
            arguments.ofShape("parts[" + i + "]", parts.get(i), shape);
        }
        if (out.isEmpty()) {
            return;
        }
        try (Memory.Arena arena = memory.arena()) {
            INDArray total = arena.take(shape); // apart, since target may itself be one of the parts
            Ops.copy(arguments.array("parts[0]", parts.get(0)), total);
            for (Tensor part : parts.subList(1, parts.size())) {
                Ops.add(total, arguments.array("parts", part), total);
            }
            Ops.copy(total, out);
        }
    }

    /** Added up here: how the library's whole-array sum is split depends on which threads are idle. */
    @Override
    public double sumOfSquares(Tensor x) {
        double sum = 0;
        for (double value : downloadDoubles(arguments.own("x", x))) {
            sum += value * value;
        }
        return sum;
    }

    @Override
    public void adamStep(
            Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamSettings settings) {
        int[] shape = weight.shape().toArray();
        INDArray w = arguments.array("weight", weight);
        INDArray g = arguments.ofShape("gradient", gradient, shape);
        INDArray m = arguments.ofShape("firstMoment", firstMoment, shape);
        INDArray v = arguments.ofShape("secondMoment", secondMoment, shape);
        if (settings.step() < 1) {
            throw new IllegalArgumentException("step is " + settings.step() + ", expected 1 for the first step");
        }
        if (w.isEmpty()) {
            return;
        }
        try (Memory.Arena arena = memory.arena()) {
            Adam.step(w, g, m, v, settings, arena);
        }
    }

    private static void requireSize(String name, int length, Shape shape) {
        if (length != shape.size()) {
            throw new IllegalArgumentException(
                    name + " has " + length + " numbers, expected " + shape.size() + " for " + shape);
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
