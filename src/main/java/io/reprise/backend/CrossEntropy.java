package io.reprise.backend;

import io.reprise.tensor.Tensor;

/** Summed negative log-likelihood (natural log) of one target per row. */
public interface CrossEntropy {
    /** Σ over rows with a target of -log softmax(logits)[target], summed in row order in float64. */
    double sum();

    /** Rows that have a target. */
    int count();

    /** {@code scale} · d sum / d logits, [rows, d_vocab]; zero in rows without a target. */
    Tensor pullback(double scale);

    /** d sum · v for k stacked tangents [k·rows, d_vocab]: k numbers. */
    double[] pushforward(Tensor tangents);
}
