package io.reprise.analysis.circuit.evaluation;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.stats.Estimate;
import io.reprise.stats.JointBootstrap;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * A task model's values, each measured once, and figures of them.
 *
 * <p>A ratio is not identifiable when its denominator is not above two standard errors over the prompts. A single prompt has no
 * standard error; then a denominator that isn't 0 is enough, and figures have no interval.
 */
final class Measurements {
    /** Standard errors by which a denominator has to differ from 0. */
    private static final double APART = 2;

    private final TaskModel model;
    private final int resamples;
    private final Rng rng;
    private final Map<Unit, Integer> numbers = new HashMap<>();
    private final Map<BitSet, double[]> known = new HashMap<>();
    private final double sign;
    private final double[] whole;
    private final double[] nothing;
    private final Optional<String> problem;

    Measurements(TaskModel model, int resamples, Rng rng) {
        this.model = model;
        this.resamples = resamples;
        this.rng = rng;
        model.universe().units().forEach(unit -> numbers.put(unit, numbers.size()));
        sign = model.metric() == Metric.KL ? -1 : 1; // of KL, less is better
        whole = values(model.universe().all());
        nothing = values(Set.of());
        problem = problem(difference(whole, nothing), "the model does no better than with everything ablated");
    }

    TaskModel model() {
        return model;
    }

    double[] whole() {
        return whole.clone();
    }

    double[] nothing() {
        return nothing.clone();
    }

    /** The metric of every prompt. */
    double[] values(Set<Unit> kept) {
        BitSet key = new BitSet();
        kept.forEach(unit -> key.set(numbers.get(unit)));
        return known.computeIfAbsent(key, absent -> model.values(kept));
    }

    double score(Set<Unit> kept) {
        return mean(values(kept));
    }

    /** (m(kept) − m(∅)) / (m(M) − m(∅)), whether that means anything or not. */
    double faithfulnessValue(Set<Unit> kept) {
        return (score(kept) - mean(nothing)) / (mean(whole) - mean(nothing)) + 0.0;
    }

    Estimate faithfulness(Set<Unit> kept) {
        return normalised(List.of(values(kept)), f -> f[0]);
    }

    /** m(kept)/m(M), as published for sequence continuation (Lan, Torr and Barez 2024). */
    Estimate score(Set<Unit> kept, Optional<String> refusal) {
        Optional<String> why = refusal.or(
                () -> problem(whole, "the model's own " + model.metric().key() + " is not above 0"));
        return why.map(Estimate::none)
                .orElseGet(() -> estimate(List.of(values(kept), whole), m -> m[1] > 0 ? m[0] / m[1] : Double.NaN));
    }

    /** A function of the faithfulness of several sets of units, given the metric of every prompt for each. */
    Estimate normalised(List<double[]> measured, ToDoubleFunction<double[]> ofFaithfulness) {
        if (problem.isPresent()) {
            return Estimate.none(problem.get());
        }
        List<double[]> columns = new ArrayList<>(List.of(whole, nothing));
        columns.addAll(measured);
        return estimate(columns, m -> {
            double gain = m[0] - m[1];
            if (!(sign * gain > 0)) {
                return Double.NaN;
            }
            double[] f = new double[measured.size()];
            Arrays.setAll(f, i -> (m[i + 2] - m[1]) / gain + 0.0); // + 0.0: never -0.0
            return ofFaithfulness.applyAsDouble(f);
        });
    }

    /** A function of the columns' means over prompts. */
    Estimate estimate(List<double[]> columns, ToDoubleFunction<double[]> ofMeans) {
        double value = ofMeans.applyAsDouble(
                columns.stream().mapToDouble(Measurements::mean).toArray());
        if (whole.length < 2) {
            return Estimate.of(value);
        }
        return JointBootstrap.percentile(columns, ofMeans, resamples, rng)
                .map(interval -> Estimate.of(value, interval))
                .orElseGet(() -> Estimate.none("not identifiable: in more than 2.5% of the resamples of the prompts the"
                        + " denominator has the wrong sign. Give more prompts"));
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private Optional<String> problem(double[] denominator, String words) {
        Summary summary = Summary.of(denominator);
        double error = denominator.length < 2 ? 0 : summary.sd() / Math.sqrt(denominator.length);
        if (sign * summary.mean() > APART * error) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "not identifiable: %s (%s %.3g, two standard errors %.3g over %d prompts)",
                words,
                model.metric().key(),
                summary.mean(),
                APART * error,
                denominator.length));
    }
}
