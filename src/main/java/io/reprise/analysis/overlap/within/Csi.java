package io.reprise.analysis.overlap.within;

import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Circuit similarity index: CSI = (J* − null) / (ceiling − null). 0 is what random circuits of the same types and layers share, 1
 * what two circuits of one task share, found on different prompts or in different seeds. Built on J*, so that a difference in size
 * is not read as a lack of re-use.
 */
public final class Csi {
    private static final int RESAMPLES = 2000;
    /** Standard errors by which ceiling and null have to differ. */
    private static final double APART = 2;

    private Csi() {}

    /**
     * One repetition: a split of the prompts in halves, or a seed.
     *
     * @param cross J* between the circuits of the two tasks, found on different prompts
     * @param ceiling J* between two circuits of one task, the mean of both tasks
     * @param chance mean J* of random circuits of the same types and layers
     */
    public record Repetition(double cross, double ceiling, double chance) {}

    /**
     * CSI over repetitions.
     *
     * @param estimate with a 95% bootstrap interval over repetitions
     * @param cross mean J* between the tasks
     * @param ceiling mean J* within them
     * @param chance mean J* of random circuits
     * @param repetitions how many
     */
    public record Result(Estimate estimate, double cross, double ceiling, double chance, int repetitions) {}

    /**
     * The interval takes repetitions for independent. Seeds are; splits of the same prompts are not, so that theirs tells how sure
     * the search is and leaves out that other models would have other circuits.
     *
     * @param repetitions at least two
     */
    public static Result of(List<Repetition> repetitions, Rng rng) {
        if (repetitions.size() < 2) {
            throw new IllegalArgumentException(
                    "CSI of " + repetitions.size() + " repetition; expected at least 2 to tell its spread");
        }
        double cross = mean(repetitions, Repetition::cross);
        double ceiling = mean(repetitions, Repetition::ceiling);
        double chance = mean(repetitions, Repetition::chance);
        double gap = ceiling - chance;
        double[] gaps = new double[RESAMPLES];
        double[] values = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double drawnCross = 0;
            double drawnGap = 0;
            for (int r = 0; r < repetitions.size(); r++) {
                Repetition drawn = repetitions.get(rng.nextInt(repetitions.size()));
                drawnCross += (drawn.cross() - drawn.chance()) / repetitions.size();
                drawnGap += (drawn.ceiling() - drawn.chance()) / repetitions.size();
            }
            gaps[i] = drawnGap;
            values[i] = drawnCross / drawnGap;
        }
        double error = Summary.of(gaps).sd();
        Estimate estimate = gap > APART * error && Arrays.stream(gaps).allMatch(drawn -> drawn > 0)
                ? Estimate.of((cross - chance) / gap, interval(values))
                : Estimate.none(String.format(
                        Locale.ROOT,
                        "not identifiable: circuits of one task share no more than random ones (J* %.3f against %.3f, two"
                                + " standard errors %.3f)",
                        ceiling,
                        chance,
                        APART * error));
        return new Result(estimate, cross, ceiling, chance, repetitions.size());
    }

    private static double mean(List<Repetition> repetitions, ToDoubleFunction<Repetition> part) {
        return repetitions.stream().mapToDouble(part).average().orElseThrow();
    }

    /** 2.5% to 97.5% of the draws. */
    static Interval interval(double[] draws) {
        double[] sorted = draws.clone();
        Arrays.sort(sorted);
        return new Interval(sorted[(int) (0.025 * sorted.length)], sorted[(int) (0.975 * sorted.length)]);
    }
}
