package io.reprise.analysis.circuit.roles;

/**
 * One head's score for one role.
 *
 * @param nullMean over the heads of the same layer of models with random weights
 * @param percentile share of the null below, ties counted half, times 100
 * @param p (1 + null draws at least as high) / (1 + null draws)
 * @param excess (score - nullMean) / (1 - nullMean); 0 where random weights reach 1 already
 */
public record HeadScore(
        int layer,
        int head,
        HeadRole role,
        double score,
        double nullMean,
        double nullSd,
        double percentile,
        double p,
        double excess) {}
