package io.reprise.backend.nd4j;

import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Derivative;
import io.reprise.backend.Gradients;
import io.reprise.backend.Span;
import io.reprise.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * softmax(scale·q·kᵀ + mask)·v per sequence and head. With P the pattern, the softmax's Jacobian is the symmetric
 * dS ↦ P ⊙ (dS - rowsum(P ⊙ dS)), so hidden keys drop out of both directions through P = 0.
 */
final class AttentionBlock implements Attention {
    private final Memory memory;
    private final Arguments arguments;
    private final AttentionSpec spec;
    private final Heads heads;
    private final int n; // batch·heads
    private final int t; // length
    private final int dHead;
    private final Nd4jTensor parts; // [3, n, length, dHead]: q, k, v
    private final Nd4jTensor pattern; // [n, query, key]
    private final Nd4jTensor value; // [rows, width]

    AttentionBlock(Memory memory, Arguments arguments, Tensor qkv, AttentionSpec spec) {
        this.memory = memory;
        this.arguments = arguments;
        this.spec = spec;
        this.heads = new Heads(spec);
        this.n = heads.matrices();
        this.t = spec.length();
        this.dHead = spec.dHead();
        this.parts = memory.make(3, n, t, dHead);
        this.pattern = memory.make(n, t, t);
        this.value = memory.make(spec.rows(), spec.width());
        try (Memory.Arena arena = memory.arena()) {
            Ops.copy(heads.inRows(arguments.array("qkv", qkv), 3, 1, arena), parts.array("qkv"));
            INDArray p = pattern.array("pattern");
            maskedScores(p, arena);
            softmax(p, arena);
            INDArray z = arena.take(1, n, t, dHead);
            Ops.product(p, false, part(2), false, Ops.view(z, n, t, dHead));
            heads.pack(z, 1, 1, value.array("value"));
        }
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pattern() {
        Nd4jTensor result = memory.make(spec.batch(), spec.heads(), t, t);
        Ops.copy(pattern.array("pattern"), Ops.view(result.array("result"), n, t, t));
        return result;
    }

    @Override
    public Tensor scores() {
        Nd4jTensor result = memory.make(spec.batch(), spec.heads(), t, t);
        try (Memory.Arena arena = memory.arena()) {
            maskedScores(Ops.view(result.array("result"), n, t, t), arena);
        }
        return result;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        int k = arguments.copies("tangents", tangents, spec.rows(), 3 * spec.width());
        Nd4jTensor result = memory.make(k * spec.rows(), spec.width());
        if (k == 0) {
            return result;
        }
        try (Memory.Arena arena = memory.arena()) {
            INDArray d = heads.inRows(arguments.array("tangents", tangents), 3, k, arena);
            // dS = dq·kᵀ + q·dkᵀ
            INDArray ds = arena.take(n, k * t, t);
            Ops.product(slice(d, 0), false, part(1), true, ds);
            INDArray qdk = arena.take(n, t, k * t);
            Ops.product(part(0), false, slice(d, 1), true, qdk);
            Ops.add(ds, heads.fromColumns(qdk, k, arena), ds);
            softmaxJacobian(ds, k, arena);
            // dz = dP·v + P·dv
            INDArray dz = arena.take(1, n, k * t, dHead);
            INDArray dzMatrices = Ops.view(dz, n, k * t, dHead);
            Ops.product(ds, false, part(2), false, dzMatrices);
            INDArray pdv = arena.take(n, t, k * dHead);
            Ops.product(pattern.array("pattern"), false, heads.inColumns(slice(d, 2), k, arena), false, pdv);
            Ops.add(dzMatrices, heads.fromColumns(pdv, k, arena), dzMatrices);
            heads.pack(dz, 1, k, result.array("result"));
        }
        return result;
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        int k = arguments.cotangentCopies(cotangents, spec.rows(), spec.width(), gradients);
        Nd4jTensor result = memory.make(k * spec.rows(), 3 * spec.width());
        if (k == 0) {
            return result;
        }
        try (Memory.Arena arena = memory.arena()) {
            INDArray u =
                    Ops.view(heads.inRows(arguments.array("cotangents", cotangents), 1, k, arena), n, k * t, dHead);
            INDArray d = arena.take(3, n, k * t, dHead);
            // dv = Pᵀ·u
            INDArray dv = arena.take(n, t, k * dHead);
            Ops.product(pattern.array("pattern"), true, heads.inColumns(u, k, arena), false, dv);
            Ops.copy(heads.fromColumns(dv, k, arena), slice(d, 2));
            // dS from dP = u·vᵀ, then dq = dS·k and dk = dSᵀ·q
            INDArray ds = arena.take(n, k * t, t);
            Ops.product(u, false, part(2), true, ds);
            softmaxJacobian(ds, k, arena);
            Ops.product(ds, false, part(1), false, slice(d, 0));
            INDArray dsTransposed = arena.take(n, k * t, t);
            Ops.copy(Ops.view(ds, n, k, t, t).permute(0, 1, 3, 2), Ops.view(dsTransposed, n, k, t, t));
            Ops.product(dsTransposed, false, part(0), false, slice(d, 1));
            heads.pack(d, 3, k, result.array("result"));
        }
        return result;
    }

    /** Through all positions: what has no tangent is zero, what isn't asked for is dropped. */
    @Override
    public Derivative between(Span in, Span out) {
        spec.requireSpan(in);
        spec.requireSpan(out);
        return new Derivative() {
            @Override
            public Tensor pushforward(Tensor tangents) {
                return among(out, AttentionBlock.this.pushforward(amongAll(in, tangents, 3)), 1);
            }

            @Override
            public Tensor pullback(Tensor cotangents) {
                return among(in, AttentionBlock.this.pullback(amongAll(out, cotangents, 1), Gradients.NONE), 3);
            }
        };
    }

    /** Rows at {@code span}, with zeros at the other positions. */
    private Tensor amongAll(Span span, Tensor rows, int widths) {
        int columns = widths * spec.width();
        int sequences = arguments.copies("rows", rows, spec.batch() * span.length(), columns) * spec.batch();
        Nd4jTensor all = memory.make(sequences * t, columns);
        INDArray target = all.array("all");
        target.assign(0);
        Ops.copy(
                Ops.view(arguments.array("rows", rows), sequences, span.length(), columns),
                at(span, Ops.view(target, sequences, t, columns)));
        return all;
    }

    /** The rows at {@code span}. */
    private Tensor among(Span span, Tensor all, int widths) {
        int columns = widths * spec.width();
        int sequences = all.shape().dim(0) / t;
        Nd4jTensor rows = memory.make(sequences * span.length(), columns);
        Ops.copy(
                at(span, Ops.view(arguments.array("all", all), sequences, t, columns)),
                Ops.view(rows.array("rows"), sequences, span.length(), columns));
        return rows;
    }

    private static INDArray at(Span span, INDArray sequences) {
        return sequences.get(NDArrayIndex.all(), NDArrayIndex.interval(span.from(), span.to()), NDArrayIndex.all());
    }

    /** ds = scale·P ⊙ (ds - rowsum(P ⊙ ds)) for k stacked copies, in place. ds is the gradient of scaled or unscaled scores. */
    private void softmaxJacobian(INDArray ds, int k, Memory.Arena arena) {
        INDArray p = Ops.view(pattern.array("pattern"), n, 1, t, t);
        INDArray ds4 = Ops.view(ds, n, k, t, t);
        INDArray products = arena.take(n, k, t, t);
        INDArray sums = arena.take(n, k, t, 1);
        Ops.multiply(ds4, p, products);
        Ops.sumLast(products, sums);
        Ops.subtract(ds4, sums, ds4);
        Ops.multiply(ds4, p, ds4);
        Ops.scale(ds4, spec.scale(), ds4);
    }

    /** out [n, query, key] = scale·q·kᵀ, -Infinity where a key is hidden. */
    private void maskedScores(INDArray out, Memory.Arena arena) {
        Ops.product(part(0), false, part(1), true, out);
        Ops.scale(out, spec.scale(), out);
        double[] hidden = new double[t * t];
        for (int q = 0; q < t; q++) {
            for (int key = 0; key < t; key++) {
                hidden[q * t + key] = key < spec.firstKey(q) || key > q ? Double.NEGATIVE_INFINITY : 0.0;
            }
        }
        INDArray mask = arena.take(1, t, t);
        mask.data().setData(hidden);
        Ops.add(out, mask, out);
    }

    /** Over the last axis, in place; each query sees itself, so every row's largest score is finite. */
    private void softmax(INDArray s, Memory.Arena arena) {
        INDArray perRow = arena.take(n, t, 1);
        Ops.maxLast(s, perRow);
        Ops.subtract(s, perRow, s);
        Ops.exp(s, s);
        Ops.sumLast(s, perRow);
        Ops.divide(s, perRow, s);
    }

    private INDArray part(int i) {
        return slice(parts.array("qkv"), i);
    }

    // [parts, n, r, c] → [n, r, c]
    private static INDArray slice(INDArray stacked, int i) {
        return stacked.tensorAlongDimension(i, 1, 2, 3);
    }
}
