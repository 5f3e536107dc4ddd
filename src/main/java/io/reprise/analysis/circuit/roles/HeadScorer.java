package io.reprise.analysis.circuit.roles;

import io.reprise.model.Transformer;
import java.util.Map;

/** Scores every head of a model for some roles; the same inputs for every model. */
@FunctionalInterface
public interface HeadScorer {
    /** By role: [layer][head]. */
    Map<HeadRole, double[][]> score(Transformer model);
}
