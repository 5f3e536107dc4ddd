package io.reprise.analysis.relation.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Each measure over the trials that have it. */
final class TrialSummary {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    private TrialSummary() {}

    static Map<String, Spread> of(List<RelationTrial> trials) {
        var summary = new TrialSummary();
        trials.forEach(summary::add);
        Map<String, Spread> spreads = new LinkedHashMap<>();
        summary.values.forEach((measure, values) -> spreads.put(measure, Spread.of(values)));
        return spreads;
    }

    private void add(RelationTrial trial) {
        put(RelationResult.FAITHFULNESS, trial.faithfulness());
        trial.causality().ifPresent(rate -> put(RelationResult.CAUSALITY, rate));
        put(RelationResult.KNOWN, new Rate(trial.known(), trial.known() + trial.unknown()));
        put(RelationResult.AGREEMENT, trial.agreement());
        for (int k = 1; k <= trial.recall().size(); k++) {
            if (k > 1) {
                put("recall@" + k, trial.recall().get(k - 1));
            }
            put("recall_all@" + k, trial.recallAll().get(k - 1));
        }
        trial.estimators().forEach((name, rate) -> put(RelationResult.ESTIMATOR + name, rate));
        trial.editors().forEach((name, rate) -> put(RelationResult.EDITOR + name, rate));
    }

    private void put(String measure, Rate rate) {
        values.computeIfAbsent(measure, name -> new ArrayList<>()).add(rate.value());
    }
}
