package io.reprise.analysis.circuit.roles;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.model.BlockWeights;
import io.reprise.model.HeadCircuits;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Successor and copy scores: what a head that attends to a member of a series writes, read as logits. The member's state goes
 * through the head's own ln1, its values and its part of W_O, the last norm and the unembedding (arXiv 2311.04131, OV scores). A
 * head above block 0 is given what block 0 makes of the member alone, where number words and numerals meet (Gould et al. 2023);
 * a head of block 0 the member's embedding, all it could read.
 */
public final class SeriesScores implements HeadScorer {
    private final List<List<Integer>> series;
    private final List<Integer> candidates;
    private final int topK;

    /**
     * @param series each in its order; a series that wraps ends with its first member
     * @param candidates tokens that are ranked; at least all members
     * @param topK how many of the best count as a hit; 5 as published
     */
    public SeriesScores(List<List<Integer>> series, List<Integer> candidates, int topK) {
        this.series = series.stream().map(List::copyOf).toList();
        this.candidates = List.copyOf(candidates);
        this.topK = topK;
        if (series.isEmpty() || series.stream().anyMatch(members -> members.size() < 2)) {
            throw new IllegalArgumentException(
                    series.size() + " series are given; expected one or more, of two members or more");
        }
        if (topK < 1 || topK >= candidates.size()) {
            throw new IllegalArgumentException("top_k = " + topK + " of " + candidates.size()
                    + " candidates; expected 1 or more, and fewer than these");
        }
        for (List<Integer> members : series) {
            if (!candidates.containsAll(members)) {
                throw new IllegalArgumentException(
                        "members of the series " + members + " are missing among the candidates");
            }
        }
    }

    @Override
    public Map<HeadRole, double[][]> score(Transformer model) {
        ModelConfig config = model.config();
        double[][] successor = new double[config.nLayers()][config.nHeads()];
        double[][] copy = new double[config.nLayers()][config.nHeads()];
        double[][] eigenvalue = new double[config.nLayers()][config.nHeads()];
        HeadCircuits circuits = new HeadCircuits(model);
        int[] distinct =
                members().stream().distinct().mapToInt(Integer::intValue).toArray();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            for (int head = 0; head < config.nHeads(); head++) {
                double[][] logits = logits(model, layer, head);
                successor[layer][head] = successor(logits);
                copy[layer][head] = copy(logits);
                eigenvalue[layer][head] = positivity(circuits.ov(layer, head, distinct));
            }
        }
        return Map.of(HeadRole.SUCCESSOR, successor, HeadRole.COPY, copy, HeadRole.COPY_EIGENVALUE, eigenvalue);
    }

    /** Members of all series, one after the other. */
    private List<Integer> members() {
        return series.stream().flatMap(List::stream).toList();
    }

    /** [member, candidate]. */
    private double[][] logits(Transformer model, int layer, int head) {
        Backend backend = model.backend();
        ModelConfig config = model.config();
        int[] ids = members().stream().mapToInt(Integer::intValue).toArray();
        try (Scope scope = backend.scope()) {
            BlockWeights block = model.weights().block(layer);
            int width = config.nHeads() * config.dHead();
            Tensor read = norm(backend, state(model, layer, ids), block.ln1(), config);
            Tensor qkv = backend.linear(read, block.qkvWeight(), Layout.IN_OUT, block.qkvBias(), Activation.NONE)
                    .value();
            int from = 2 * width + head * config.dHead();
            Tensor values = backend.columns(qkv, from, from + config.dHead());
            int[] rows = IntStream.range(head * config.dHead(), (head + 1) * config.dHead())
                    .toArray();
            Tensor written = backend.matmul(values, backend.rows(block.outWeight(), rows));
            Tensor last = norm(backend, written, model.weights().lnFinal(), config);
            Tensor unembedding = model.weights()
                    .unembedRows(candidates.stream().mapToInt(Integer::intValue).toArray());
            return matrix(
                    backend,
                    backend.linear(last, unembedding, Layout.OUT_IN, Optional.empty(), Activation.NONE)
                            .value());
        }
    }

    private static Tensor state(Transformer model, int layer, int[] ids) {
        if (layer == 0) {
            return model.weights().embed(ids);
        }
        Site site = Site.of(Site.Kind.RESID_POST, 0);
        double[] states = model.run(new Tokens(ids, ids.length, 1), List.of(site))
                .get(site)
                .data();
        return model.backend().upload(Shape.of(ids.length, model.config().dModel()), states);
    }

    private static Tensor norm(Backend backend, Tensor x, Optional<BlockWeights.Norm> norm, ModelConfig config) {
        return norm.map(n -> backend.layerNorm(x, Optional.of(n.gain()), Optional.of(n.bias()), config.eps())
                        .value())
                .orElse(x);
    }

    private static double[][] matrix(Backend backend, Tensor tensor) {
        double[] flat = backend.downloadDoubles(tensor);
        int columns = tensor.shape().columns();
        double[][] rows = new double[tensor.shape().rows()][columns];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(flat, i * columns, rows[i], 0, columns);
        }
        return rows;
    }

    private double successor(double[][] logits) {
        int hits = 0;
        int steps = 0;
        int row = 0;
        for (List<Integer> members : series) {
            for (int i = 0; i + 1 < members.size(); i++) {
                hits += hit(logits[row + i], members.get(i + 1)) ? 1 : 0;
                steps++;
            }
            row += members.size();
        }
        return (double) hits / steps;
    }

    private double copy(double[][] logits) {
        List<Integer> members = members();
        long hits = IntStream.range(0, logits.length)
                .filter(i -> hit(logits[i], members.get(i)))
                .count();
        return (double) hits / logits.length;
    }

    /** Whether fewer than k others are as high: a head that writes nothing hits nothing. */
    private boolean hit(double[] logits, int token) {
        double own = logits[candidates.indexOf(token)];
        int others = -1;
        for (double logit : logits) {
            others += logit < own ? 0 : 1;
        }
        return others < topK;
    }

    /**
     * Σ Re λ / Σ |λ|; 0 for a matrix without any. A head's product has rank d_head at most: with U·S·Vᵀ of that rank its
     * eigenvalues other than 0 are those of S·Vᵀ·U, which is small. Of the whole, with its many zeros, the QR algorithm may find
     * none.
     */
    private static double positivity(double[][] ov) {
        SingularValueDecomposition svd = new SingularValueDecomposition(new Array2DRowRealMatrix(ov, false));
        int rank = svd.getRank();
        if (rank == 0) {
            return 0;
        }
        int last = ov.length - 1;
        RealMatrix small = svd.getS()
                .getSubMatrix(0, rank - 1, 0, rank - 1)
                .multiply(svd.getVT().getSubMatrix(0, rank - 1, 0, last))
                .multiply(svd.getU().getSubMatrix(0, last, 0, rank - 1));
        EigenDecomposition eigen = new EigenDecomposition(small);
        double sum = 0;
        double sizes = 0;
        for (int i = 0; i < rank; i++) {
            sum += eigen.getRealEigenvalue(i);
            sizes += Math.hypot(eigen.getRealEigenvalue(i), eigen.getImagEigenvalue(i));
        }
        return sizes == 0 ? 0 : sum / sizes;
    }

    /** The tokens of all series without repetition, for toys whose whole vocabulary they are. */
    public static List<Integer> tokens(List<List<Integer>> series) {
        return new ArrayList<>(new java.util.LinkedHashSet<>(
                series.stream().flatMap(List::stream).toList()));
    }
}
