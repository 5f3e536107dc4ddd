package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.stats.Bootstrap;
import io.reprise.stats.Interval;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What each unit adds to the metric, averaged over all orders in which units could be restored (Shapley 1953). The values add up to
 * m(M) − m(∅). Of KL, where less is better, a helpful unit's is negative.
 */
public final class ShapleyValues {
    private final Universe universe;
    private final double[][] values; // [unit, prompt]
    private final double[] errors; // [unit], of the sampling; empty if exact
    private final double gain;

    ShapleyValues(Universe universe, double[][] values, double[] errors, double gain) {
        this.universe = universe;
        this.values = values;
        this.errors = errors;
        this.gain = gain;
    }

    public Universe universe() {
        return universe;
    }

    /** Of the mean metric. */
    public double mean(Unit unit) {
        return mean(values[number(unit)]);
    }

    /** Of every unit, in the order of the universe. */
    public Map<Unit, Double> means() {
        Map<Unit, Double> means = new LinkedHashMap<>();
        universe.units().forEach(unit -> means.put(unit, mean(unit)));
        return Collections.unmodifiableMap(means);
    }

    /** Of each prompt's metric. */
    public double[] perPrompt(Unit unit) {
        return values[number(unit)].clone();
    }

    /** 95% bootstrap interval of the mean over prompts. What sampled orders add is not in it: see {@link #samplingError}. */
    public Interval interval(Unit unit, int resamples, Rng rng) {
        return Bootstrap.percentile(perPrompt(unit), ShapleyValues::mean, resamples, rng);
    }

    /** Standard error of the mean that comes from sampling orders; empty if all sets were measured. */
    public OptionalDouble samplingError(Unit unit) {
        return errors.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(errors[number(unit)]);
    }

    /** m(M) − m(∅). */
    public double gain() {
        return gain;
    }

    /** The values' sum less {@link #gain}: 0 up to rounding (the axiom of efficiency). */
    public double efficiencyGap() {
        return Arrays.stream(values).mapToDouble(ShapleyValues::mean).sum() - gain;
    }

    private int number(Unit unit) {
        int number = universe.units().indexOf(unit);
        if (number < 0) {
            throw new IllegalArgumentException(unit.name() + " is not among the " + universe);
        }
        return number;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
