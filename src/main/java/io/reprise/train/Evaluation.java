package io.reprise.train;

/**
 * One look at the validation set.
 *
 * @param loss mean negative log-likelihood of the objective's targets
 * @param accuracy share of determined positions predicted right
 */
public record Evaluation(double loss, double accuracy) {}
