package io.reprise.analysis.relation.study;

import java.util.List;

/**
 * What an operator's W and b look like.
 *
 * @param ends from → to
 * @param weightNorm Frobenius norm of W; 0 without W
 * @param imageNorm mean |W·h| over the training subjects; 0 without W
 * @param biasNorm |b|; 0 without b
 * @param singularValues of W, largest first; none without W
 * @param directions of the largest singular values
 */
public record OperatorPicture(
        String ends,
        double weightNorm,
        double imageNorm,
        double biasNorm,
        List<Double> singularValues,
        List<Direction> directions) {
    /**
     * One singular triple: h along {@code reads} moves z along {@code writes}. A pair's sign is arbitrary; here it is the one under
     * which the training subjects' mean h has a component ≥ 0.
     *
     * @param singularValue how much longer
     * @param reads tokens whose embedding rows have the largest dot product with the right singular vector
     * @param writes tokens whose unembedding rows have the largest dot product with the left one
     */
    public record Direction(double singularValue, List<TokenScore> reads, List<TokenScore> writes) {
        public Direction {
            reads = List.copyOf(reads);
            writes = List.copyOf(writes);
        }
    }

    /** A token as people read it, and its score. */
    public record TokenScore(String token, double score) {}

    public OperatorPicture {
        singularValues = List.copyOf(singularValues);
        directions = List.copyOf(directions);
    }
}
