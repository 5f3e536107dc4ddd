package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import java.util.List;

/** Makes an operator of training subjects. */
public interface Estimator {
    /** As reports and YAML write it. */
    String name();

    /** Where it reads h when {@code asked} is wanted: there, unless the estimator is bound to one place. */
    default End from(End asked) {
        return asked;
    }

    /** What the operator's prompts show, wherever it reads. */
    default List<Relation.Sample> shown(Training training) {
        return training.demonstrations();
    }

    /** An operator with β = 1. */
    LinearOperator fit(Training training, Ends ends);
}
