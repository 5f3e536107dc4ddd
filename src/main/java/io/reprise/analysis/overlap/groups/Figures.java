package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.overlap.ModelComparison;
import io.reprise.analysis.overlap.between.SeedPair;
import io.reprise.analysis.overlap.channels.ChannelComparison;
import io.reprise.analysis.overlap.verdict.Verdict;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import io.reprise.stats.Summary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Puts figures of several pairs together. */
final class Figures {
    private Figures() {}

    /**
     * Of pairs that were each set against all others: means, with Student's interval over pairs, which share models and so make it
     * somewhat narrow.
     */
    static ChannelComparison leftOut(List<ChannelComparison> each) {
        ChannelComparison some = each.get(0);
        Map<String, Double> nulls = new LinkedHashMap<>();
        some.nulls()
                .keySet()
                .forEach(kind ->
                        nulls.put(kind, mean(each, figure -> figure.nulls().getOrDefault(kind, Double.NaN))));
        Optional<String> problem =
                each.stream().flatMap(figure -> figure.problem().stream()).findFirst();
        Optional<Summary> values = problem.isPresent()
                ? Optional.empty()
                : Optional.of(Summary.of(each.stream()
                        .mapToDouble(figure -> figure.calibrated().orElseThrow())
                        .toArray()));
        return new ChannelComparison(
                some.name(),
                some.prompts(),
                mean(each, ChannelComparison::value),
                nulls,
                mean(each, ChannelComparison::nullValue),
                some.ceiling()
                        .map(ceiling -> mean(each, figure -> figure.ceiling().orElse(Double.NaN))),
                values.map(Summary::mean),
                values.map(Summary::interval),
                problem);
    }

    /**
     * X-CSI of pairs of one group, each set against all others; not identifiable if the gap between the null and all of them isn't.
     *
     * @param all all pairs as their own ceiling
     * @param pairs each one's distance
     */
    static ChannelComparison leftOut(ChannelComparison all, List<SeedPair> pairs) {
        double sum = pairs.stream().mapToDouble(SeedPair::distance).sum();
        Optional<Summary> values = all.problem().isPresent()
                ? Optional.empty()
                : Optional.of(Summary.of(pairs.stream()
                        .mapToDouble(pair -> (all.nullValue() - pair.distance())
                                / (all.nullValue() - (sum - pair.distance()) / (pairs.size() - 1)))
                        .toArray()));
        return new ChannelComparison(
                all.name(),
                all.prompts(),
                all.value(),
                all.nulls(),
                all.nullValue(),
                all.ceiling(),
                values.map(Summary::mean),
                values.map(Summary::interval),
                all.problem());
    }

    /** Distances that cannot be set between null and ceiling. */
    static ChannelComparison withoutCeiling(
            String name, int prompts, List<SeedPair> pairs, Map<String, List<SeedPair>> nulls) {
        Map<String, Double> means = means(nulls);
        return new ChannelComparison(
                name,
                prompts,
                CircuitDistances.mean(pairs),
                means,
                means.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("not identifiable: without seeds of one architecture there is no ceiling; give two or more"
                        + " runs of each model"));
    }

    static Map<String, Double> means(Map<String, List<SeedPair>> nulls) {
        Map<String, Double> means = new LinkedHashMap<>();
        nulls.forEach((kind, pairs) -> means.put(kind, CircuitDistances.mean(pairs)));
        return means;
    }

    /** X-CSI, and the distances that it is made of. */
    static Map<String, Estimate> ofCircuits(ChannelComparison figure) {
        Map<String, Estimate> figures = new LinkedHashMap<>();
        figures.put(
                "x_csi",
                figure.calibrated()
                        .map(value -> Estimate.of(value, figure.interval().orElseThrow()))
                        .orElseGet(() -> Estimate.none(figure.problem().orElse("not identifiable"))));
        figures.put("distance", Estimate.of(figure.value()));
        figures.put("null_distance", Estimate.of(figure.nullValue()));
        figure.ceiling().ifPresent(ceiling -> figures.put("ceiling_distance", Estimate.of(ceiling)));
        return figures;
    }

    /** The figures, and the verdicts as 1 (shown) or 0; what is not identifiable has no number. */
    static Map<String, Estimate> withVerdicts(Map<String, Estimate> figures, ModelComparison comparison) {
        Map<String, Estimate> all = new LinkedHashMap<>(figures);
        for (Verdict verdict : comparison.verdicts()) {
            all.put(
                    verdict.question().key(),
                    verdict.outcome() == Verdict.Outcome.NOT_IDENTIFIABLE
                            ? Estimate.none(verdict.because())
                            : Estimate.of(verdict.outcome() == Verdict.Outcome.SHOWN ? 1 : 0));
        }
        return all;
    }

    /** A figure over pairs of models: of one its own, of more their mean with Student's interval. */
    static Estimate over(List<Estimate> each) {
        if (each.size() == 1) {
            return each.get(0);
        }
        List<Double> values =
                each.stream().flatMap(estimate -> estimate.value().stream()).toList();
        if (values.size() < each.size()) {
            return Estimate.none(String.format(
                    Locale.ROOT,
                    "in %d of %d pairs of models: %s",
                    each.size() - values.size(),
                    each.size(),
                    each.stream()
                            .flatMap(estimate -> estimate.problem().stream())
                            .findFirst()
                            .orElseThrow()));
        }
        Summary summary =
                Summary.of(values.stream().mapToDouble(Double::doubleValue).toArray());
        Interval interval = summary.interval();
        return Estimate.of(summary.mean(), interval);
    }

    private static double mean(List<ChannelComparison> each, ToDoubleFunction<ChannelComparison> of) {
        return each.stream().mapToDouble(of).average().orElseThrow();
    }
}
