package io.reprise.analysis.overlap.channels;

import io.reprise.stats.Interval;
import io.reprise.stats.Proportions;
import io.reprise.stats.Summary;
import io.reprise.tensor.Rng;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * Puts a measure between its null and its ceiling. Of several kinds of null the one most alike counts. Each draw of the bootstrap
 * takes other prompts and, among pairs of models of each kind, others with replacement. Pairs that share a seed are taken
 * as if they were independent, which makes the interval somewhat narrow where seeds are few.
 */
final class Calibrated {
    /** Which way the measure runs. */
    enum Sense {
        /** 0 is the same. */
        DISTANCE,
        /** More is more alike. */
        SIMILARITY
    }

    private final Resamples resamples;
    private final Rng rng;

    Calibrated(Resamples resamples, Rng rng) {
        this.resamples = resamples;
        this.rng = rng;
    }

    /** Null, value and ceiling of one draw. */
    private record Draw(double nullValue, double value, double ceiling) {
        double gap() {
            return nullValue - ceiling;
        }

        double calibrated() {
            return (nullValue - value) / gap();
        }
    }

    /** @param measured the measure at a draw: of the pairs in question, of nulls by kind, of pairs of seeds of one architecture */
    ChannelComparison of(String name, Sense sense, Pairings.Measured<IntToDoubleFunction> measured) {
        List<IntToDoubleFunction> values = measured.values();
        Map<String, List<IntToDoubleFunction>> nulls = measured.nulls();
        List<IntToDoubleFunction> ceilings = measured.ceilings();
        Map<String, Double> kinds = new LinkedHashMap<>();
        nulls.forEach((kind, own) -> kinds.put(kind, mean(own, 0)));
        double nullValue = strictest(kinds, sense);
        if (ceilings.isEmpty()) {
            return result(
                    name,
                    mean(values, 0),
                    kinds,
                    nullValue,
                    Optional.empty(),
                    "no two seeds of one architecture were given, so that there is no ceiling");
        }
        Draw whole = new Draw(nullValue, mean(values, 0), mean(ceilings, 0));
        Draw[] draws = new Draw[resamples.count() - 1];
        for (int i = 0; i < draws.length; i++) {
            int draw = i + 1;
            Map<String, Double> drawn = new LinkedHashMap<>();
            nulls.forEach((kind, own) -> drawn.put(kind, resampled(own, draw)));
            draws[i] = new Draw(strictest(drawn, sense), resampled(values, draw), resampled(ceilings, draw));
        }
        double error = Summary.of(Arrays.stream(draws).mapToDouble(Draw::gap).toArray())
                .sd();
        double gap = sense == Sense.DISTANCE ? whole.gap() : -whole.gap();
        if (resamples.prompts() < 2 || !(gap > 2 * error)) {
            return result(
                    name,
                    whole.value(),
                    kinds,
                    nullValue,
                    Optional.of(whole.ceiling()),
                    String.format(
                            Locale.ROOT,
                            "the ceiling is more alike than the null by %.3g, not by two standard errors (%.3g)",
                            gap,
                            2 * error));
        }
        double[] calibrated = Arrays.stream(draws)
                .filter(draw -> draw.gap() * whole.gap() > 0) // few are upside down, the gap being two errors wide
                .mapToDouble(Draw::calibrated)
                .toArray();
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        double tail = 100 * (1 - Proportions.LEVEL) / 2;
        return new ChannelComparison(
                name,
                resamples.prompts(),
                whole.value(),
                kinds,
                nullValue,
                Optional.of(whole.ceiling()),
                Optional.of(whole.calibrated()),
                Optional.of(new Interval(
                        percentile.evaluate(calibrated, tail), percentile.evaluate(calibrated, 100 - tail))),
                Optional.empty());
    }

    private ChannelComparison result(
            String name,
            double value,
            Map<String, Double> nulls,
            double nullValue,
            Optional<Double> ceiling,
            String problem) {
        return new ChannelComparison(
                name,
                resamples.prompts(),
                value,
                nulls,
                nullValue,
                ceiling,
                Optional.empty(),
                Optional.empty(),
                Optional.of(problem));
    }

    private static double strictest(Map<String, Double> kinds, Sense sense) {
        return kinds.values().stream()
                .mapToDouble(Double::doubleValue)
                .reduce(sense == Sense.DISTANCE ? Math::min : Math::max)
                .orElseThrow(() -> new IllegalArgumentException("no null was given; give random-weights twins"));
    }

    private static double mean(List<IntToDoubleFunction> measures, int draw) {
        return measures.stream()
                .mapToDouble(measure -> measure.applyAsDouble(draw))
                .average()
                .orElseThrow();
    }

    private double resampled(List<IntToDoubleFunction> measures, int draw) {
        double sum = 0;
        for (int i = 0; i < measures.size(); i++) {
            sum += measures.get(rng.nextInt(measures.size())).applyAsDouble(draw);
        }
        return sum / measures.size();
    }
}
