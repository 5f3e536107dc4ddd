package io.reprise.analysis.circuit.evaluation;

import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Measures {@link Completeness}. */
final class MeasureCompleteness {
    private final Measurements measured;
    private final Universe universe;
    private final int knockouts;
    private final Rng rng;

    MeasureCompleteness(Measurements measured, int knockouts, Rng rng) {
        this.measured = measured;
        this.universe = measured.model().universe();
        this.knockouts = knockouts;
        this.rng = rng;
    }

    /** What a circuit and the model do without each K. */
    private final class Pairs {
        private final List<Set<Unit>> taken = new ArrayList<>();
        private final List<double[]> columns = new ArrayList<>(); // circuit, model, circuit, model, …
        private final double[] divergence; // per prompt, mean over K

        Pairs(Set<Unit> circuit) {
            divergence = new double[measured.model().pairs().size()];
            for (int k = 0; k < knockouts; k++) {
                Set<Unit> out = half(circuit);
                Set<Unit> left = new LinkedHashSet<>(circuit);
                left.removeAll(out);
                Set<Unit> rest = universe.without(out);
                taken.add(out);
                columns.add(measured.values(left));
                columns.add(measured.values(rest));
                double[][] own = measured.model().logits(left);
                double[][] full = measured.model().logits(rest);
                for (int prompt = 0; prompt < divergence.length; prompt++) {
                    divergence[prompt] += Readout.divergence(full[prompt], own[prompt]) / knockouts;
                }
            }
        }

        double[] gaps() {
            return gaps(columns.stream().mapToDouble(Measurements::mean).toArray());
        }

        private static double[] gaps(double[] means) {
            double[] gaps = new double[means.length / 2];
            Arrays.setAll(gaps, k -> Math.abs(means[2 * k] - means[2 * k + 1]));
            return gaps;
        }
    }

    Completeness of(Set<Unit> circuit, List<Set<Unit>> controls) {
        Pairs own = new Pairs(circuit);
        List<Pairs> random = controls.stream().map(Pairs::new).toList();
        double[] gaps = own.gaps();
        int worst = 0;
        for (int k = 1; k < gaps.length; k++) {
            worst = gaps[k] > gaps[worst] ? k : worst;
        }
        Figure incompleteness = Figure.of(
                measured.estimate(own.columns, means -> Measurements.mean(Pairs.gaps(means))),
                () -> random.isEmpty()
                        ? Optional.empty()
                        : Optional.of(random.stream()
                                .mapToDouble(pairs -> Measurements.mean(pairs.gaps()))
                                .toArray()),
                Control.Better.LESS);
        Figure divergence = Figure.of(
                measured.estimate(List.of(own.divergence), means -> means[0]),
                () -> random.isEmpty()
                        ? Optional.empty()
                        : Optional.of(random.stream()
                                .mapToDouble(pairs -> Measurements.mean(pairs.divergence))
                                .toArray()),
                Control.Better.LESS);
        List<String> names = own.taken.get(worst).stream().map(Unit::name).toList();
        return new Completeness(knockouts, incompleteness, gaps[worst], names, divergence);
    }

    private Set<Unit> half(Set<Unit> circuit) {
        Set<Unit> half = new LinkedHashSet<>();
        for (Unit unit : universe.units()) {
            if (circuit.contains(unit) && rng.nextInt(2) == 1) {
                half.add(unit);
            }
        }
        return half;
    }
}
