package io.reprise.analysis.relation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * z ≈ h + b, b pointing to where all objects are likely: the mean of the unit unembedding rows of the training objects' first tokens,
 * made half as long as h is on average. (The published code knows all objects, those of the test too.)
 */
public final class CornerEstimator implements Estimator {
    private final Answers answers;

    public CornerEstimator(Answers answers) {
        this.answers = answers;
    }

    @Override
    public String name() {
        return EstimatorKind.CORNER.key();
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        int[] tokens = training.samples().stream()
                .mapToInt(sample -> answers.first(sample.object()))
                .distinct()
                .toArray();
        List<double[]> rows = Arrays.stream(training.model().unembedding(tokens))
                .map(row -> Vectors.ofLength(row, 1, "an object's unembedding row"))
                .toList();
        double length = training.states(ends).stream()
                .mapToDouble(state -> Vectors.norm(state.h()))
                .average()
                .orElseThrow();
        return new LinearOperator(
                name(),
                ends,
                Optional.empty(),
                Optional.of(Vectors.ofLength(Vectors.mean(rows), length / 2, "the mean of the objects' rows")),
                1,
                training.template(),
                training.demonstrations());
    }
}
