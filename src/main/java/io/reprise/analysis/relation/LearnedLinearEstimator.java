package io.reprise.analysis.relation;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * W and b by ridge regression of z on h, in closed form through the singular values of the centred h: W = Zᵀ·U·diag(s/(s² + λ))·Vᵀ.
 * With n ≪ d training subjects that costs n²·d. (The published code takes 100 steps of Adam with weight decay from random weights,
 * whose result hangs on the seed.)
 */
public final class LearnedLinearEstimator implements Estimator {
    /** λ in units of the centred h's mean square length. */
    static final double RIDGE = 1e-2;

    private final double ridge;

    /** @param ridge 0 is ordinary least squares, of least norm where the subjects don't determine W */
    public LearnedLinearEstimator(double ridge) {
        if (!(ridge >= 0) || Double.isInfinite(ridge)) {
            throw new IllegalArgumentException("ridge = " + ridge + "; expected 0 or more");
        }
        this.ridge = ridge;
    }

    @Override
    public String name() {
        return EstimatorKind.LEARNED_LINEAR.key();
    }

    @Override
    public LinearOperator fit(Training training, Ends ends) {
        List<State> states = training.states(ends);
        double[] meanH = Vectors.mean(states.stream().map(State::h).toList());
        double[] meanZ = Vectors.mean(states.stream().map(State::z).toList());
        double[][] x = new double[states.size()][];
        double[][] y = new double[states.size()][];
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = Vectors.plus(states.get(i).h(), -1, meanH);
            y[i] = Vectors.plus(states.get(i).z(), -1, meanZ);
            squares += Math.pow(Vectors.norm(x[i]), 2);
        }
        RealMatrix w = regress(x, y, ridge * squares / x.length);
        return new LinearOperator(
                name(),
                ends,
                Optional.of(w),
                Optional.of(Vectors.plus(meanZ, -1, w.operate(meanH))),
                1,
                training.template(),
                training.demonstrations());
    }

    private static RealMatrix regress(double[][] x, double[][] y, double lambda) {
        Svd svd = Svd.of(new Array2DRowRealMatrix(x, false));
        double[] s = svd.singularValues();
        RealMatrix w = MatrixUtils.createRealMatrix(y[0].length, x[0].length);
        for (int i = 0; i < svd.rank(); i++) {
            double[] image = new Array2DRowRealMatrix(y, false).preMultiply(svd.left(i));
            w = w.add(MatrixUtils.createColumnRealMatrix(Vectors.scaled(image, s[i] / (s[i] * s[i] + lambda)))
                    .multiply(MatrixUtils.createRowRealMatrix(svd.right(i))));
        }
        return w;
    }
}
