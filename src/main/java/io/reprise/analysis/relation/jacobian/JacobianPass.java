package io.reprise.analysis.relation.jacobian;

import io.reprise.tensor.Tensor;
import java.util.List;

/** One way to compute columns or rows of a Jacobian. */
interface JacobianPass {
    /** z and some vectors of the Jacobian. */
    final class Vectors {
        private final double[] z;
        private final List<double[]> vectors;

        Vectors(double[] z, List<double[]> vectors) {
            this.z = z;
            this.vectors = vectors;
        }

        double[] z() {
            return z;
        }

        /** [vectors][d_model], in order. */
        List<double[]> vectors() {
            return vectors;
        }
    }

    /**
     * Vectors from (inclusive) to to (exclusive).
     *
     * @param stream what the first block reads [pos, d_model], no further than the position of z
     * @param done hears of every vector that has passed a block: how many did so at once
     */
    Vectors run(Tensor stream, int from, int to, Done done);

    /** Listens. */
    @FunctionalInterface
    interface Done {
        void more(int vectors);
    }
}
