package io.reprise.analysis.circuit.evaluation;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import java.util.Optional;

/**
 * How good a circuit is on a task's prompts. m is the mean metric, M the model, C the circuit, ∅ everything ablated.
 *
 * @param circuit its name
 * @param task name of the prompts
 * @param data digest of the prompts
 * @param prompts how many
 * @param foundOnThesePrompts whether discovery had the very same prompts, so that the figures flatter the circuit
 * @param ablation that the figures were measured with, whatever the circuit was found with
 * @param metric that the figures were measured with
 * @param units in the universe
 * @param requested how many were asked for, if discovery was asked for a number
 * @param kept how many the circuit has
 * @param whole m(M)
 * @param nothing m(∅)
 * @param alone m(C)
 * @param without m(M∖C)
 * @param faithfulness (m(C) − m(∅)) / (m(M) − m(∅))
 * @param score m(C)/m(M); not identifiable for KL, which is 0 for the model
 * @param necessity 1 − (m(M∖C) − m(∅)) / (m(M) − m(∅))
 * @param completeness empty if it was not asked for
 * @param minimality empty if it was not asked for
 * @param curve empty if the circuit has no scores
 * @param freedom share of the circuit's units that stand in a stratum with units outside it
 * @param uncontrolled why there are no random circuits beside the figures
 */
public record CircuitEvaluation(
        String circuit,
        String task,
        String data,
        int prompts,
        boolean foundOnThesePrompts,
        Ablation ablation,
        Metric metric,
        int units,
        Optional<Integer> requested,
        int kept,
        double whole,
        double nothing,
        double alone,
        double without,
        Figure faithfulness,
        Figure score,
        Figure necessity,
        Optional<Completeness> completeness,
        Optional<Minimality> minimality,
        Optional<FaithfulnessCurve> curve,
        double freedom,
        Optional<String> uncontrolled) {}
