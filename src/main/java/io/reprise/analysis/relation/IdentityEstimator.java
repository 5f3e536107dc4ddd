package io.reprise.analysis.relation;

import java.util.Optional;

/** z ≈ h: what decoding h at once gives, the logit lens at the subject. */
public final class IdentityEstimator implements Estimator {
    @Override
    public String name() {
        return EstimatorKind.IDENTITY.key();
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        return new LinearOperator(
                name(), ends, Optional.empty(), Optional.empty(), 1, training.template(), training.demonstrations());
    }
}
