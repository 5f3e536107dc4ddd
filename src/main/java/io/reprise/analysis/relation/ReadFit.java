package io.reprise.analysis.relation;

import java.util.List;

/**
 * An operator at one layer, fitted to all training subjects, and how its β would do on training subjects that were held out.
 *
 * @param scores of each β
 */
record ReadFit(LinearOperator operator, List<Double> betas, List<Score> scores) {
    Score score() {
        return scores.get(Score.best(scores));
    }

    double beta() {
        return betas.get(Score.best(scores));
    }

    String layer() {
        return operator.ends().from().name();
    }

    /** The operator with its own best β. */
    LinearOperator chosen() {
        return operator.withBeta(beta());
    }

    static ReadFit best(List<ReadFit> fits) {
        return fits.get(Score.best(fits.stream().map(ReadFit::score).toList()));
    }
}
