package io.reprise.report;

import io.reprise.analysis.relation.Rate;
import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationTrial;
import io.reprise.analysis.relation.Spread;
import io.reprise.stats.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A measure of a relation as it is shown: with Student's interval over trials, cut at 0 and 1; of a single trial with Wilson's
 * over its subjects.
 *
 * @param trials its value in each
 */
record RelationScore(double mean, double low, double high, List<Double> trials) {
    RelationScore {
        trials = List.copyOf(trials);
    }

    /** Empty if no trial has measured it. */
    static Optional<RelationScore> of(RelationResult result, String measure) {
        Spread spread = result.summary().get(measure);
        if (spread == null) {
            return Optional.empty();
        }
        List<Rate> rates = result.trials().stream()
                .map(trial -> rate(trial, measure))
                .flatMap(Optional::stream)
                .toList();
        Optional<Interval> interval = spread.interval()
                .or(() -> rates.size() == 1 ? Optional.of(rates.get(0).interval()) : Optional.empty());
        return Optional.of(new RelationScore(
                spread.mean(),
                interval.map(i -> inside(i.low())).orElse(spread.mean()),
                interval.map(i -> inside(i.high())).orElse(spread.mean()),
                rates.stream().map(Rate::value).toList()));
    }

    /** All measures that begin so, by what follows. */
    static Map<String, RelationScore> starting(RelationResult result, String prefix) {
        Map<String, RelationScore> scores = new LinkedHashMap<>();
        for (String measure : measures(result, prefix)) {
            of(result, measure).ifPresent(score -> scores.put(measure.substring(prefix.length()), score));
        }
        return scores;
    }

    private static List<String> measures(RelationResult result, String prefix) {
        Set<String> all = result.summary().keySet();
        return all.stream().filter(measure -> measure.startsWith(prefix)).toList();
    }

    /** What the intervals are of, for captions. */
    static String intervals(RelationResult result) {
        return result.trials().size() > 1
                ? "Student's 95% interval over " + Words.plural(result.trials().size(), "trial")
                : "Wilson's 95% interval over the subjects of the one trial";
    }

    String percent() {
        return Numbers.percent(mean);
    }

    String interval() {
        if (high > low) {
            return Numbers.percent(low) + " to " + Numbers.percent(high);
        }
        return trials.size() > 1 ? "in every trial" : Numbers.DASH;
    }

    /** The interval, and what it is of. */
    String detail(RelationResult result) {
        return high > low
                ? interval() + " (" + intervals(result) + ")"
                : "the same in each of " + trials.size() + " trials";
    }

    private static Optional<Rate> rate(RelationTrial trial, String measure) {
        if (measure.equals(RelationResult.FAITHFULNESS)) {
            return Optional.of(trial.faithfulness());
        }
        if (measure.equals(RelationResult.CAUSALITY)) {
            return trial.causality();
        }
        if (measure.startsWith(RelationResult.ESTIMATOR)) {
            return Optional.ofNullable(trial.estimators().get(measure.substring(RelationResult.ESTIMATOR.length())));
        }
        if (measure.startsWith(RelationResult.EDITOR)) {
            return Optional.ofNullable(trial.editors().get(measure.substring(RelationResult.EDITOR.length())));
        }
        return Optional.empty();
    }

    private static double inside(double share) {
        return Math.max(0, Math.min(1, share));
    }
}
