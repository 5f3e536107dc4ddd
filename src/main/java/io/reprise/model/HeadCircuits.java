package io.reprise.model;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.tensor.Tensor;
import java.util.Optional;

/**
 * QK and OV products of a head in token space (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"). The
 * gains of the norms are folded in and their centring is applied; their scales, which depend on the input, are left out, so
 * entries compare within a matrix. Positions and biases are left out too.
 */
public final class HeadCircuits {
    private final Backend backend;
    private final ModelConfig config;
    private final ModelWeights weights;

    public HeadCircuits(Transformer model) {
        this.backend = model.backend();
        this.config = model.config();
        this.weights = model.weights();
    }

    /**
     * What attending to a token does to the logits: W_E·W_V·W_O·W_U.
     *
     * @param tokens token ids of rows (attended) and columns (logit)
     * @return [attended token, logit]
     */
    public double[][] ov(int layer, int head, int[] tokens) {
        check(layer, head, tokens);
        try (Scope scope = backend.scope()) {
            return ovIn(layer, head, tokens);
        }
    }

    private double[][] ovIn(int layer, int head, int[] tokens) {
        BlockWeights block = weights.block(layer);
        double[][] read = normed(matrix(weights.embed(tokens)), block.ln1().map(BlockWeights.Norm::gain));
        double[][] v = columns(matrix(block.qkvWeight()), 2 * width() + head * config.dHead());
        double[][] o = rowsOf(matrix(block.outWeight()), head * config.dHead());
        double[][] written = multiply(multiply(read, v), o);
        double[][] moved = normed(written, weights.lnFinal().map(BlockWeights.Norm::gain));
        return multiplyTransposed(moved, matrix(weights.unembedRows(tokens)));
    }

    /**
     * How much a query token attends to a key token: W_E·W_Q·W_Kᵀ·W_Eᵀ times the scale.
     *
     * @return [query token, key token]
     */
    public double[][] qk(int layer, int head, int[] tokens) {
        check(layer, head, tokens);
        try (Scope scope = backend.scope()) {
            return qkIn(layer, head, tokens);
        }
    }

    private double[][] qkIn(int layer, int head, int[] tokens) {
        BlockWeights block = weights.block(layer);
        double[][] read = normed(matrix(weights.embed(tokens)), block.ln1().map(BlockWeights.Norm::gain));
        double[][] packed = matrix(block.qkvWeight());
        double[][] q = multiply(read, columns(packed, head * config.dHead()));
        double[][] k = multiply(read, columns(packed, width() + head * config.dHead()));
        double[][] scores = multiplyTransposed(q, k);
        double scale = config.attnScales().get(layer);
        for (double[] row : scores) {
            for (int j = 0; j < row.length; j++) {
                row[j] *= scale;
            }
        }
        return scores;
    }

    private void check(int layer, int head, int[] tokens) {
        if (layer < 0 || layer >= config.nLayers() || head < 0 || head >= config.nHeads()) {
            throw new IllegalArgumentException("head " + layer + "." + head + " does not exist: this model has "
                    + config.nLayers() + " layers of " + config.nHeads() + " heads, counted from 0");
        }
        for (int id : tokens) {
            if (id < 0 || id >= config.dVocab()) {
                throw new IllegalArgumentException(
                        "token id " + id + " is outside this model's vocabulary of 0.." + (config.dVocab() - 1));
            }
        }
    }

    private int width() {
        return config.nHeads() * config.dHead();
    }

    private double[][] matrix(Tensor tensor) {
        double[] flat = backend.downloadDoubles(tensor);
        int columns = tensor.shape().columns();
        double[][] matrix = new double[tensor.shape().rows()][columns];
        for (int i = 0; i < matrix.length; i++) {
            System.arraycopy(flat, i * columns, matrix[i], 0, columns);
        }
        return matrix;
    }

    private double[][] columns(double[][] m, int from) {
        double[][] part = new double[m.length][config.dHead()];
        for (int i = 0; i < m.length; i++) {
            System.arraycopy(m[i], from, part[i], 0, config.dHead());
        }
        return part;
    }

    private double[][] rowsOf(double[][] m, int from) {
        double[][] part = new double[config.dHead()][];
        System.arraycopy(m, from, part, 0, config.dHead());
        return part;
    }

    /** Each row minus its mean, times {@code gain}; unchanged where there is no norm. */
    private double[][] normed(double[][] m, Optional<Tensor> gainOfNorm) {
        if (gainOfNorm.isEmpty()) {
            return m;
        }
        double[] gain = backend.downloadDoubles(gainOfNorm.get());
        double[][] out = new double[m.length][gain.length];
        for (int i = 0; i < m.length; i++) {
            double mean = 0;
            for (double value : m[i]) {
                mean += value / gain.length;
            }
            for (int j = 0; j < gain.length; j++) {
                out[i][j] = (m[i][j] - mean) * gain[j];
            }
        }
        return out;
    }

    private static double[][] multiply(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int k = 0; k < b.length; k++) {
                double factor = a[i][k];
                for (int j = 0; j < c[i].length; j++) {
                    c[i][j] += factor * b[k][j];
                }
            }
        }
        return c;
    }

    private static double[][] multiplyTransposed(double[][] a, double[][] b) {
        double[][] c = new double[a.length][b.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                double sum = 0;
                for (int k = 0; k < a[i].length; k++) {
                    sum += a[i][k] * b[j][k];
                }
                c[i][j] = sum;
            }
        }
        return c;
    }
}
