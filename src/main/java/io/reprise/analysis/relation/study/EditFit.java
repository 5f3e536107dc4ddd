package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.LinearOperator;
import io.reprise.analysis.relation.Svd;
import java.util.List;
import java.util.Optional;

/**
 * An operator's inverse at one layer, fitted to all training subjects, and how edits between training subjects went.
 *
 * @param svd of W; none if W is the identity
 * @param ranks that W has
 * @param scores of each rank; empty where no two training subjects have different objects
 */
record EditFit(LinearOperator operator, Optional<Svd> svd, List<Integer> ranks, List<Score> scores) {
    int rank() {
        return ranks.get(scores.isEmpty() ? ranks.size() - 1 : Score.best(scores));
    }

    Optional<Score> score() {
        return scores.isEmpty() ? Optional.empty() : Optional.of(scores.get(Score.best(scores)));
    }

    String layer() {
        return operator.ends().from().name();
    }

    static EditFit best(List<EditFit> fits) {
        boolean scored = fits.stream().allMatch(fit -> fit.score().isPresent());
        return fits.get(
                scored ? Score.best(fits.stream().map(fit -> fit.score().get()).toList()) : 0);
    }
}
