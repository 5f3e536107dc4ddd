package io.reprise.analysis.circuit.evaluation;

/**
 * How a circuit is evaluated.
 *
 * @param controls random circuits that each figure is compared with
 * @param knockouts sets of units taken out to tell completeness and minimality; 0 leaves both away
 * @param resamples of the prompts, for intervals
 * @param order what comes first in the faithfulness curve
 */
public record EvaluationOptions(int controls, int knockouts, int resamples, Ranking.Order order) {
    public EvaluationOptions {
        if (controls < 2) {
            throw new IllegalArgumentException("controls = " + controls + "; expected 2 or more, better 100");
        }
        if (knockouts < 0) {
            throw new IllegalArgumentException("knockouts = " + knockouts + "; expected 0 or more");
        }
        if (resamples < 100) {
            throw new IllegalArgumentException("resamples = " + resamples + "; expected 100 or more, better 2000");
        }
    }

    public static EvaluationOptions defaults() {
        return new EvaluationOptions(100, 10, 2000, Ranking.Order.MAGNITUDE);
    }
}
