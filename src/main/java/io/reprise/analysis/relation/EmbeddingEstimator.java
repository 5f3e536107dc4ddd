package io.reprise.analysis.relation;

/** The linear relational embedding read from the subject's token embedding, whatever layer is asked for. */
public final class EmbeddingEstimator implements Estimator {
    private final JacobianIclMeanEstimator mean;

    public EmbeddingEstimator(Truncation truncation) {
        this.mean = new JacobianIclMeanEstimator(new Truncation(truncation.rank(), false));
    }

    @Override
    public String name() {
        return EstimatorKind.EMBEDDING.key();
    }

    @Override
    public End from(End asked) {
        return End.EMBED;
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        LinearOperator read = mean.fit(training, new Ends(End.EMBED, ends.to()));
        return new LinearOperator(
                name(), read.ends(), read.weight(), read.bias(), 1, read.template(), read.demonstrations());
    }
}
