package io.reprise.analysis.relation.jacobian;

import io.reprise.analysis.relation.Ends;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.Activations;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The Jacobian of z(h) at one prompt: h at one position, z at the same or a later one, the stream at all other positions held as
 * it is (Hernandez et al. 2024, section 3.1). h, z and Jacobian come from one function.
 */
public final class Jacobian {
    private final Transformer model;
    private final Ends ends;
    private final JacobianOptions options;

    /** @param model the whole model, or the part above some layer */
    public Jacobian(Transformer model, Ends ends, JacobianOptions options) {
        this.model = model;
        this.ends = ends;
        this.options = options;
    }

    /** z, and vectors of the Jacobian: columns if the method is a pushforward, else rows. */
    public static final class Piece {
        private final double[] z;
        private final List<double[]> vectors;

        private Piece(double[] z, List<double[]> vectors) {
            this.z = z;
            this.vectors = List.copyOf(vectors);
        }

        /** [d_model]. */
        public double[] z() {
            return z;
        }

        /** [vectors][d_model]. */
        public List<double[]> vectors() {
            return vectors;
        }
    }

    /**
     * Some columns (rows) of the Jacobian.
     *
     * @param stream what the first block reads, of one prompt [1, pos, d_model]; block {@code ends.from().blocks()} is the first
     * @param subject position of h
     * @param target position of z
     * @param from the first vector
     * @param to after the last one
     * @throws IllegalArgumentException if z does not depend on h, or what comes out is not finite
     */
    public Piece at(Activations.Value stream, int subject, int target, int from, int to) {
        BlocksBetween blocks = new BlocksBetween(model, ends, subject, target);
        int d = blocks.width();
        if (from < 0 || to > d || from >= to) {
            throw new IllegalArgumentException(
                    "columns " + from + ".." + (to - 1) + " asked for; the Jacobian has 0.." + (d - 1));
        }
        JacobianPass pass =
                switch (options.method()) {
                    case PUSHFORWARD -> new PushforwardPass(blocks);
                    case PULLBACK -> new PullbackPass(blocks);
                    case ROWS -> new RowsPass(blocks);
                };
        long total = (long) (to - from) * Math.max(1, blocks.count());
        AtomicLong done = new AtomicLong();
        Backend backend = model.backend();
        int length = target + 1;
        List<double[]> vectors = new ArrayList<>();
        double[] z = {};
        int group = blocks.group(options.bytes());
        try (Scope scope = backend.scope()) {
            Tensor x = backend.upload(Shape.of(length, d), Arrays.copyOf(stream.data(), length * d));
            for (int first = from; first < to; first += group) {
                JacobianPass.Vectors part = pass.run(x, first, Math.min(to, first + group), more -> options.progress()
                        .accept(done.addAndGet(more), total));
                vectors.addAll(part.vectors());
                z = part.z();
            }
        }
        requireFinite(z, vectors);
        return new Piece(z, vectors);
    }

    private static void requireFinite(double[] z, List<double[]> vectors) {
        for (int i = 0; i < z.length; i++) {
            if (!Double.isFinite(z[i])) {
                throw new IllegalArgumentException("z holds " + z[i] + " at feature " + i
                        + ": the model's numbers overflow on this prompt; try --float64");
            }
        }
        for (int v = 0; v < vectors.size(); v++) {
            double[] vector = vectors.get(v);
            for (int i = 0; i < vector.length; i++) {
                if (!Double.isFinite(vector[i])) {
                    throw new IllegalArgumentException("the Jacobian holds " + vector[i] + " in vector " + v
                            + ", feature " + i + ": the model's numbers overflow on this prompt; try --float64");
                }
            }
        }
    }
}
