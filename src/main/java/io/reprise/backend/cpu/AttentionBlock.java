package io.reprise.backend.cpu;

import io.reprise.backend.Attention;
import io.reprise.backend.AttentionSpec;
import io.reprise.backend.Derivative;
import io.reprise.backend.Gradients;
import io.reprise.backend.Span;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;

/**
 * Attention, one (sequence, head) pair at a time and, in long sequences, a block of queries at a time against the keys it can
 * see. The pattern of short sequences is kept for the derivatives; that of long ones is made anew, block by block.
 */
final class AttentionBlock implements Attention {
    private final Engine engine;
    private final AttentionSpec spec;
    private final CpuTensor qkv;
    private final CpuTensor value;
    private final AttentionHead head;
    /** [batch·heads, query, padded key], or null. */
    private final CpuTensor kept;

    AttentionBlock(Engine engine, Tensor input, AttentionSpec spec) {
        this.engine = engine;
        this.spec = spec;
        this.qkv = Arguments.matrix(input, "qkv", 3 * spec.width());
        checkRows(qkv, spec);
        this.head = new AttentionHead(engine.kernels(), spec);
        this.value = engine.allocate(spec.rows(), spec.width());
        this.kept = spec.length() > AttentionHead.QUERIES
                ? null
                : engine.memory()
                        .allocate(Shape.of(spec.batch() * spec.heads(), spec.length(), head.padded(spec.length())));
        float[] x = qkv.data();
        float[] z = value.data();
        float[] patterns = Arguments.dataOrNull(kept);
        engine.split(spec.batch() * spec.heads(), 1, work(), (from, to) -> {
            Scratch scratch = engine.scratch();
            for (int pair = from; pair < to; pair++) {
                head.forward(x, pair, patterns, z, scratch);
            }
        });
    }

    static void checkRows(CpuTensor qkv, AttentionSpec spec) {
        if (qkv.rows() != spec.rows()) {
            throw new IllegalArgumentException("qkv is " + qkv.shape() + ", expected " + spec.rows() + " rows: batch "
                    + spec.batch() + " of length " + spec.length());
        }
    }

    private long work() {
        return 4L * spec.rows() * spec.length() * spec.width();
    }

    @Override
    public Tensor value() {
        return value;
    }

    @Override
    public Tensor pushforward(Tensor tangents) {
        return between(spec.all(), spec.all()).pushforward(tangents);
    }

    @Override
    public Tensor pullback(Tensor cotangents, Gradients gradients) {
        return between(spec.all(), spec.all()).pullback(cotangents);
    }

    @Override
    public Derivative between(Span in, Span out) {
        spec.requireSpan(in);
        spec.requireSpan(out);
        return new Between(in, out);
    }

    /** The derivative between positions of every sequence. */
    private final class Between implements Derivative {
        private final int inRows;
        private final int outRows;
        private final HeadDerivative derivative;

        Between(Span in, Span out) {
            this.inRows = spec.batch() * in.length();
            this.outRows = spec.batch() * out.length();
            this.derivative = new HeadDerivative(engine.kernels(), head, spec, in, out);
        }

        @Override
        public Tensor pushforward(Tensor tangents) {
            CpuTensor v = Arguments.copies(tangents, "tangents", inRows, 3 * spec.width());
            int copies = inRows == 0 ? 0 : v.rows() / inRows;
            CpuTensor out = engine.allocate(copies * outRows, spec.width());
            float[] x = qkv.data("qkv");
            float[] patterns = Arguments.dataOrNull(kept);
            float[] from = v.data();
            float[] to = out.data();
            overCopies(
                    copies,
                    (copy, pair, scratch) -> derivative.pushforward(x, pair, patterns, from, copy, to, scratch));
            return out;
        }

        @Override
        public Tensor pullback(Tensor cotangents) {
            CpuTensor u = Arguments.copies(cotangents, "cotangents", outRows, spec.width());
            int copies = outRows == 0 ? 0 : u.rows() / outRows;
            CpuTensor out = engine.allocate(copies * inRows, 3 * spec.width());
            float[] x = qkv.data("qkv");
            float[] patterns = Arguments.dataOrNull(kept);
            float[] from = u.data();
            float[] to = out.data();
            overCopies(
                    copies, (copy, pair, scratch) -> derivative.pullback(x, pair, patterns, from, copy, to, scratch));
            return out;
        }
    }

    @FunctionalInterface
    private interface PairTask {
        void run(int copy, int pair, Scratch scratch);
    }

    private void overCopies(int copies, PairTask task) {
        if (copies == 0) {
            return;
        }
        int pairs = spec.batch() * spec.heads();
        engine.split(copies * pairs, 1, 2L * copies * work(), (from, to) -> {
            Scratch scratch = engine.scratch();
            for (int i = from; i < to; i++) {
                task.run(i / pairs, i % pairs, scratch);
            }
        });
    }

    @Override
    public Tensor pattern() {
        return square((x, pair, out, scratch) -> head.pattern(x, pair, Arguments.dataOrNull(kept), out, scratch));
    }

    @Override
    public Tensor scores() {
        return square(head::scores);
    }

    @FunctionalInterface
    private interface SquareTask {
        void run(float[] qkv, int pair, float[] out, Scratch scratch);
    }

    private Tensor square(SquareTask task) {
        CpuTensor out = engine.memory().allocate(Shape.of(spec.batch(), spec.heads(), spec.length(), spec.length()));
        float[] x = qkv.data("qkv");
        float[] to = out.data();
        engine.split(spec.batch() * spec.heads(), 1, work(), (from, end) -> {
            Scratch scratch = engine.scratch();
            for (int pair = from; pair < end; pair++) {
                task.run(x, pair, to, scratch);
            }
        });
        return out;
    }
}
