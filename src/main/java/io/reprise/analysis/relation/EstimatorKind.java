package io.reprise.analysis.relation;

import java.util.Locale;

/** The estimators by name. */
public enum EstimatorKind {
    JACOBIAN,
    JACOBIAN_ICL,
    JACOBIAN_ICL_MEAN,
    TRANSLATION,
    LEARNED_LINEAR,
    EMBEDDING,
    IDENTITY,
    CORNER;

    /** @param truncation for those that are made of Jacobians */
    public Estimator create(Truncation truncation, Answers answers) {
        return switch (this) {
            case JACOBIAN -> new JacobianEstimator(truncation);
            case JACOBIAN_ICL -> new JacobianIclEstimator(truncation);
            case JACOBIAN_ICL_MEAN -> new JacobianIclMeanEstimator(truncation);
            case TRANSLATION -> new TranslationEstimator();
            case LEARNED_LINEAR -> new LearnedLinearEstimator(LearnedLinearEstimator.RIDGE);
            case EMBEDDING -> new EmbeddingEstimator(truncation);
            case IDENTITY -> new IdentityEstimator();
            case CORNER -> new CornerEstimator(answers);
        };
    }

    /** snake_case. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
