package io.reprise.analysis.relation;

import java.util.List;
import java.util.Optional;

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

    /** What would be chosen if β = 1 were the only one, its layer too; empty unless there were others to choose from. */
    static Optional<LinearOperator> bestAtBetaOne(List<ReadFit> fits) {
        if (!fits.stream().allMatch(fit -> fit.betas().size() > 1 && fit.betas().contains(1.0))) {
            return Optional.empty();
        }
        List<Score> scores = fits.stream()
                .map(fit -> fit.scores().get(fit.betas().indexOf(1.0)))
                .toList();
        return Optional.of(fits.get(Score.best(scores)).operator().withBeta(1));
    }

    static ReadFit best(List<ReadFit> fits) {
        return fits.get(Score.best(fits.stream().map(ReadFit::score).toList()));
    }
}
