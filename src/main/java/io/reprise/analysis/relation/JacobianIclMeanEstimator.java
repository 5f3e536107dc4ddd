package io.reprise.analysis.relation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The linear relational embedding (Hernandez et al. 2024, section 3): W and b are the means of the Jacobians and biases at all n
 * training subjects, whose prompts show the n − 1 others. New subjects are read after all n, as published.
 */
public final class JacobianIclMeanEstimator implements Estimator {
    private final Truncation truncation;

    public JacobianIclMeanEstimator(Truncation truncation) {
        this.truncation = truncation;
    }

    @Override
    public String name() {
        return EstimatorKind.JACOBIAN_ICL_MEAN.key();
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        Linearization first = training.linearization(0, ends);
        RealMatrix sum = first.jacobian();
        List<double[]> biases = new ArrayList<>(List.of(first.bias()));
        for (int i = 1; i < training.size(); i++) {
            Linearization linear = training.linearization(i, ends);
            sum = sum.add(linear.jacobian());
            biases.add(linear.bias());
        }
        return new LinearOperator(
                name(),
                ends,
                Optional.of(truncation.apply(sum.scalarMultiply(1.0 / training.size()), ends)),
                Optional.of(Vectors.mean(biases)),
                1,
                training.template(),
                training.demonstrations());
    }
}
