package io.reprise.experiment;

import io.reprise.run.Figure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an analysis found.
 *
 * @param figures for the report
 * @param metrics for trackers and expectations, named {@code analysis/…}
 */
record Findings(List<Figure> figures, Map<String, Double> metrics) {
    static final Findings NONE = new Findings(List.of(), Map.of());

    Findings {
        figures = List.copyOf(figures);
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    static Findings of(List<Figure> figures) {
        return new Findings(figures, Map.of());
    }

    Findings and(Findings other) {
        List<Figure> allFigures = new ArrayList<>(figures);
        allFigures.addAll(other.figures);
        Map<String, Double> allMetrics = new LinkedHashMap<>(metrics);
        allMetrics.putAll(other.metrics);
        return new Findings(allFigures, allMetrics);
    }
}
