package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.analysis.relation.study.RelationResult;
import io.reprise.run.CircuitResults;
import io.reprise.run.Figure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an analysis found.
 *
 * @param figures for the report
 * @param probes for their section of the report
 * @param relations for theirs
 * @param circuitResults for theirs; at most one analysis of a run has any
 * @param circuits their files
 * @param metrics for trackers and expectations, named {@code analysis/…}
 */
record Findings(
        List<Figure> figures,
        List<ProbeResult> probes,
        List<RelationResult> relations,
        Optional<CircuitResults> circuitResults,
        List<Circuit> circuits,
        Map<String, Double> metrics) {
    static final Findings NONE = new Findings(List.of(), List.of(), List.of(), Optional.empty(), List.of(), Map.of());

    Findings {
        figures = List.copyOf(figures);
        probes = List.copyOf(probes);
        relations = List.copyOf(relations);
        circuits = List.copyOf(circuits);
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    static Findings of(List<Figure> figures) {
        return of(figures, Map.of());
    }

    static Findings of(List<Figure> figures, Map<String, Double> metrics) {
        return new Findings(figures, List.of(), List.of(), Optional.empty(), List.of(), metrics);
    }

    static Findings of(ProbeResult probe) {
        return new Findings(List.of(), List.of(probe), List.of(), Optional.empty(), List.of(), probe.metrics());
    }

    static Findings ofRelations(List<RelationResult> relations, Map<String, Double> metrics) {
        return new Findings(List.of(), List.of(), relations, Optional.empty(), List.of(), metrics);
    }

    static Findings of(CircuitResults results, List<Circuit> circuits, Map<String, Double> metrics) {
        return new Findings(List.of(), List.of(), List.of(), Optional.of(results), circuits, metrics);
    }

    Findings and(Findings other) {
        List<Figure> allFigures = new ArrayList<>(figures);
        allFigures.addAll(other.figures);
        List<ProbeResult> allProbes = new ArrayList<>(probes);
        allProbes.addAll(other.probes);
        List<RelationResult> allRelations = new ArrayList<>(relations);
        allRelations.addAll(other.relations);
        Map<String, Double> allMetrics = new LinkedHashMap<>(metrics);
        allMetrics.putAll(other.metrics);
        List<Circuit> allCircuits = new ArrayList<>(circuits);
        allCircuits.addAll(other.circuits);
        return new Findings(
                allFigures,
                allProbes,
                allRelations,
                circuitResults.or(() -> other.circuitResults),
                allCircuits,
                allMetrics);
    }
}
