package io.reprise.track;

/**
 * One measurement.
 *
 * @param key as MLflow takes it, see {@link MlflowNames}
 * @param value NaN is kept; infinities become NaN, since MLflow's database would give back 1.797e308 (metrics.jsonl has the truth)
 * @param timestampMs milliseconds since 1970
 */
public record MetricPoint(String key, double value, long step, long timestampMs) {
    public MetricPoint {
        key = MlflowNames.key(key);
        value = Double.isInfinite(value) ? Double.NaN : value;
    }
}
