package io.reprise.analysis.relation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** z ≈ h + b, b the mean of z − h over the training subjects. */
public final class TranslationEstimator implements Estimator {
    @Override
    public String name() {
        return EstimatorKind.TRANSLATION.key();
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        List<double[]> offsets = new ArrayList<>();
        for (State state : training.states(ends)) {
            offsets.add(Vectors.plus(state.z(), -1, state.h()));
        }
        return new LinearOperator(
                name(),
                ends,
                Optional.empty(),
                Optional.of(Vectors.mean(offsets)),
                1,
                training.template(),
                training.demonstrations());
    }
}
