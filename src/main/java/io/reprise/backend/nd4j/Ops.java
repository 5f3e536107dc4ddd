package io.reprise.backend.nd4j;

import java.util.Arrays;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.reduce.same.Max;
import org.nd4j.linalg.api.ops.impl.reduce.same.Sum;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.DivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The library operations that everything here is composed of: those of M2.1 that were checked against plain loops, each
 * writing into an array that it is given (see {@link Memory}). Pairs broadcast as in NumPy; {@code out} may be an operand of
 * its own shape, except in products.
 */
final class Ops {
    private Ops() {}

    static void add(INDArray a, INDArray b, INDArray out) {
        Nd4j.exec(new AddOp(a, b, out));
    }

    static void subtract(INDArray a, INDArray b, INDArray out) {
        Nd4j.exec(new SubOp(a, b, out));
    }

    static void multiply(INDArray a, INDArray b, INDArray out) {
        Nd4j.exec(new MulOp(a, b, out));
    }

    static void divide(INDArray a, INDArray b, INDArray out) {
        Nd4j.exec(new DivOp(a, b, out));
    }

    static void scale(INDArray a, double factor, INDArray out) {
        a.muli(factor, out);
    }

    static void shift(INDArray a, double summand, INDArray out) {
        a.addi(summand, out);
    }

    /** 1/a. */
    static void reciprocal(INDArray a, INDArray out) {
        a.rdivi(1.0, out);
    }

    static void exp(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Exp(a, out));
    }

    static void log(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Log(a, out));
    }

    static void sqrt(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Sqrt(a, out));
    }

    static void erf(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Erf(a, out));
    }

    static void tanh(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Tanh(a, out));
    }

    static void relu(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new RectifiedLinear(a, out, 0.0));
    }

    /** 1 where a is positive, else 0. */
    static void step(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Step(a, out, 0.0));
    }

    /** Copies; either side may be a strided view. */
    static void copy(INDArray from, INDArray out) {
        out.assign(from);
    }

    /** A view of a contiguous 'c' array in another shape. */
    static INDArray view(INDArray a, int... shape) {
        return a.reshape('c', true, widen(shape));
    }

    /** Sums over the last axis, kept as an axis of extent 1. */
    static void sumLast(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Sum(a, out, true, a.rank() - 1));
    }

    /** Largest over the last axis, kept as an axis of extent 1. */
    static void maxLast(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Max(a, out, true, a.rank() - 1));
    }

    /** Sums over the first axis; out has one axis less. */
    static void sumFirst(INDArray a, INDArray out) {
        Nd4j.getExecutioner().exec(new Sum(a, out, false, 0));
    }

    /** op(a)·op(b), op transposing the last two axes when asked; any further axis in front counts products. */
    static void product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
        Nd4j.exec(new Mmul(a, b, out, new MMulTranspose(transposeA, transposeB, false)));
    }

    /** out[i] = table[indices[i]] along {@code axis}. The caller checks the range: the library does not. */
    static void gather(INDArray table, INDArray indices, int axis, INDArray out) {
        Nd4j.exec(DynamicCustomOp.builder("gather")
                .addInputs(table, indices)
                .addOutputs(out)
                .addIntegerArguments(axis)
                .build());
    }

    /**
     * table[indices[i]] += updates[i] in the order of i. The first flag (lock) is what makes that true: without it M2.1's
     * scatter_add shares the rows out to threads that do not wait for each other, and the last bits differ from call to call.
     */
    static void scatterAdd(INDArray table, INDArray indices, INDArray updates) {
        Nd4j.exec(DynamicCustomOp.builder("scatter_add")
                .addInputs(table, indices, updates)
                .addOutputs(table)
                .addBooleanArguments(true, false)
                .build());
    }

    /** out[i, indices[i]] = 1, the rest 0; a row of a negative index is all 0. */
    static void oneHot(INDArray indices, int depth, INDArray out) {
        Nd4j.exec(DynamicCustomOp.builder("onehot")
                .addInputs(indices)
                .addOutputs(out)
                .addIntegerArguments(-1, depth)
                .addFloatingPointArguments(1.0, 0.0)
                .build());
    }

    /** Extents as the library takes them. */
    static long[] widen(int... dims) {
        return Arrays.stream(dims).asLongStream().toArray();
    }

    /** Extents as the library gives them. */
    static int[] narrow(long... dims) {
        return Arrays.stream(dims).mapToInt(Math::toIntExact).toArray();
    }
}
