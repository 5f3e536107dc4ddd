package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.End;
import java.util.Optional;

/**
 * Hyper-parameters of one trial, chosen on its training subjects alone.
 *
 * @param layer where h is read, as {@link End#name()}
 * @param beta what W·h is multiplied by; absent for an estimator without W
 * @param editLayer where h is edited; absent where W is zero at every layer asked for
 * @param rank of the pseudo-inverse; absent for an estimator without W
 * @param recall share of inner held-out training subjects decoded right at this layer and β
 * @param efficacy share of inner edits that succeeded at this layer and rank; absent where no edit could be tried
 */
public record Choice(
        String layer,
        Optional<Double> beta,
        Optional<String> editLayer,
        Optional<Integer> rank,
        double recall,
        Optional<Double> efficacy) {}
