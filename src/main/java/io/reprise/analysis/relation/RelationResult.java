package io.reprise.analysis.relation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How well linear operators stand for one relation in one model.
 *
 * @param relation its name
 * @param model in words
 * @param template with {@code {}} for the subject
 * @param estimator name of the one whose operator is scored
 * @param to the end where z is, as {@link End#name()}
 * @param match how a token is compared with an object, in words
 * @param objects different objects in the relation; 1/objects is what blind guessing among them reaches
 * @param commonest share of the commonest object, which always answering it reaches
 * @param trials that were scored
 * @param skipped trials that could not be
 * @param summary over trials, by measure: {@code faithfulness}, {@code recall@2} …, {@code recall_all@1} …, {@code known} (share of
 *     test subjects), {@code agreement}, {@code causality}, {@code estimator/NAME}, {@code editor/NAME}
 * @param curves over trials
 */
public record RelationResult(
        String relation,
        String model,
        String template,
        String estimator,
        String to,
        String match,
        int objects,
        double commonest,
        List<RelationTrial> trials,
        List<Skipped> skipped,
        Map<String, Spread> summary,
        List<Curve> curves) {
    public static final String FAITHFULNESS = "faithfulness";
    public static final String CAUSALITY = "causality";
    public static final String KNOWN = "known";
    public static final String AGREEMENT = "agreement";
    public static final String ESTIMATOR = "estimator/";
    /** Beside the estimators: the scored one with β = 1, if others were to choose from. */
    public static final String BETA_ONE = "beta_one";

    public static final String EDITOR = "editor/";

    /** A trial without a score, and why. */
    public record Skipped(int trial, String reason) {}

    public RelationResult {
        trials = List.copyOf(trials);
        skipped = List.copyOf(skipped);
        summary = Collections.unmodifiableMap(new LinkedHashMap<>(summary));
        curves = List.copyOf(curves);
    }

    /** Means over trials, flat, for trackers and expectations: {@code relation/<name>/faithfulness} … */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        summary.forEach((measure, spread) -> metrics.put("relation/" + relation + "/" + measure, spread.mean()));
        return metrics;
    }
}
