package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import java.util.List;
import java.util.Optional;

/** W and b of the first training subject's prompt, which shows the others. */
public final class JacobianIclEstimator implements Estimator {
    private final Truncation truncation;

    public JacobianIclEstimator(Truncation truncation) {
        this.truncation = truncation;
    }

    @Override
    public String name() {
        return EstimatorKind.JACOBIAN_ICL.key();
    }

    @Override
    public List<Relation.Sample> shown(Training training) {
        return training.shownTo(0);
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        Linearization linear = training.linearization(0, ends);
        return new LinearOperator(
                name(),
                ends,
                Optional.of(truncation.apply(linear.jacobian(), ends)),
                Optional.of(linear.bias()),
                1,
                training.template(),
                shown(training));
    }
}
