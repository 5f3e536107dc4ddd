package io.reprise.analysis.overlap.within;

import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.stats.Estimate;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How much of task B the circuit of task A does: τ(A→B) = (f_B(A) − f_B(R_A)) / (f_B(B) − f_B(R_B)), with f_B the faithfulness on
 * task B and R_X random circuits with X's types and layers, all ablated with B's corrupt prompts. 0 is no more than such random
 * circuits, 1 as much as B's own. Not symmetric.
 */
public final class Transfer {
    private static final int RESAMPLES = 2000;
    private static final double APART = 2;

    private final TaskModel task;
    private final int controls;
    private final Rng rng;

    /**
     * @param task B, on prompts that no circuit was found on
     * @param controls random circuits per circuit, 100 or more for a report
     */
    public Transfer(TaskModel task, int controls, Rng rng) {
        if (controls < 2) {
            throw new IllegalArgumentException("controls = " + controls + "; expected 2 or more, better 100");
        }
        this.task = task;
        this.controls = controls;
        this.rng = rng;
    }

    /**
     * The figures of a transfer.
     *
     * @param tau τ(A→B), 95% bootstrap interval over prompts and random circuits
     * @param faithfulness f_B(A)
     * @param control mean f_B(R_A)
     * @param own f_B(B)
     * @param ownControl mean f_B(R_B)
     * @param core f_B(A ∩ B)
     * @param rest f_B(A ∖ B)
     * @param necessity 1 − f_B(everything but A)
     * @param freedom share of A's units that a random circuit could have chosen otherwise
     */
    public record Result(
            Estimate tau,
            double faithfulness,
            double control,
            double own,
            double ownControl,
            double core,
            double rest,
            double necessity,
            double freedom) {}

    /** A task's own circuit with its controls, measured once for all transfers to the task. */
    public final class Own {
        private final Set<Unit> circuit;
        private final double[] whole;
        private final double[] nothing;
        private final Measured measured;

        private Own(Set<Unit> circuit) {
            this.circuit = Set.copyOf(circuit);
            this.whole = task.values(task.universe().all());
            this.nothing = task.values(Set.of());
            double effect = Math.abs(mean(whole) - mean(nothing));
            if (!(effect > 0)) {
                throw new IllegalArgumentException(
                        "ablating everything changes nothing on " + task.pairs().name() + ": "
                                + task.metric().key() + " stays " + mean(whole)
                                + ", so that no faithfulness can be told; choose another ablation or other corrupt prompts");
            }
            this.measured = measure(circuit);
        }

        /** Necessity of a set of units for the task: 1 − f(everything else). */
        public double necessity(Set<Unit> units) {
            Set<Unit> rest = new LinkedHashSet<>(task.universe().units());
            rest.removeAll(units);
            return 1 - faithfulness(rest);
        }

        /** f of a set of units. */
        public double faithfulness(Set<Unit> kept) {
            return normalised(task.values(kept));
        }

        private double normalised(double[] values) {
            return (mean(values) - mean(nothing)) / (mean(whole) - mean(nothing));
        }

        /** How {@code other} does on this task. */
        public Result from(Set<Unit> other) {
            Measured foreign = other.equals(circuit) ? measured : measure(other);
            Set<Unit> core = new HashSet<>(other);
            core.retainAll(circuit);
            Set<Unit> rest = new HashSet<>(other);
            rest.removeAll(circuit);
            return new Result(
                    tau(other, foreign),
                    normalised(foreign.values),
                    normalised(foreign.meanControl()),
                    normalised(measured.values),
                    normalised(measured.meanControl()),
                    faithfulness(core),
                    faithfulness(rest),
                    necessity(other),
                    freedom(other));
        }

        private double freedom(Set<Unit> units) {
            return new RandomCircuits(task.universe(), rng).freedom(units);
        }

        private Estimate tau(Set<Unit> other, Measured foreign) {
            if (freedom(other) == 0 || freedom(circuit) == 0) {
                return Estimate.none(
                        "not identifiable: random circuits of the same types and layers are the circuit itself");
            }
            int prompts = whole.length;
            double gain = mean(measured.values) - mean(measured.meanControl());
            Rng draws = rng.split("resamples");
            double[] gains = new double[RESAMPLES];
            double[] taus = new double[RESAMPLES];
            for (int i = 0; i < RESAMPLES; i++) {
                int[] drawn = draw(prompts, prompts, draws);
                int[] controlsA = draw(controls, controls, draws);
                int[] controlsB = draw(controls, controls, draws);
                gains[i] = measured.gain(drawn, controlsB);
                // the task's own circuit has its own controls on both sides: 1 in every resample
                taus[i] = foreign.gain(drawn, foreign == measured ? controlsB : controlsA) / gains[i];
            }
            double error = Summary.of(gains).sd();
            double sign = Math.signum(mean(whole) - mean(nothing));
            if (!(sign * gain > APART * error) || Arrays.stream(gains).anyMatch(g -> !(sign * g > 0))) {
                return Estimate.none(String.format(
                        Locale.ROOT,
                        "not identifiable: the task's own circuit does no better than random ones (%.3g more, two standard"
                                + " errors %.3g)",
                        gain,
                        APART * error));
            }
            return Estimate.of((mean(foreign.values) - mean(foreign.meanControl())) / gain, Csi.interval(taus));
        }
    }

    /** Per prompt: a circuit's metric, and its controls'. */
    private static final class Measured {
        private final double[] values;
        private final List<double[]> controls;

        Measured(double[] values, List<double[]> controls) {
            this.values = values;
            this.controls = controls;
        }

        double[] meanControl() {
            double[] mean = new double[values.length];
            controls.forEach(control -> {
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += control[i] / controls.size();
                }
            });
            return mean;
        }

        double gain(int[] prompts, int[] drawn) {
            double own = 0;
            for (int prompt : prompts) {
                own += values[prompt] / prompts.length;
            }
            double random = 0;
            for (int control : drawn) {
                double[] values = controls.get(control);
                for (int prompt : prompts) {
                    random += values[prompt] / prompts.length / drawn.length;
                }
            }
            return own - random;
        }
    }

    /** Measures the task's own circuit. */
    public Own own(Set<Unit> circuit) {
        return new Own(circuit);
    }

    private Measured measure(Set<Unit> circuit) {
        String names =
                String.join(" ", circuit.stream().map(Unit::name).sorted().toList());
        RandomCircuits random = new RandomCircuits(task.universe(), rng.split(names));
        List<double[]> values = new ArrayList<>();
        for (int i = 0; i < controls; i++) {
            values.add(task.values(random.like(circuit)));
        }
        return new Measured(task.values(circuit), values);
    }

    private static int[] draw(int count, int bound, Rng draws) {
        int[] drawn = new int[count];
        Arrays.setAll(drawn, i -> draws.nextInt(bound));
        return drawn;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
