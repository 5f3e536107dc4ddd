package io.reprise.experiment;

import io.reprise.config.Expectation;
import io.reprise.run.ExpectationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Judges the {@code expect:} lines of one run. Lines about other arms, about differences or about comparisons are judged by
 * {@link Suite}.
 */
final class Expectations {
    private Expectations() {}

    /**
     * @param arm the run's arm: only lines that start with its name are judged; all lines if empty
     */
    static List<ExpectationResult> judge(Map<String, Expectation> expected, Map<String, Double> metrics, String arm) {
        String prefix = arm.isEmpty() ? "" : arm + "/";
        List<ExpectationResult> results = new ArrayList<>();
        expected.forEach((name, bounds) -> {
            if (name.startsWith(prefix) && !name.contains(Suite.MINUS) && !name.startsWith(Suite.COMPARISON)) {
                String metric = name.substring(prefix.length());
                double value = metrics.getOrDefault(metric, Double.NaN);
                results.add(new ExpectationResult(
                        metric, bounds.describe(), value, bounds.holds(value), control(bounds, metrics, prefix)));
            }
        });
        return results;
    }

    private static String control(Expectation bounds, Map<String, Double> metrics, String prefix) {
        return bounds.control()
                .map(name -> name.startsWith(prefix) ? name.substring(prefix.length()) : name)
                .filter(name -> prefix.isEmpty() || metrics.containsKey(name))
                .map(name -> name + " = "
                        + (metrics.containsKey(name)
                                ? String.format(Locale.ROOT, "%.4f", metrics.get(name))
                                : "not measured"))
                .orElse("");
    }
}
