package io.reprise.analysis.overlap.transport;

import io.reprise.analysis.relation.Svd;
import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.BlockWeights;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * What a component of the first model does to the logits directly, as a change of the second model's stream. The direct part of a
 * change Δ is logits(r) − logits(r − Δ) with r the first model's final clean stream: all later layers see the clean run. The change
 * of the second stream is the shortest one whose direct logits over the task's tokens are the same up to a constant, with the final
 * norm's scale held at that of the corrupt run.
 */
final class DirectLogits {
    /** Singular values below this share of the largest are float32 rounding of the weights. */
    private static final double ROUNDING = 1e-6;

    private final Transformer first;
    private final Transformer second;
    private final List<Integer> tokens;
    private final Svd unembedding;
    private final int rank;

    /** @param tokens of the task */
    DirectLogits(Transformer first, Transformer second, List<Integer> tokens) {
        this.first = first;
        this.second = second;
        this.tokens = tokens;
        this.unembedding = Svd.of(unembedding());
        double[] values = unembedding.singularValues();
        int count = 0;
        while (count < values.length && values[count] > ROUNDING * values[0]) {
            count++;
        }
        this.rank = count;
    }

    /**
     * @param changes of the component, per group [prompt, pos, d_model of the first]
     * @return per group [prompt, pos, d_model of the second], zero but at the last position
     */
    List<Activations.Value> pulledBack(PairSet pairs, List<Activations.Value> changes) {
        List<Activations.Value> pulled = new ArrayList<>();
        for (int g = 0; g < changes.size(); g++) {
            PairSet.Group group = pairs.groups().get(g);
            double[][] direct = direct(group, changes.get(g));
            double[][] corrupt = new FinalStream(second).last(group, PromptPair::corrupt);
            int d = second.config().dModel();
            int length = group.length();
            double[] flat = new double[direct.length * length * d];
            for (int i = 0; rank > 0 && i < direct.length; i++) {
                double[] write = unembedding.solve(rank, direct[i]);
                double scale = scale(corrupt[i]);
                for (int j = 0; j < d; j++) {
                    flat[((i + 1) * length - 1) * d + j] = write[j] * scale;
                }
            }
            pulled.add(Activations.Value.of(Shape.of(direct.length, length, d), flat));
        }
        return pulled;
    }

    /** [prompt][token], each prompt's with mean 0. */
    private double[][] direct(PairSet.Group group, Activations.Value change) {
        FinalStream end = new FinalStream(first);
        double[][] with = end.last(group, PromptPair::clean);
        double[][] own = FinalStream.lastRows(change);
        double[][] without = new double[with.length][];
        for (int i = 0; i < with.length; i++) {
            without[i] = with[i].clone();
            for (int j = 0; j < own[i].length; j++) {
                without[i][j] -= own[i][j];
            }
        }
        double[][] full = end.logits(with);
        double[][] rest = end.logits(without);
        double[][] direct = new double[with.length][tokens.size()];
        for (int i = 0; i < direct.length; i++) {
            double mean = 0;
            for (int t = 0; t < tokens.size(); t++) {
                direct[i][t] = full[i][tokens.get(t)] - rest[i][tokens.get(t)];
                mean += direct[i][t] / tokens.size();
            }
            for (int t = 0; t < tokens.size(); t++) {
                direct[i][t] -= mean;
            }
        }
        return direct;
    }

    /** The second model's, with gains and centring of the final norm, columns [tokens, d_model] of mean 0. */
    private RealMatrix unembedding() {
        int d = second.config().dModel();
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        double[] flat;
        double[] gain = new double[d];
        Arrays.fill(gain, 1);
        try (Scope scope = second.backend().scope()) {
            flat = second.backend().downloadDoubles(second.weights().unembedRows(ids));
            if (second.weights().lnFinal().isPresent()) {
                BlockWeights.Norm norm = second.weights().lnFinal().get();
                gain = second.backend().downloadDoubles(norm.gain());
            }
        }
        RealMatrix matrix = new Array2DRowRealMatrix(ids.length, d);
        for (int t = 0; t < ids.length; t++) {
            double mean = 0;
            for (int j = 0; j < d; j++) {
                mean += flat[t * d + j] * gain[j] / d;
            }
            for (int j = 0; j < d; j++) {
                matrix.setEntry(
                        t, j, flat[t * d + j] * gain[j] - (second.config().hasLayerNorm() ? mean : 0));
            }
        }
        for (int j = 0; j < d; j++) {
            double mean = 0;
            for (int t = 0; t < ids.length; t++) {
                mean += matrix.getEntry(t, j) / ids.length;
            }
            for (int t = 0; t < ids.length; t++) {
                matrix.addToEntry(t, j, -mean);
            }
        }
        return matrix;
    }

    /** √(variance + ε) of what the final norm reads; 1 without a norm. */
    private double scale(double[] stream) {
        if (!second.config().hasLayerNorm()) {
            return 1;
        }
        double mean = 0;
        for (double value : stream) {
            mean += value / stream.length;
        }
        double variance = 0;
        for (double value : stream) {
            variance += (value - mean) * (value - mean) / stream.length;
        }
        return Math.sqrt(variance + second.config().eps());
    }
}
