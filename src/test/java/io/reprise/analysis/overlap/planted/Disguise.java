package io.reprise.analysis.overlap.planted;

import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/** Changes of weights that change nothing of what a model does. */
final class Disguise {
    private final ModelConfig config;
    private final Map<String, RealMatrix> weights = new LinkedHashMap<>();

    private Disguise(Transformer model) {
        this.config = model.config();
        Parameters parameters = (Parameters) model.weights();
        parameters.byName().forEach((name, tensor) -> {
            double[] flat = model.backend().downloadDoubles(tensor);
            int columns = flat.length
                    / Math.max(
                            1, tensor.shape().rank() == 1 ? 1 : tensor.shape().rows());
            RealMatrix matrix = MatrixUtils.createRealMatrix(flat.length / columns, columns);
            for (int i = 0; i < flat.length; i++) {
                matrix.setEntry(i / columns, i % columns, flat[i]);
            }
            weights.put(name, matrix);
        });
    }

    static Disguise of(Transformer model) {
        return new Disguise(model);
    }

    Transformer on(Backend backend) {
        return new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
            RealMatrix matrix = weights.get(name);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) matrix.getEntry(i / matrix.getColumnDimension(), i % matrix.getColumnDimension());
            }
            return values;
        }));
    }

    /** Heads of every layer in another order: head i takes the place of head {@code order[i]}. */
    Disguise heads(int[] order) {
        int dHead = config.dHead();
        int packed = config.nHeads() * dHead;
        RealMatrix move = MatrixUtils.createRealMatrix(packed, packed);
        for (int head = 0; head < order.length; head++) {
            for (int i = 0; i < dHead; i++) {
                move.setEntry(head * dHead + i, order[head] * dHead + i, 1);
            }
        }
        return gauge(move, move, move, move.transpose());
    }

    /** W_Q·R and W_K·R⁻ᵀ, W_V·S and S⁻¹·W_O, with R and S of their own for every head. Biases must be 0. */
    Disguise gauges(Rng rng) {
        int dHead = config.dHead();
        int packed = config.nHeads() * dHead;
        RealMatrix[] blocks = new RealMatrix[4];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = MatrixUtils.createRealMatrix(packed, packed);
        }
        for (int head = 0; head < config.nHeads(); head++) {
            int from = head * dHead;
            RealMatrix r = invertible(dHead, rng.split("r" + head));
            RealMatrix s = invertible(dHead, rng.split("s" + head));
            blocks[0].setSubMatrix(r.getData(), from, from);
            blocks[1].setSubMatrix(MatrixUtils.inverse(r).transpose().getData(), from, from);
            blocks[2].setSubMatrix(s.getData(), from, from);
            blocks[3].setSubMatrix(MatrixUtils.inverse(s).getData(), from, from);
        }
        return gauge(blocks[0], blocks[1], blocks[2], blocks[3]);
    }

    private Disguise gauge(RealMatrix q, RealMatrix k, RealMatrix v, RealMatrix o) {
        int packed = q.getRowDimension();
        RealMatrix all = MatrixUtils.createRealMatrix(3 * packed, 3 * packed);
        all.setSubMatrix(q.getData(), 0, 0);
        all.setSubMatrix(k.getData(), packed, packed);
        all.setSubMatrix(v.getData(), 2 * packed, 2 * packed);
        weights.replaceAll((name, matrix) ->
                name.endsWith("W_QKV") ? matrix.multiply(all) : name.endsWith("W_O") ? o.multiply(matrix) : matrix);
        return this;
    }

    /** The residual stream x becomes x·R. With a layer norm R must keep the vector of ones, and all writes must be centred. */
    Disguise stream(RealMatrix rotation) {
        RealMatrix back = rotation.transpose();
        weights.replaceAll((name, matrix) -> {
            if (reads(name)) {
                return back.multiply(matrix);
            }
            return writes(name) || name.equals(Parameters.UNEMBED) ? matrix.multiply(rotation) : matrix;
        });
        return this;
    }

    /** Every write to the stream minus its mean over the stream's dimensions, which the norms take out anyway. */
    Disguise centred() {
        weights.replaceAll((name, matrix) -> {
            if (!writes(name)) {
                return matrix;
            }
            RealMatrix copy = matrix.copy();
            for (int i = 0; i < copy.getRowDimension(); i++) {
                double mean = Arrays.stream(copy.getRow(i)).average().orElseThrow();
                for (int j = 0; j < copy.getColumnDimension(); j++) {
                    copy.addToEntry(i, j, -mean);
                }
            }
            return copy;
        });
        return this;
    }

    /** Token t is called {@code names[t]}. */
    Disguise tokens(int[] names) {
        for (String table : List.of(Parameters.EMBED, Parameters.UNEMBED)) {
            RealMatrix old = weights.get(table);
            RealMatrix renamed = old.copy();
            for (int token = 0; token < names.length; token++) {
                renamed.setRow(names[token], old.getRow(token));
            }
            weights.put(table, renamed);
        }
        return this;
    }

    private static boolean reads(String name) {
        return name.endsWith("W_QKV") || name.endsWith("W_in");
    }

    private static boolean writes(String name) {
        return name.equals(Parameters.EMBED)
                || name.equals(Parameters.POS_EMBED)
                || name.endsWith("W_O")
                || name.endsWith("W_out");
    }

    private static RealMatrix invertible(int size, Rng rng) {
        RealMatrix stretch = MatrixUtils.createRealIdentityMatrix(size);
        for (int i = 0; i < size; i++) {
            stretch.setEntry(i, i, Math.pow(2, 2 * rng.nextDouble() - 1));
        }
        return PlantedModel.orthogonal(size, rng).multiply(stretch).multiply(PlantedModel.orthogonal(size, rng));
    }
}
