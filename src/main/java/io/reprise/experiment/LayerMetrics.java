package io.reprise.experiment;

import io.reprise.analysis.relation.Curve;
import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationTrial;
import io.reprise.model.ModelConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where operators read and edit, with which β, and how long W·h is beside b: means over each relation's trials, then over relations.
 * A depth is the number of blocks below; 0 is what block 0 reads.
 */
final class LayerMetrics {
    private final ModelConfig config;
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    private LayerMetrics(ModelConfig config) {
        this.config = config;
    }

    /** By name, without a prefix; {@code layer/<end>/faithfulness} and {@code /causality} only where test curves were asked for. */
    static Map<String, Double> of(List<RelationResult> results, ModelConfig config) {
        var metrics = new LayerMetrics(config);
        results.forEach(metrics::add);
        Map<String, Double> means = new LinkedHashMap<>();
        metrics.values.forEach((name, all) -> means.put(name, mean(all)));
        return means;
    }

    private void add(RelationResult result) {
        trials(result, "read_depth", trial -> Optional.of(depth(trial.choice().layer())));
        trials(result, "edit_depth", trial -> trial.choice().editLayer().map(this::depth));
        trials(result, "edit_above_read", trial -> trial.choice()
                .editLayer()
                .map(layer -> depth(layer) - depth(trial.choice().layer())));
        trials(result, "beta", trial -> trial.choice().beta());
        trials(result, "image_to_bias", LayerMetrics::imageToBias);
        trials(result, "beta_times_image_to_bias", trial -> trial.choice()
                .beta()
                .flatMap(beta -> imageToBias(trial).map(ratio -> beta * ratio)));
        for (Curve curve : result.curves()) {
            if (curve.subjects() == Curve.Subjects.TEST) {
                curve(curve);
            }
        }
    }

    /** |W·h| / |b| where the operator reads, before β; absent without W or b. */
    private static Optional<Double> imageToBias(RelationTrial trial) {
        double image = trial.operator().imageNorm();
        double bias = trial.operator().biasNorm();
        return image > 0 && bias > 0 ? Optional.of(image / bias) : Optional.empty();
    }

    /** Of each layer with its own best β or rank, and with β = 1. */
    private void curve(Curve curve) {
        boolean reads = curve.measure().equals("recall");
        String measure = reads ? RelationResult.FAITHFULNESS : RelationResult.CAUSALITY;
        for (Curve.Point point : curve.points()) {
            if (curve.axis() == Curve.Axis.LAYER) {
                put("layer/" + point.at() + "/" + measure, point.value().mean());
            } else if (curve.axis() == Curve.Axis.BETA && point.at().equals("1.0")) {
                put("layer/" + curve.layer() + "/beta_one", point.value().mean());
            }
        }
    }

    private double depth(String layer) {
        return End.parse(layer, config).blocks();
    }

    private void trials(RelationResult result, String name, Function<RelationTrial, Optional<Double>> measure) {
        List<Double> own =
                result.trials().stream().map(measure).flatMap(Optional::stream).toList();
        if (!own.isEmpty()) {
            put(name, mean(own));
        }
    }

    private void put(String name, double value) {
        values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
