package io.reprise.report;

import io.reprise.run.CircuitResults;
import io.reprise.run.Figure;
import io.reprise.stats.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Tasks against tasks: CSI, transfer and what removal does. What is not identifiable is left blank. */
final class OverlapMatrices {
    private OverlapMatrices() {}

    static List<Picture> draw(CircuitResults results) {
        List<String> names =
                results.tasks().stream().map(CircuitResults.Task::name).toList();
        List<List<Double>> csi = blank(names.size());
        List<List<Double>> tau = blank(names.size());
        List<List<Double>> necessity = blank(names.size());
        for (int i = 0; i < names.size(); i++) {
            necessity.get(i).set(i, results.tasks().get(i).own().necessity());
            csi.get(i).set(i, 1.0);
            tau.get(i).set(i, 1.0);
        }
        for (CircuitResults.Overlap overlap : results.overlaps()) {
            int one = names.indexOf(overlap.one());
            int other = names.indexOf(overlap.other());
            Double shared =
                    value(overlap.csi().flatMap(found -> found.estimate().value()));
            csi.get(one).set(other, shared);
            csi.get(other).set(one, shared);
            tau.get(one).set(other, value(overlap.forward().tau()));
            tau.get(other).set(one, value(overlap.backward().tau()));
            necessity.get(one).set(other, overlap.forward().necessity());
            necessity.get(other).set(one, overlap.backward().necessity());
        }
        List<String> labels = names.stream().map(Words::spaced).toList();
        return List.of(
                matrix(
                        "overlap-csi",
                        "CSI",
                        "0: what random circuits of the same types and layers share; 1: what two circuits of one task share.",
                        ColourScale.REUSE + ", CSI",
                        "circuit",
                        "circuit",
                        labels,
                        csi),
                matrix(
                        "overlap-transfer",
                        "Transfer τ",
                        "0: random circuits like the row's; 1: the column's own circuit.",
                        ColourScale.REUSE + ", τ",
                        "circuit of",
                        "does the task",
                        labels,
                        tau),
                matrix(
                        "overlap-necessity",
                        "Removal",
                        "What a task loses when a circuit is ablated: 0 nothing, 1 everything.",
                        ColourScale.REUSE + ", share lost",
                        "circuit removed",
                        "task",
                        labels,
                        necessity));
    }

    private static Picture matrix(
            String id,
            String title,
            String caption,
            String unit,
            String rows,
            String columns,
            List<String> labels,
            List<List<Double>> values) {
        return Heatmap.draw(new Figure(id, title, caption, unit, rows, columns, labels, labels, values));
    }

    private static Double value(Estimate estimate) {
        return value(estimate.value());
    }

    private static Double value(Optional<Double> value) {
        return value.orElse(Double.NaN);
    }

    private static List<List<Double>> blank(int size) {
        List<List<Double>> rows = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            rows.add(Arrays.asList(Collections.nCopies(size, Double.NaN).toArray(Double[]::new)));
        }
        return rows;
    }
}
