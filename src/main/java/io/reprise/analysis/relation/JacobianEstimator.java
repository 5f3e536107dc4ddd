package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import java.util.List;
import java.util.Optional;

/** W and b of the first training subject's prompt without demonstrations. */
public final class JacobianEstimator implements Estimator {
    private final Truncation truncation;

    public JacobianEstimator(Truncation truncation) {
        this.truncation = truncation;
    }

    @Override
    public String name() {
        return EstimatorKind.JACOBIAN.key();
    }

    @Override
    public List<Relation.Sample> shown(Training training) {
        return List.of();
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        SubjectPrompt prompt =
                training.prompts().make(training.template(), training.sample(0).subject(), List.of());
        Linearization linear = training.linearization(prompt, ends);
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
