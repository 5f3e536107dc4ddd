package io.reprise.experiment;

import io.reprise.config.Expectation;
import io.reprise.run.ExpectationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Judges the {@code expect:} lines of one run. Lines about other arms, or about a difference between arms, are judged by
 * {@link Suite}.
 */
final class Expectations {
    private Expectations() {}

    static List<ExpectationResult> judge(Map<String, Expectation> expected, Map<String, Double> metrics) {
        List<ExpectationResult> results = new ArrayList<>();
        expected.forEach((metric, bounds) -> {
            Double measured = metrics.get(metric);
            if (measured != null || !metric.contains(Suite.MINUS)) {
                double value = measured == null ? Double.NaN : measured;
                results.add(new ExpectationResult(
                        metric, bounds.describe(), value, bounds.holds(value), control(bounds, metrics)));
            }
        });
        return results;
    }

    private static String control(Expectation bounds, Map<String, Double> metrics) {
        return bounds.control()
                .map(name -> name + " = "
                        + (metrics.containsKey(name)
                                ? String.format(Locale.ROOT, "%.4f", metrics.get(name))
                                : "not measured"))
                .orElse("");
    }
}
